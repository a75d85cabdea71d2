// The routes of the platform's own processes, their logs, and alerts, with the shapes of what they carry.
import { z } from 'zod';
import { MONITORING_ENDPOINTS } from './monitoring-endpoints.ts';
import * as view from './monitoring-views.ts';
import type { Route } from './route.ts';
import { page, pageOf } from './views.ts';

const word = z.string().min(1).max(255);

/** The routes, by the name under which clients call them. */
export const MONITORING_ROUTES = {
  listProcesses: { ...MONITORING_ENDPOINTS.listProcesses, answer: z.object({ items: z.array(view.processView) }) },
  searchPlatformLogs: {
    ...MONITORING_ENDPOINTS.searchPlatformLogs,
    query: z.object({
      component: z.string().optional().describe('Name of a process; without it all of them.'),
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('This serious at least.'),
      text: z.string().max(1000).default('').describe('What a line must contain, whatever its case.'),
      since: z.string().default('1h').describe('An ISO 8601 instant, or a length of time back from now such as 10m.'),
      until: z.string().optional().describe('The same; without it, now.'),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
    answer: z.object({
      items: z.array(view.platformLogLineView),
      isWhole: z.boolean().describe('Whether there is no more within that time; else ask for less time.'),
    }),
  },

  listAlerts: {
    ...MONITORING_ENDPOINTS.listAlerts,
    query: page.extend({ state: z.enum(['open', 'closed']).optional() }),
    answer: pageOf(view.alertView),
  },
  listSilences: { ...MONITORING_ENDPOINTS.listSilences, answer: z.object({ items: z.array(view.silenceView) }) },
  silenceAlerts: {
    ...MONITORING_ENDPOINTS.silenceAlerts,
    body: z.strictObject({
      rule: word.nullable().default(null).describe('Name of a rule; null: any.'),
      subject: word.nullable().default(null).describe('A subject, or the beginning of subjects with `*` behind it.'),
      reason: z.string().min(1).max(1000),
      forMs: z.int().min(1).describe('How long.'),
    }),
    answer: view.silenceView,
  },
  endSilence: { ...MONITORING_ENDPOINTS.endSilence, answer: z.object({ ended: z.string() }) },
  listAlertRoutes: {
    ...MONITORING_ENDPOINTS.listAlertRoutes,
    answer: z.object({ items: z.array(view.alertRouteView) }),
  },
  putAlertRoute: {
    ...MONITORING_ENDPOINTS.putAlertRoute,
    body: z.strictObject({
      channel: z.enum(['smtp', 'webhooks']),
      to: z.array(z.string().min(1).max(2048)).min(1).max(50),
      least: view.alertSeverity.default('warning'),
    }),
    answer: view.alertRouteView,
  },
  removeAlertRoute: { ...MONITORING_ENDPOINTS.removeAlertRoute, answer: z.object({ removed: z.string() }) },
  testAlertRoute: {
    ...MONITORING_ENDPOINTS.testAlertRoute,
    answer: z.object({ told: z.array(z.object({ to: z.string(), said: z.string() })) }),
  },
} as const satisfies Record<keyof typeof MONITORING_ENDPOINTS, Route>;
