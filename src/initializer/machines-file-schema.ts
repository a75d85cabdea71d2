// What a machines file may say. docs/machines-file.schema.json is made from this.
import { z } from 'zod';
import { ROLES } from '../model/role.ts';
import { providerSchema } from './provider-schema.ts';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,29}$/, '1 to 30 lower-case letters, digits and hyphens, beginning with a letter');
const port = z.int().min(1).max(65_535);
const role = z.enum(ROLES);
const address = z.string().regex(/^[A-Za-z0-9._:-]{1,253}$/, 'a host name or an address');
/** It stands before a host in words of a program: never what could be read as an option. */
const user = z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'the name of a user');

const machine = z.strictObject({
  name: name.describe('What the machine is called in the map and in messages.'),
  host: address.optional().describe("Where SSH reaches it, or 'local' for the machine on which the command runs."),
  provider: name.optional().describe('In place of host: the provider of this file that makes the machine.'),
  port: port.default(22).describe('Port of its SSH server.'),
  user: user.default('root').describe('Who signs in: root, or somebody who may use sudo without a password.'),
  identity: z.string().default('~/.ssh/id_ed25519').describe('Private key with which they sign in.'),
  hostKey: z.string().optional().describe("Its public host key as in known_hosts, 'ssh-ed25519 AAAA…'."),
  scan: z
    .boolean()
    .default(false)
    .describe('Without a host key: ask the machine for it, and the person whether it is right.'),
  peer: address.optional().describe('Where the other machines of the platform reach it; host when absent.'),
  roles: z
    .union([z.literal('auto'), z.array(role), z.array(z.array(role).min(1))])
    .default('auto')
    .describe("What it does: 'auto', a list of roles for one process, lists of roles for several, or [] for nothing."),
});

const store = z.union([
  z.strictObject({ given: z.string().regex(/^(mysql|mongodb):\/\//, 'a URL as in BERTH_STORE') }),
  z.strictObject({ on: name, kind: z.literal('mariadb').default('mariadb') }),
]);

const bus = z.union([
  z.literal('none'),
  z.strictObject({
    given: z.string().regex(/^kafkas?:\/\//, 'a URL as in BERTH_BUS'),
    credentials: z.string().optional().describe("File with user:password for the brokers, on the person's machine."),
    certificates: z.string().optional().describe("PEM file of certificate authorities, on the person's machine."),
  }),
  z.strictObject({
    on: name.describe('The machine that is to run Kafka.'),
    program: z
      .string()
      .min(1)
      .describe("Kafka's binary archive (kafka_2.13-4.….tgz) or a directory with its libs, on the person's machine."),
  }),
]);

const least = z.strictObject({
  diskGb: z.number().min(0).default(10).describe('Free space that every machine must have.'),
  memoryGb: z
    .number()
    .min(0)
    .optional()
    .describe('Memory below which is warned: 2 with everything in one process, 4 when spread.'),
});

/** The file as a whole. */
export const machinesFileSchema = z.strictObject({
  platform: name.describe('Name of the platform.'),
  machines: z.array(machine).min(1).max(100),
  providers: z.record(name, providerSchema).default({}).describe('What makes machines, by name.'),
  store: store.optional().describe('The database: a given one, or MariaDB on a machine; SQLite when absent.'),
  bus: bus.default('none').describe('The brokers for messages: given ones, Kafka on a machine, or none.'),
  supervisor: z
    .enum(['auto', 'systemd', 'own'])
    .default('auto')
    .describe('Who keeps the components running: systemd where it runs, else the supervisor that Berth brings.'),
  settings: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .default({})
    .describe('Settings of docs/settings.md by their variables, for every component.'),
  nodes: z.array(name).default([]).describe('Machines of this file that are to run applications.'),
  least: least.prefault({}),
});

/** What a machines file says, with everything that it left out. */
export type GivenMachinesFile = z.output<typeof machinesFileSchema>;

/** One machine of it. */
export type GivenMachine = GivenMachinesFile['machines'][number];

/** One machine that is there. */
export type MachineEntry = Omit<GivenMachine, 'host' | 'provider'> & { readonly host: string };

/** The same with the machines that are there, wherever they are from. */
export type MachinesFile = Omit<GivenMachinesFile, 'machines'> & { readonly machines: readonly MachineEntry[] };
