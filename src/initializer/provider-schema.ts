// Providers in a machines file: the same access as a provider of the platform has (docs/servers.md), and how to sign in to what it makes.
import { z } from 'zod';
import type { ProviderAccess } from '../model/server.ts';

const words = z.array(z.string().min(1).max(4000)).min(1).max(100);
const optionalWords = words.nullable().default(null);
const text = z.string().nullable().default(null);

const access = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('command'),
    status: words.describe('Tells the state of {machine}.'),
    start: optionalWords,
    stop: optionalWords,
    create: optionalWords.describe('Makes a machine for {act}, named {name}.'),
    find: optionalWords.describe('Tells which machine {act} made.'),
    destroy: optionalWords,
  }),
  z.strictObject({
    kind: z.literal('docker'),
    socketPath: z.string().default('/var/run/docker.sock'),
    image: z.string().default('berth-machine'),
    network: z.string().default('berth-machines'),
  }),
  z.strictObject({
    kind: z.literal('ec2'),
    region: z.string(),
    endpoint: text,
    credentialsFile: text.describe("An INI file as the AWS tools keep it, on the person's machine."),
    profile: text,
    launchTemplate: text,
    address: z.enum(['private', 'public']).default('private'),
  }),
]) satisfies z.ZodType<ProviderAccess>;

/** One provider. */
export const providerSchema = z.strictObject({
  access,
  ssh: z
    .strictObject({
      user: z
        .string()
        .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'the name of a user')
        .default('root')
        .describe('Who signs in to machines that it makes.'),
      port: z.int().min(1).max(65_535).default(22),
      identity: z.string().default('~/.ssh/id_ed25519').describe('Private key with which they sign in.'),
    })
    .prefault({}),
});

/** It, with everything that was left out. */
export type FileProvider = z.output<typeof providerSchema>;
