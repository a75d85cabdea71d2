// What the API answers of instances, their schedules, and what came of those. Times are ISO 8601 in UTC.
import { z } from 'zod';
import { instant, pageOf } from './views.ts';

const optionalInstant = instant.nullable();
const words = z.record(z.string(), z.string());
const timeOfDay = z.string().describe('Local time of day in the zone of the schedule, such as 08:00.');

const wishes = z.record(
  z.string(),
  z.union([
    z.array(z.string()).describe('Ids of sensors.'),
    z.object({ location: z.string().optional(), tags: z.array(z.string()).optional() }),
  ]),
);

/** What gives occurrences. */
const triggerView = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('now') }),
    z.object({ kind: z.literal('once'), at: instant }),
    z.object({ kind: z.literal('interval'), everyMs: z.number() }),
    z.object({ kind: z.literal('calendar'), months: z.number(), days: z.number() }),
    z.object({ kind: z.literal('cron'), expression: z.string() }),
    z.object({ kind: z.literal('continuous') }),
    z.object({ kind: z.literal('after'), instance: z.string(), on: z.enum(['success', 'failure', 'any']) }),
  ])
  .meta({ id: 'Trigger' });

/** When an instance runs. */
export const scheduleView = z
  .object({
    words: z.string().describe('The schedule on one line, for people.'),
    triggers: z.array(triggerView),
    start: instant,
    end: instant.optional(),
    durationMs: z.number().optional(),
    zone: z.string(),
    windows: z.array(
      z.object({ days: z.array(z.number()).describe('1 is Monday, 7 is Sunday.'), from: timeOfDay, to: timeOfDay }),
    ),
    calendars: z.array(z.string()),
    jitterMs: z.number(),
  })
  .meta({ id: 'Schedule' });

/** An instance with what the scheduler knows of it. */
export const instanceView = z
  .object({
    id: z.string(),
    name: z.string(),
    application: z.string(),
    algorithm: z.string(),
    package: z.string(),
    schedule: scheduleView,
    missed: z.object({
      policy: z.enum(['skip', 'run-latest', 'run-all']),
      max: z.number().optional(),
      maxAgeMs: z.number().optional(),
    }),
    overlap: z.object({ policy: z.enum(['allow', 'skip', 'queue', 'replace']), max: z.number().optional() }),
    priority: z.number(),
    leadMs: z.number(),
    copies: z.number(),
    machine: z.enum(['shared', 'standalone']),
    labels: words,
    location: z.string().nullable(),
    parameters: words,
    bindings: z
      .object({ sensors: wishes, controls: wishes, missing: z.enum(['wait', 'run-without', 'refuse']) })
      .nullable()
      .describe(
        'Which sensors its names stand for; null: any of their types, and a job waits for those that are missing.',
      ),
    notify: z.array(z.string()).describe('Users who get its notices.'),
    secrets: z.array(z.string()).describe("Names of the application's secrets that its tasks are given."),
    actions: z
      .object({
        perHour: z.record(z.string(), z.number()),
        quiet: z.object({ from: timeOfDay, to: timeOfDay }).nullable(),
      })
      .nullable()
      .describe('How often it may act, and when not; null: the ordinary budget, always.'),
    enabled: z.boolean(),
    removing: z.boolean(),
    paused: z.boolean().describe('Whether all schedules are held back.'),
    nextAt: optionalInstant,
    why: z.string(),
    queue: z
      .array(
        z.object({ at: instant, after: z.string().optional().describe('The job of another instance it follows.') }),
      )
      .describe('Runs that wait until a job before them is over.'),
    skips: z.array(z.object({ at: instant, by: z.string() })).describe('Occurrences that are to make no job.'),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Instance' });

/** What became of an instance file that was applied. */
export const appliedView = z
  .object({
    outcome: z.enum(['created', 'changed', 'unchanged']),
    changes: z.array(z.string()).describe('The fields of the file that are other than they were.'),
    instance: instanceView,
  })
  .meta({ id: 'Applied' });

/** A stretch of occurrences that made no job. */
export const gapView = z
  .object({
    from: instant,
    to: instant,
    count: z.number(),
    outcome: z.enum(['missed', 'skipped', 'refused', 'paused', 'replaced']),
    reason: z.string(),
    recordedAt: instant,
  })
  .meta({ id: 'Gap' });

/** A page of gaps, newest first. */
export const gapPage = pageOf(gapView);

/** What became, or will become, of an occurrence. */
export const occurrenceAnswerView = z
  .object({
    at: instant,
    ran: z.boolean(),
    job: z.string().nullable(),
    sentence: z.string(),
  })
  .meta({ id: 'OccurrenceAnswer' });

const optionalNumber = z.number().nullable();

/** Jobs that were, and what they were like together. */
export const historyView = z
  .object({
    jobs: z.array(
      z.object({
        job: z.string(),
        origin: z.enum(['occurrence', 'manual', 'after', 'rerun']),
        state: z.string(),
        startsAt: instant,
        latenessMs: optionalNumber,
        durationMs: optionalNumber,
        endedAt: optionalInstant,
      }),
    ),
    summary: z.object({
      jobs: z.number(),
      succeeded: z.number(),
      failed: z.number(),
      stopped: z.number(),
      successRate: optionalNumber,
      p50DurationMs: optionalNumber,
      p95DurationMs: optionalNumber,
      p50LatenessMs: optionalNumber,
      p95LatenessMs: optionalNumber,
    }),
  })
  .meta({ id: 'History' });

/** A wish that an occurrence makes no job. */
export const skipView = z.object({ at: instant, by: z.string() }).meta({ id: 'Skip' });

/** Whether all schedules are held back. */
export const pauseView = z
  .object({
    paused: z.boolean(),
    from: optionalInstant,
    until: optionalInstant.describe('When the last pause ended; null: it has not, or there was none.'),
    by: z.string(),
    reason: z.string(),
  })
  .meta({ id: 'SchedulePause' });

/** A calendar in whose events nothing runs. */
export const calendarView = z
  .object({
    name: z.string(),
    events: z.number(),
    knownUntil: instant.describe('Events that begin before it are worked out.'),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Calendar' });

/** A calendar with its events; those without a zone hold in the zone of each schedule. */
export const calendarDetailView = calendarView
  .extend({ next: z.array(z.object({ summary: z.string(), from: z.string(), to: z.string(), local: z.boolean() })) })
  .meta({ id: 'CalendarDetail' });
