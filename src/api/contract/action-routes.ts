// The routes of actions, channels and inboxes with the shapes of what they carry.
import { z } from 'zod';
import { ACTION_ENDPOINTS } from './action-endpoints.ts';
import * as action from './action-views.ts';
import type { Route } from './route.ts';
import { page, pageOf } from './views.ts';

/** The routes, by the name under which clients call them. */
export const ACTION_ROUTES = {
  listActions: {
    ...ACTION_ENDPOINTS.listActions,
    query: page.extend({
      instance: z.string().optional().describe('By name or id.'),
      job: z.string().optional(),
      state: action.actionState.optional(),
    }),
    answer: pageOf(action.actionView),
  },
  showAction: { ...ACTION_ENDPOINTS.showAction, answer: action.actionDetailView },
  retryAction: { ...ACTION_ENDPOINTS.retryAction, answer: action.actionDetailView },

  listChannels: { ...ACTION_ENDPOINTS.listChannels, answer: pageOf(action.channelView) },
  applyChannel: { ...ACTION_ENDPOINTS.applyChannel, body: action.channelAccess, answer: action.channelView },
  showChannel: { ...ACTION_ENDPOINTS.showChannel, answer: action.channelView },
  testChannel: {
    ...ACTION_ENDPOINTS.testChannel,
    body: z.object({ to: z.string().min(1).max(2048).describe('A mailbox, a telephone number, or a URL.') }),
    answer: z.object({ channel: z.string(), said: z.string() }),
  },
  removeChannel: { ...ACTION_ENDPOINTS.removeChannel, answer: z.object({ removed: z.string() }) },

  listInbox: { ...ACTION_ENDPOINTS.listInbox, query: page, answer: pageOf(action.noticeView) },
  readNotice: { ...ACTION_ENDPOINTS.readNotice, answer: action.noticeView },
  readInbox: { ...ACTION_ENDPOINTS.readInbox, answer: z.object({ read: z.number() }) },
} as const satisfies Record<keyof typeof ACTION_ENDPOINTS, Route>;
