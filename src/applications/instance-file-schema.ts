// The shape of an instance file: what a configurer writes to have an algorithm run. What depends on the package and on the time is
// judged in decide-new-instance.ts.
import { z } from 'zod';
import { environment, plainName, resourceShape } from './config-values.ts';
import { DURATION_WORDS, durationMs } from './duration-text.ts';

const TEN_YEARS_MS = 3_660 * 86_400_000;
const INSTANT_WORDS =
  'an instant of ISO 8601 with a zone, such as "2027-01-31T08:00:00Z" or "2027-01-31T09:00:00+01:00"';

const duration = durationOf(
  (ms) => ms > 0 && ms <= TEN_YEARS_MS,
  `${DURATION_WORDS}, longer than zero, at most ten years`,
);
const every = durationOf(
  (ms) => ms >= 1000 && ms <= TEN_YEARS_MS,
  `${DURATION_WORDS}, at least one second, at most ten years`,
);
const wait = durationOf((ms) => ms <= 86_400_000, `${DURATION_WORDS}, at most one day`);

const instant = z.string().transform((text, context) => {
  const at = instantMs(text);
  if (at !== undefined) return at;
  context.issues.push({ code: 'custom', message: INSTANT_WORDS, input: text });
  return z.NEVER;
});

const window = { start: z.exactOptional(instant), end: z.exactOptional(instant) };
const limit = { duration: z.exactOptional(duration) };

const schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('now'), ...limit }),
  z.strictObject({ kind: z.literal('once'), at: instant, ...limit }),
  z.strictObject({ kind: z.literal('interval'), every, ...window, ...limit }),
  z.strictObject({ kind: z.literal('continuous'), ...window, ...limit }),
]);

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

const restart = z.strictObject({
  runsPerTask: z.number().int().min(1).max(1000).default(5),
  tasks: z.number().int().min(1).max(1000).default(3),
  backoff: wait.prefault('1s'),
  maxBackoff: wait.prefault('1m'),
  stableAfter: wait.prefault('1m'),
});

/** The shape of an instance file; parsing fills in the defaults, and makes instants and lengths of time milliseconds. */
export const instanceFileSchema = z
  .strictObject({
    $schema: z.string().max(500).optional(),
    name: plainName,
    application: z.string().min(1).max(100),
    algorithm: z.string().min(1).max(100),
    package: z.string().min(1).max(100).default('current'),
    schedule,
    copies: z.number().int().min(1).max(1000).default(1),
    machine: z.enum(['shared', 'standalone']).default('shared'),
    place: z.strictObject({ labels: labels.default({}) }).prefault({}),
    parameters: parameters.default({}),
    environment: environment.default({}),
    resources: resources.default({}),
    restart: restart.prefault({}),
    grace: wait.prefault('10s'),
  })
  .transform(({ $schema: _, ...file }) => file);

/** An instance file that was read. */
export type InstanceFile = z.output<typeof instanceFileSchema>;

/** JSON Schema (2020-12) of an instance file, for editors and for other programs. */
export function instanceFileJsonSchema(): object {
  return { title: 'Instance file of Berth', ...z.toJSONSchema(instanceFileSchema, { io: 'input' }) };
}

function durationOf(fits: (ms: number) => boolean, expected: string) {
  return z.string().transform((text, context) => {
    const ms = durationMs(text);
    if (ms !== undefined && fits(ms)) return ms;
    context.issues.push({ code: 'custom', message: expected, input: text });
    return z.NEVER;
  });
}

function instantMs(text: string): number | undefined {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
