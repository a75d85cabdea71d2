// The routes of people, projects, sessions and tokens, in plain words.
import type { Endpoint } from './endpoint.ts';

const DOOR = {
  door: {
    method: 'GET',
    path: '/api/v1/door',
    permission: 'public',
    summary: 'What anybody may know before they sign in',
  },
  claim: {
    method: 'POST',
    path: '/api/v1/claim',
    permission: 'public',
    summary: 'Become the first administrator, with the link that the first start showed',
  },
  signIn: {
    method: 'POST',
    path: '/api/v1/sessions',
    permission: 'public',
    summary: 'Sign in with a password; the answer sets the cookie of a session',
  },
  lookAtInvitation: {
    method: 'POST',
    path: '/api/v1/invitations/look',
    permission: 'public',
    summary: 'What the link of an invitation is for',
  },
  acceptInvitation: {
    method: 'POST',
    path: '/api/v1/invitations/accept',
    permission: 'public',
    summary: 'Set a password with the link of an invitation, and sign in',
  },
  askReset: {
    method: 'POST',
    path: '/api/v1/resets',
    permission: 'public',
    summary: 'Have a link for a new password mailed; the answer tells nothing',
  },
} as const satisfies Record<string, Endpoint>;

const OWN = {
  me: {
    method: 'GET',
    path: '/api/v1/me',
    permission: 'self',
    summary: 'Who you are, and what you may do',
  },
  changeMe: {
    method: 'PUT',
    path: '/api/v1/me',
    permission: 'self',
    summary: 'Change what is known of you',
  },
  changePassword: {
    method: 'PUT',
    path: '/api/v1/me/password',
    permission: 'self',
    summary: 'Change your password; your other sessions end',
  },
  signOut: {
    method: 'DELETE',
    path: '/api/v1/session',
    permission: 'self',
    summary: 'End the session that asks',
  },
  listMySessions: {
    method: 'GET',
    path: '/api/v1/me/sessions',
    permission: 'self',
    summary: 'Where you are signed in',
  },
  endMySession: {
    method: 'DELETE',
    path: '/api/v1/me/sessions/:session',
    permission: 'self',
    summary: 'End one of your sessions',
  },
  listMyTokens: {
    method: 'GET',
    path: '/api/v1/me/tokens',
    permission: 'self',
    summary: 'Your tokens, without what they are made of',
  },
  makeMyToken: {
    method: 'POST',
    path: '/api/v1/me/tokens',
    permission: 'self',
    summary: 'Make a token that gives at most what you may do; it is shown this once',
  },
  revokeMyToken: {
    method: 'DELETE',
    path: '/api/v1/me/tokens/:token',
    permission: 'self',
    summary: 'Revoke one of your tokens',
  },
} as const satisfies Record<string, Endpoint>;

const USERS = {
  listUsers: {
    method: 'GET',
    path: '/api/v1/users',
    permission: 'users:read',
    summary: 'Users, by name',
  },
  addUser: {
    method: 'POST',
    path: '/api/v1/users',
    permission: 'users:write',
    summary: 'Add a user; they can sign in once they were invited',
  },
  changeUser: {
    method: 'PUT',
    path: '/api/v1/users/:user',
    permission: 'users:write',
    summary: 'Change what is known of a user',
  },
  removeUser: {
    method: 'DELETE',
    path: '/api/v1/users/:user',
    permission: 'users:write',
    summary: 'Forget a user, with their password, sessions and tokens',
  },
  inviteUser: {
    method: 'POST',
    path: '/api/v1/users/:user/invitation',
    permission: 'users:write',
    summary: 'Send a user a link that sets their password, or answer it',
  },
  setUserAccess: {
    method: 'PUT',
    path: '/api/v1/users/:user/access',
    permission: 'users:write',
    summary: 'Say what a user may do; counts at once',
  },
  endUserSessions: {
    method: 'DELETE',
    path: '/api/v1/users/:user/sessions',
    permission: 'users:write',
    summary: 'End all sessions of a user',
  },
} as const satisfies Record<string, Endpoint>;

const TOKENS = {
  listTokens: {
    method: 'GET',
    path: '/api/v1/tokens',
    permission: 'tokens:write',
    summary: "All tokens, people's and those of nobody, oldest first",
  },
  makeToken: {
    method: 'POST',
    path: '/api/v1/tokens',
    permission: 'tokens:write',
    summary: 'Make a token that belongs to nobody; it is shown this once',
  },
  revokeToken: {
    method: 'DELETE',
    path: '/api/v1/tokens/:token',
    permission: 'tokens:write',
    summary: 'Revoke a token',
  },
} as const satisfies Record<string, Endpoint>;

const PROJECTS = {
  listProjects: {
    method: 'GET',
    path: '/api/v1/projects',
    permission: 'platform:read',
    summary: 'The projects that you may see, by name',
  },
  addProject: {
    method: 'POST',
    path: '/api/v1/projects',
    permission: 'projects:write',
    summary: 'Add a project',
  },
  changeProject: {
    method: 'PUT',
    path: '/api/v1/projects/:project',
    permission: 'projects:write',
    summary: 'Describe a project anew',
  },
  removeProject: {
    method: 'DELETE',
    path: '/api/v1/projects/:project',
    permission: 'projects:write',
    summary: 'Remove a project that holds no applications, and the roles in it',
  },
  moveApplication: {
    method: 'PUT',
    path: '/api/v1/applications/:application/project',
    permission: 'projects:write',
    summary: 'Put an application into another project',
  },
} as const satisfies Record<string, Endpoint>;

/** Routes by which people sign in, look after their own accounts, and are given roles. */
export const ACCOUNT_ENDPOINTS = { ...DOOR, ...OWN, ...USERS, ...TOKENS, ...PROJECTS } as const;
