// What the API answers of the platform's own processes, their logs, and alerts. Times are ISO 8601 in UTC.
import { z } from 'zod';
import { ROLES } from '../../model/role.ts';
import { instant } from './views.ts';

/** How urgent an alert is. */
export const alertSeverity = z.enum(['warning', 'critical']);

/** A process of the platform. */
export const processView = z
  .object({
    id: z.string().describe('Its name; it stays the same over restarts.'),
    roles: z.array(z.enum(ROLES)),
    machine: z.string(),
    address: z.string().nullable().describe('Where the other processes reach it; null: not.'),
    version: z.string(),
    pid: z.number(),
    startedAt: instant,
    heartbeatAt: instant,
    state: z
      .enum(['starting', 'running', 'troubled', 'stopping', 'lost'])
      .describe('`lost`: nothing has come from it for a while.'),
    sentence: z.string(),
    backlog: z.number().describe('Keys and messages that wait in it.'),
    memoryBytes: z.number(),
    heldUpMs: z.number().describe('The longest that its event loop stood still since the heartbeat before.'),
    shards: z.record(z.string(), z.number()).describe('Shards that it owns, by role.'),
    disk: z.object({ totalBytes: z.number(), freeBytes: z.number() }).nullable(),
  })
  .meta({ id: 'PlatformProcess' });

/** A line of the platform's own logs. */
export const platformLogLineView = z
  .object({
    component: z.string(),
    at: instant,
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: z.string(),
    fields: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'PlatformLogLine' });

/** An alert. */
export const alertView = z
  .object({
    id: z.string(),
    rule: z.string(),
    subject: z.string().describe('Key of what it is about: `node:…`, `component:…`, `instance:…`.'),
    severity: alertSeverity,
    text: z.string(),
    remedy: z.string(),
    state: z.enum(['open', 'closed']),
    openedAt: instant,
    closedAt: instant.nullable(),
    toldAt: instant.nullable().describe('When people were told of it last; null: not yet, or it was kept quiet.'),
    silencedUntil: instant.nullable().describe('Null: it is not kept quiet.'),
  })
  .meta({ id: 'Alert' });

/** Alerts that are kept quiet. */
export const silenceView = z
  .object({
    id: z.string(),
    rule: z.string().nullable().describe('Null: any.'),
    subject: z.string().nullable().describe('Or the beginning of subjects, when it ends in `*`; null: any.'),
    reason: z.string(),
    by: z.string(),
    createdAt: instant,
    until: instant,
  })
  .meta({ id: 'AlertSilence' });

/** Whom alerts go to. */
export const alertRouteView = z
  .object({
    id: z.string(),
    channel: z.string().describe('`smtp` or `webhooks`.'),
    to: z.array(z.string()).describe('Mail addresses, or URLs.'),
    least: alertSeverity.describe('The least urgent alerts that are told.'),
    createdAt: instant,
  })
  .meta({ id: 'AlertRoute' });
