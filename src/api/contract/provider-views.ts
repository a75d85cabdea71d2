// Providers and machines that are being made, as the API takes and answers them. Lengths of time are milliseconds.
import { z } from 'zod';
import { instant } from './views.ts';

const words = z.array(z.string().max(4000)).min(1).max(100);
const optionalWords = words.nullable().default(null);
const labels = z.record(z.string(), z.string());

const access = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('command'),
    status: words.describe('Tells the state of {machine}.'),
    start: optionalWords,
    stop: optionalWords,
    create: optionalWords.describe('Makes a machine for {act}, named {name}.'),
    find: optionalWords.describe('Tells which machine {act} made.'),
    destroy: optionalWords,
  }),
  z.object({
    kind: z.literal('docker'),
    socketPath: z.string().default('/var/run/docker.sock'),
    image: z.string().default('berth-machine'),
    network: z.string().default('berth-machines'),
  }),
  z.object({
    kind: z.literal('ec2'),
    region: z.string(),
    endpoint: z.string().nullable().default(null),
    credentialsFile: z.string().nullable().default(null),
    profile: z.string().nullable().default(null),
    launchTemplate: z.string().nullable().default(null),
    address: z.enum(['private', 'public']).default('private'),
  }),
]);

const minutes = (count: number) =>
  z
    .number()
    .int()
    .min(0)
    .default(count * 60_000);

const ssh = z.object({
  user: z.string().default('root'),
  port: z.number().int().min(1).max(65_535).default(22),
  identity: z.string().default('platform').describe("Path of a private key on the platform's machine, or `platform`."),
});

/** A new provider. */
export const newProvider = z.object({
  name: z.string(),
  access,
  ssh: ssh.prefault({}),
  labels: labels.default({}).describe('Of nodes that it makes.'),
  mostAdded: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe('Machines added for jobs that wait for room, at most.'),
  growAfterMs: minutes(1).describe('A job that waited this long for room makes the fleet grow.'),
  idleAfterMs: minutes(10).describe('An added machine with nothing to do for this long is given back.'),
});

/** A machine that is being made or was made. */
export const orderView = z
  .object({
    id: z.string(),
    purpose: z.enum(['replace', 'grow']),
    node: z.string(),
    state: z.enum(['ordered', 'made', 'joined', 'failed', 'unknown']),
    machine: z.string().nullable(),
    address: z.string().nullable(),
    reason: z.string(),
    createdAt: instant,
  })
  .meta({ id: 'MachineOrder' });

/** A provider; what it was configured with is told without the words of its commands, which may hold secrets. */
export const providerView = z
  .object({
    name: z.string(),
    kind: z.enum(['command', 'docker', 'ec2']),
    labels,
    mostAdded: z.number(),
    growAfterMs: z.number(),
    idleAfterMs: z.number(),
    removing: z.boolean(),
    nodes: z.array(z.string()),
    orders: z.array(orderView),
    createdAt: instant,
  })
  .meta({ id: 'Provider' });
