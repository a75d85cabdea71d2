// Actions, channels and notices, as the API takes and answers them.
import { z } from 'zod';
import { instant } from './views.ts';

const kind = z.enum(['email', 'sms', 'notify', 'webhook', 'control']);

/** How far an action is. */
export const actionState = z.enum(['waiting', 'held', 'sending', 'delivered', 'failed', 'refused', 'unknown']);

/** One action. */
export const actionView = z
  .object({
    id: z.string(),
    kind,
    instance: z.string(),
    application: z.string(),
    job: z.string(),
    state: actionState,
    reason: z.string(),
    tries: z.number(),
    target: z.string().describe('Whom or what it is for, on one line.'),
    requestedAt: instant,
    endedAt: instant.nullable(),
    nextAt: instant.nullable().describe('When it is looked at next.'),
  })
  .meta({ id: 'Action' });

/** One action with what was asked, and every try. */
export const actionDetailView = actionView
  .extend({
    task: z.string(),
    key: z.string(),
    order: z.record(z.string(), z.unknown()).describe('What is to be done, as the algorithm asked for it.'),
    notice: z.string().nullable().describe('The notice that this e-mail tells of.'),
    expiresAt: instant,
    again: z.object({ by: z.string(), at: instant }).nullable(),
    answer: z.unknown().describe('What the device answered to a control.'),
    attempts: z.array(
      z.object({
        act: z.string(),
        at: instant,
        endedAt: instant.nullable(),
        outcome: z.enum(['under-way', 'delivered', 'failed', 'unknown']),
        text: z.string(),
        reached: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'ActionDetail' });

const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => !/\p{Cc}/u.test(text), { error: 'one line of text' });
const secretFile = line(1000).nullable().default(null).describe("Path of a file on the platform's machine.");
const headers = z.record(line(100), line(4000)).default({});

/** How a kind of action leaves the platform; secrets are named by the paths of their files. */
export const channelAccess = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('smtp'),
    host: line(253),
    port: z.number().int().min(1).max(65_535),
    tls: z.enum(['implicit', 'starttls', 'none']),
    user: line(320).nullable().default(null),
    passwordFile: secretFile,
    from: line(320),
  }),
  z.strictObject({
    kind: z.literal('sms-gateway'),
    url: line(2000).describe('With {to}, {text}, {id} and {secret}, where they belong.'),
    method: z.enum(['POST', 'GET']).default('POST'),
    headers,
    body: z.string().max(20_000).nullable().default(null).describe('A template with the same places.'),
    contentType: z.enum(['application/json', 'application/x-www-form-urlencoded']).default('application/json'),
    secretFile,
    accepted: z.array(z.number().int().min(200).max(299)).min(1).max(20).default([200, 201, 202]),
  }),
  z.strictObject({
    kind: z.literal('webhooks'),
    secretFile,
    allowPrivate: z.array(line(300)).max(100).default([]).describe('Hosts, addresses or networks such as 10.1.0.0/16.'),
  }),
]);

/** A channel. */
export const channelView = z
  .object({ id: z.string(), access: channelAccess, updatedAt: instant })
  .meta({ id: 'Channel' });

/** A notice. */
export const noticeView = z
  .object({
    id: z.string().describe('The action that told it.'),
    user: z.string(),
    title: z.string(),
    text: z.string(),
    severity: z.enum(['info', 'warning', 'alert']),
    instance: z.string(),
    job: z.string(),
    at: instant,
    readAt: instant.nullable(),
  })
  .meta({ id: 'Notice' });
