// The messages of every topic of the bus, as programs outside read and write them. Times are milliseconds since 1970 in UTC.
import { z } from 'zod';
import { INDEXES, type Kind } from '../../model/kinds.ts';
import type { ChangeMessage } from '../../model/message.ts';
import { ROLES } from '../../model/role.ts';

const at = z.number().int().describe('Milliseconds since 1970 in UTC.');

const deployRequest = z.object({
  id: z.string().min(1).describe('Makes it safe to repeat: a second request of an id is not carried out again.'),
  command: z.enum(['start', 'kill']),
  instance: z.string(),
  job: z.string(),
  machine: z.enum(['shared', 'standalone']),
  reason: z.string(),
  requestedAt: at,
});

const acknowledgement = z.object({
  request: z.string().describe('The id of the request.'),
  outcome: z.enum(['accepted', 'refused']),
  code: z.string().nullable().describe('Code of the error (docs/errors.md); null when it was accepted.'),
  text: z.string(),
  at,
});

const event = z.object({
  id: z.string(),
  at,
  kind: z.string(),
  subject: z.string().describe('What it happened to.'),
  application: z.string().nullable(),
  text: z.string().describe('As people read it.'),
  evidence: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

const nodeStatus = z.object({
  node: z.string(),
  state: z.string(),
  reason: z.string(),
  cpu: z.number().nullable().describe('Share of its processors that is in use, 0 to 1; null while unknown.'),
  memory: z.number().nullable().describe('Share of its memory that is in use, 0 to 1; null while unknown.'),
  at,
});

const keptReading = z.object({
  sensor: z.string(),
  at,
  values: z.record(z.string(), z.unknown()).describe('By field, as the type of the sensor says.'),
  sequence: z.number().int().describe('Grows with every reading of the platform.'),
});

const action = z.object({
  action: z.string(),
  instance: z.string(),
  kind: z.string(),
  state: z.string(),
  text: z.string(),
  at,
});

const heartbeat = z.object({
  component: z.string(),
  run: z.string().describe('Changes with every start of the component.'),
  roles: z.array(z.enum(ROLES)),
  machine: z.string(),
  version: z.string(),
  state: z.string(),
  backlog: z.number().describe('Keys and messages that wait.'),
  memoryBytes: z.number(),
  heldUpMs: z.number().describe('The longest that nothing else ran since the last heartbeat.'),
  at,
});

const clientRequest = z.object({
  id: z.string().min(1).describe('Chosen by the client; the reply bears it.'),
  call: z.string().min(1).describe('An operation of the HTTP API, by its operationId.'),
  token: z.string().describe('One of the platform’s tokens. It is kept nowhere.'),
  params: z.record(z.string(), z.string()).exactOptional().describe('The places in the path.'),
  query: z.record(z.string(), z.string()).exactOptional(),
  body: z.unknown().exactOptional(),
});

const clientReply = z.object({
  request: z.string().describe('The id of the request.'),
  status: z.number().int().describe('As of HTTP.'),
  body: z.unknown(),
  part: z.number().int().describe('Counted from 0.'),
  isLast: z.boolean(),
  at,
});

const kinds = Object.keys(INDEXES) as [Kind, ...Kind[]];

const change: z.ZodType<ChangeMessage> = z.object({
  from: z.string(),
  kind: z.enum(kinds),
  id: z.string(),
  // Every reader looks into the store for what it acts on: this is a hint, whose inside is the store's affair.
  doc: z.custom<ChangeMessage['doc']>((doc) => typeof doc === 'object'),
});

const wake = z.object({ from: z.string(), key: z.string().describe('The key to look at.') });

/** The schema of each topic's messages, by the name of the topic. */
export const MESSAGE_SCHEMAS = {
  'berth.deploy.requests': deployRequest,
  'berth.deploy.acknowledgements': acknowledgement,
  'berth.deploy.events': event,
  'berth.node.status': nodeStatus,
  'berth.sensor.readings': keptReading,
  'berth.actions': action,
  'berth.heartbeats': heartbeat,
  'berth.client.requests': clientRequest,
  'berth.client.replies': clientReply,
  'berth.changes': change,
  'berth.wakes': wake,
} as const;
