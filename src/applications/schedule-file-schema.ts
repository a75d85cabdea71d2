// The shape of the schedule in an instance file: one trigger with what bounds it, or a list of triggers with what bounds them all.
import { z } from 'zod';
import type { UpstreamEnd } from '../model/schedule.ts';
import { plainName } from './config-values.ts';
import { duration, every, instant, timeOfDay, wait, zone } from './time-values.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DAY_WORDS: Readonly<Record<string, readonly number[]>> = {
  weekdays: [1, 2, 3, 4, 5],
  weekend: [6, 7],
  daily: [1, 2, 3, 4, 5, 6, 7],
};
const DAYS_EXPECTED = `a list of ${DAYS.join(', ')}; or "weekdays", "weekend" or "daily"`;
const UPSTREAM_ENDS = ['success', 'failure', 'any'] as const satisfies readonly UpstreamEnd[];

const days = z
  .union([z.enum(['weekdays', 'weekend', 'daily']), z.array(z.enum(DAYS)).min(1).max(DAYS.length)], {
    error: DAYS_EXPECTED,
  })
  .transform((given) => (typeof given === 'string' ? (DAY_WORDS[given] ?? []) : daysOf(given)))
  .describe(`Days on which the window opens: ${DAYS_EXPECTED}`);

const windowShape = z.strictObject({
  days,
  from: timeOfDay.describe('Local time at which the window opens, such as 08:00'),
  to: timeOfDay.describe('Local time at which it closes; at or before its opening: on the next day'),
});

const bounds = {
  start: z
    .exactOptional(instant)
    .describe('First instant at which it may run, with its zone; where an interval begins. Without it: now'),
  end: z.exactOptional(instant).describe('No run begins at it or after it, and a job that still runs is stopped then'),
  duration: z.exactOptional(duration).describe('A job is stopped this long after its start'),
  zone: zone
    .default('UTC')
    .describe('Time zone of IANA in which times of day, days and months count, such as Europe/Berlin'),
  windows: z
    .array(windowShape)
    .max(50)
    .default([])
    .describe('Daily and weekly times in which it may run; without any: at any time'),
  calendars: z
    .array(plainName)
    .max(20)
    .default([])
    .describe('Names of calendars that were uploaded: nothing runs in their events'),
  jitter: wait
    .prefault('0s')
    .describe('Each job starts up to this much after its occurrence, always the same for the same occurrence'),
};

const triggerShapes = {
  now: { kind: z.literal('now').describe('Once, at once') },
  once: {
    kind: z.literal('once').describe('Once, at an instant'),
    at: instant.describe('The instant, with its zone'),
  },
  interval: {
    kind: z.literal('interval').describe('Again and again, from the start on'),
    every: every.describe(
      'The distance: 1h30m, 1d or PT24H by the clock; P1D, P1W, P1M or P1Y by the calendar of the zone',
    ),
  },
  cron: {
    kind: z.literal('cron').describe('At the times of day and on the days of a cron expression, in the zone'),
    expression: z
      .string()
      .min(1)
      .max(500)
      .describe(
        'Five fields (minute, hour, day, month, weekday), or six that begin with seconds; names, L and # count',
      ),
  },
  continuous: {
    kind: z.literal('continuous').describe('All the time; with windows: from each opening to its closing'),
  },
  after: {
    kind: z.literal('after').describe('When a job of another instance has ended'),
    instance: z.string().min(1).max(100).describe('Name of the other instance'),
    on: z.enum(UPSTREAM_ENDS).default('success').describe('How the other job must have ended'),
  },
};

const { now, once, interval, cron, continuous, after } = triggerShapes;

const trigger = z.discriminatedUnion('kind', [
  z.strictObject(now),
  z.strictObject(once),
  z.strictObject(interval),
  z.strictObject(cron),
  z.strictObject(continuous),
  z.strictObject(after),
]);

/** The schedule of an instance file. Triggers are given by one or by a list; what is read of both is the same. */
export const scheduleFileSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ ...now, duration: bounds.duration }),
    z.strictObject({ ...once, ...bounds }),
    z.strictObject({ ...interval, ...bounds }),
    z.strictObject({ ...cron, ...bounds }),
    z.strictObject({ ...continuous, ...bounds }),
    z.strictObject({ ...after, ...bounds }),
    z.strictObject({
      kind: z.exactOptional(z.undefined()),
      triggers: z.array(trigger).min(1).max(20).describe('It runs whenever one of them is due'),
      ...bounds,
    }),
  ])
  .transform(asList)
  .describe('When it runs: one trigger with its bounds, or "triggers" with the bounds of all');

/** A trigger as it was read; `after` names the other instance. */
export type FileTrigger = z.output<typeof trigger>;

/** A schedule as it was read. */
export interface ScheduleFile {
  readonly triggers: readonly FileTrigger[];
  /** Whether it stands as one trigger, without a list: problems then name its places so. */
  readonly isInline: boolean;
  readonly start?: number;
  readonly end?: number;
  readonly duration?: number;
  readonly zone: string;
  readonly windows: readonly z.output<typeof windowShape>[];
  readonly calendars: readonly string[];
  readonly jitter: number;
}

type Bounds = Omit<ScheduleFile, 'triggers' | 'isInline'>;

const UNBOUNDED = { zone: 'UTC', windows: [], calendars: [], jitter: 0 };

function asList(
  given:
    | (FileTrigger & Partial<Bounds>)
    | ({ readonly kind?: undefined; readonly triggers: readonly FileTrigger[] } & Bounds),
): ScheduleFile {
  if (given.kind === undefined) {
    const { kind: _, ...listed } = given;
    return { ...listed, isInline: false };
  }
  const { start, end, duration: length, zone: where, windows, calendars, jitter, ...alone } = given;
  const limits = { start, end, duration: length, zone: where, windows, calendars, jitter };
  const present = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
  return { ...UNBOUNDED, ...present, triggers: [alone], isInline: true };
}

function daysOf(names: readonly (typeof DAYS)[number][]): readonly number[] {
  return DAYS.flatMap((day, index) => (names.includes(day) ? [index + 1] : []));
}
