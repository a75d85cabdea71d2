// The routes of actions, of the ways by which they leave the platform, and of inboxes.
import type { Endpoint } from './endpoint.ts';

/** The routes, by the name under which clients call them. */
export const ACTION_ENDPOINTS = {
  listActions: {
    method: 'GET',
    path: '/api/v1/actions',
    permission: 'actions:read',
    on: 'listed',
    summary: 'What algorithms asked to be done, newest first',
  },
  showAction: {
    method: 'GET',
    path: '/api/v1/actions/:action',
    permission: 'actions:read',
    on: 'action',
    summary: 'One action: what was asked, every try, what the other side said',
  },
  retryAction: {
    method: 'POST',
    path: '/api/v1/actions/:action/retry',
    permission: 'actions:write',
    on: 'action',
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
    permission: 'self',
    summary: "A user's notices, newest first",
  },
  readNotice: {
    method: 'POST',
    path: '/api/v1/users/:user/inbox/:notice/read',
    permission: 'self',
    summary: 'Mark a notice as read',
  },
  readInbox: {
    method: 'POST',
    path: '/api/v1/users/:user/inbox/read',
    permission: 'self',
    summary: 'Mark all notices of a user as read',
  },
} as const satisfies Record<string, Endpoint>;
