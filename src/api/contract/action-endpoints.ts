// The routes of actions, of the ways by which they leave the platform, of inboxes and of users.
import type { Endpoint } from './endpoint.ts';

/** The routes, by the name under which clients call them. */
export const ACTION_ENDPOINTS = {
  listActions: {
    method: 'GET',
    path: '/api/v1/actions',
    permission: 'actions:read',
    summary: 'What algorithms asked to be done, newest first',
  },
  showAction: {
    method: 'GET',
    path: '/api/v1/actions/:action',
    permission: 'actions:read',
    summary: 'One action: what was asked, every try, what the other side said',
  },
  retryAction: {
    method: 'POST',
    path: '/api/v1/actions/:action/retry',
    permission: 'actions:write',
    summary: 'Try an action again now, whatever budget and quiet hours say',
  },

  listChannels: {
    method: 'GET',
    path: '/api/v1/channels',
    permission: 'channels:read',
    summary: 'The ways by which actions leave the platform',
  },
  applyChannel: {
    method: 'PUT',
    path: '/api/v1/channels',
    permission: 'channels:write',
    summary: 'Describe a channel, in place of the one of its kind',
  },
  showChannel: {
    method: 'GET',
    path: '/api/v1/channels/:channel',
    permission: 'channels:read',
    summary: 'One channel',
  },
  testChannel: {
    method: 'POST',
    path: '/api/v1/channels/:channel/test',
    permission: 'channels:write',
    summary: 'Send something by a channel now',
  },
  removeChannel: {
    method: 'DELETE',
    path: '/api/v1/channels/:channel',
    permission: 'channels:write',
    summary: 'Take a channel away; what needs it waits',
  },

  listInbox: {
    method: 'GET',
    path: '/api/v1/users/:user/inbox',
    permission: 'inbox:read',
    summary: "A user's notices, newest first",
  },
  readNotice: {
    method: 'POST',
    path: '/api/v1/users/:user/inbox/:notice/read',
    permission: 'inbox:write',
    summary: 'Mark a notice as read',
  },
  readInbox: {
    method: 'POST',
    path: '/api/v1/users/:user/inbox/read',
    permission: 'inbox:write',
    summary: 'Mark all notices of a user as read',
  },

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
    summary: 'Add a user, to whom instances may tell things',
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
    summary: 'Forget a user',
  },
} as const satisfies Record<string, Endpoint>;
