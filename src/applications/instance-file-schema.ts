// The shape of an instance file: what a configurer writes to have an algorithm run. What depends on the package and on the time is
// judged in decide-new-instance.ts.
import { z } from 'zod';
import { MOST_TASK_SECRETS, SECRET_NAME, SECRET_NAME_WORDS } from '../model/secret.ts';
import { bindingsFile } from './binding-file-schema.ts';
import { environment, locationPath, plainName, resourceShape } from './config-values.ts';
import { jsonSchemaOf } from './json-schema-of.ts';
import { missed, overlap } from './policy-values.ts';
import { scheduleFileSchema } from './schedule-file-schema.ts';
import { timeOfDay, wait } from './time-values.ts';

const labels = z
  .record(
    z.string().regex(/^[a-z0-9](?:[a-z0-9._/-]{0,61}[a-z0-9])?$/, {
      error: 'a label: lower-case letters, digits, ".", "_", "/" and "-"',
    }),
    z.string().max(200),
  )
  .refine((all) => Object.keys(all).length <= 50, { error: 'at most 50 labels' });

const parameters = z
  .record(
    z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,126}$/, { error: 'a parameter\'s name: letters, digits, "_", "." and "-"' }),
    z
      .union([z.string().max(32_768), z.number(), z.boolean()], { error: 'a string, a number, true or false' })
      .transform(String),
  )
  .refine((all) => Object.keys(all).length <= 100, { error: 'at most 100 parameters' });

const resources = z.strictObject({
  cpus: z.exactOptional(resourceShape.cpus),
  memoryMiB: z.exactOptional(resourceShape.memoryMiB),
  diskMiB: z.exactOptional(resourceShape.diskMiB),
  pids: z.exactOptional(resourceShape.pids),
});

const count = z.number().int().min(1).max(1000);

const restart = z
  .strictObject({
    runsPerTask: count.default(5).describe('Starts that fail in a row inside one container before it is given up'),
    tasks: count.default(3).describe('Containers that fail in a row before the job fails'),
    backoff: wait.prefault('1s').describe('First wait between two failed containers; it doubles'),
    maxBackoff: wait.prefault('1m').describe('The longest such wait'),
    stableAfter: wait.prefault('1m').describe('A container that lived this long forgives the failures before it'),
  })
  .describe('Retries with backoff: how a copy that fails is filled again, and when the job fails');

const place = z.strictObject({
  labels: labels.default({}).describe('Labels that a node must carry'),
  location: z
    .exactOptional(locationPath)
    .describe('Only nodes at this location, or deeper: a path such as campus/building-a/room-12'),
});

const perHour = z.number().int().min(0).max(100_000);

const actions = z
  .strictObject({
    perHour: z
      .strictObject({
        email: z.exactOptional(perHour),
        sms: z.exactOptional(perHour),
        notify: z.exactOptional(perHour),
        webhook: z.exactOptional(perHour),
        control: z.exactOptional(perHour),
      })
      .default({})
      .describe('Actions of each kind that it may begin in an hour; what is more waits'),
    quiet: z
      .exactOptional(
        z
          .strictObject({
            from: timeOfDay.describe('Local time in the zone of the schedule, such as 22:00'),
            to: timeOfDay.describe('Local time at which they end; at or before their beginning: on the next day'),
          })
          .refine(({ from, to }) => from !== to, { error: 'two different times of day' }),
      )
      .describe('Times of day at which e-mails, SMS and notices below alert wait'),
  })
  .describe('How often it may act on the world, and when not');

/** The shape of an instance file; parsing fills in the defaults, and makes instants and lengths of time milliseconds. */
export const instanceFileSchema = z
  .strictObject({
    $schema: z.string().max(500).optional().describe('For editors; not read'),
    name: plainName.describe('Its name, unique among instances'),
    application: z.string().min(1).max(100).describe('Name of an application that was pushed'),
    algorithm: z.string().min(1).max(100).describe('Id of one of its algorithms'),
    package: z
      .string()
      .min(1)
      .max(100)
      .default('current')
      .describe('"current" follows the application; a package\'s id, the beginning of it or its version stays with it'),
    schedule: scheduleFileSchema,
    missed: missed.prefault('run-latest'),
    overlap: overlap.prefault('skip'),
    priority: z
      .number()
      .int()
      .min(-10)
      .max(10)
      .default(0)
      .describe('Of jobs that wait for room, those with more are placed first'),
    lead: z
      .exactOptional(wait)
      .describe('Containers are started this long before a job begins; without it 15s, and 0s on standalone machines'),
    copies: count.default(1).describe('How many containers each job has'),
    machine: z
      .enum(['shared', 'standalone'])
      .default('shared')
      .describe('standalone: each copy has a machine to itself'),
    place: place.prefault({}).describe('Where it may run; without it anywhere'),
    parameters: parameters.default({}).describe('Values for the algorithm; numbers, true and false become text'),
    environment: environment.default({}).describe('Environment variables, over those of the package'),
    bindings: z
      .exactOptional(bindingsFile)
      .describe('Which sensors its names stand for; without it by their types, wherever they are'),
    secrets: z
      .exactOptional(z.array(z.string().regex(SECRET_NAME, { error: SECRET_NAME_WORDS })).max(MOST_TASK_SECRETS))
      .describe("Names of the application's secrets that its tasks are given as files, for berth.secret(name)"),
    notify: z.exactOptional(z.array(plainName).max(100)).describe('Users who get its notices'),
    actions: z.exactOptional(actions),
    resources: resources.default({}).describe('Resources of each copy, over those of the package'),
    restart: restart.prefault({}),
    grace: wait.prefault('10s').describe('Between the notice to stop and the kill'),
  })
  .transform(({ $schema: _, ...file }) => file);

/** An instance file that was read. */
export type InstanceFile = z.output<typeof instanceFileSchema>;

/** JSON Schema (2020-12) of an instance file, for editors and for other programs. */
export function instanceFileJsonSchema(): object {
  return { title: 'Instance file of Berth', ...jsonSchemaOf(instanceFileSchema) };
}
