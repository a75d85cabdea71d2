// The routes of people, projects, sessions and tokens with the shapes of what they carry.
import { z } from 'zod';
import { ACCOUNT_ENDPOINTS } from './account-endpoints.ts';
import * as account from './account-views.ts';
import type { Route } from './route.ts';
import { page, pageOf } from './views.ts';

const removed = z.object({ removed: z.string() });
const ended = z.object({ ended: z.number().describe('How many sessions ended.') });
const projects = z.object({ items: z.array(account.projectView) });

/** The routes, by the name under which clients call them. */
export const ACCOUNT_ROUTES = {
  door: { ...ACCOUNT_ENDPOINTS.door, answer: account.doorView },
  claim: { ...ACCOUNT_ENDPOINTS.claim, body: account.claimBody, answer: account.meView },
  signIn: { ...ACCOUNT_ENDPOINTS.signIn, body: account.signInBody, answer: account.meView },
  lookAtInvitation: { ...ACCOUNT_ENDPOINTS.lookAtInvitation, body: account.lookBody, answer: account.invitationView },
  acceptInvitation: { ...ACCOUNT_ENDPOINTS.acceptInvitation, body: account.acceptBody, answer: account.meView },
  askReset: { ...ACCOUNT_ENDPOINTS.askReset, body: account.resetBody, answer: z.object({ asked: z.literal(true) }) },

  me: { ...ACCOUNT_ENDPOINTS.me, answer: account.meView },
  changeMe: { ...ACCOUNT_ENDPOINTS.changeMe, body: account.userChange, answer: account.meView },
  changePassword: { ...ACCOUNT_ENDPOINTS.changePassword, body: account.passwordBody, answer: ended },
  signOut: { ...ACCOUNT_ENDPOINTS.signOut, answer: ended },
  listMySessions: { ...ACCOUNT_ENDPOINTS.listMySessions, answer: z.object({ items: z.array(account.sessionView) }) },
  endMySession: { ...ACCOUNT_ENDPOINTS.endMySession, answer: ended },
  listMyTokens: { ...ACCOUNT_ENDPOINTS.listMyTokens, answer: z.object({ items: z.array(account.tokenView) }) },
  makeMyToken: { ...ACCOUNT_ENDPOINTS.makeMyToken, body: account.newToken, answer: account.madeTokenView },
  revokeMyToken: { ...ACCOUNT_ENDPOINTS.revokeMyToken, answer: removed },

  listUsers: { ...ACCOUNT_ENDPOINTS.listUsers, query: page, answer: pageOf(account.userView) },
  addUser: { ...ACCOUNT_ENDPOINTS.addUser, body: account.newUser, answer: account.userView },
  changeUser: { ...ACCOUNT_ENDPOINTS.changeUser, body: account.userChange, answer: account.userView },
  removeUser: { ...ACCOUNT_ENDPOINTS.removeUser, answer: removed },
  inviteUser: { ...ACCOUNT_ENDPOINTS.inviteUser, body: account.inviteBody, answer: account.invitedView },
  setUserAccess: { ...ACCOUNT_ENDPOINTS.setUserAccess, body: account.userAccess, answer: account.userView },
  endUserSessions: { ...ACCOUNT_ENDPOINTS.endUserSessions, answer: ended },

  listTokens: { ...ACCOUNT_ENDPOINTS.listTokens, query: page, answer: pageOf(account.tokenView) },
  makeToken: { ...ACCOUNT_ENDPOINTS.makeToken, body: account.newToken, answer: account.madeTokenView },
  revokeToken: { ...ACCOUNT_ENDPOINTS.revokeToken, answer: removed },

  listProjects: { ...ACCOUNT_ENDPOINTS.listProjects, answer: projects },
  addProject: { ...ACCOUNT_ENDPOINTS.addProject, body: account.newProject, answer: account.projectView },
  changeProject: { ...ACCOUNT_ENDPOINTS.changeProject, body: account.projectChange, answer: account.projectView },
  removeProject: { ...ACCOUNT_ENDPOINTS.removeProject, answer: removed },
  moveApplication: {
    ...ACCOUNT_ENDPOINTS.moveApplication,
    body: z.object({ project: z.string().max(63) }),
    answer: z.object({ application: z.string(), project: z.string() }),
  },
} as const satisfies Record<keyof typeof ACCOUNT_ENDPOINTS, Route>;
