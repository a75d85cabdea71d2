// What the API answers to the console's own questions. Times are ISO 8601 in UTC.
import { z } from 'zod';
import { instant } from './views.ts';

const optionalInstant = instant.nullable();

/** Numbers over time. */
const points = z
  .array(z.object({ at: instant, min: z.number(), mean: z.number(), max: z.number() }))
  .describe('A step without readings has no point.');

/** A job as it stands on a line of time. */
export const timelineJobView = z
  .object({
    id: z.string(),
    instance: z.string(),
    instanceName: z.string().describe('Its id, where the instance is gone.'),
    application: z.string(),
    algorithm: z.string(),
    state: z.string(),
    origin: z.enum(['occurrence', 'manual', 'after', 'rerun']),
    startsAt: instant,
    startedAt: optionalInstant,
    endedAt: optionalInstant,
    endsAt: optionalInstant.describe('When it is stopped; null: never.'),
    nodes: z.array(z.string()),
  })
  .meta({ id: 'TimelineJob' });

/** A job that is to come. */
export const comingJobView = z
  .object({
    instance: z.string(),
    instanceName: z.string(),
    application: z.string(),
    at: instant.describe('When it begins.'),
    endsAt: optionalInstant,
    note: z.string().nullable().describe('Why it will not be made, where that is known.'),
  })
  .meta({ id: 'ComingJob' });

/** What ran, runs and is due between two instants. */
export const timelineView = z
  .object({
    from: instant,
    to: instant,
    jobs: z.array(timelineJobView).describe('By their beginning.'),
    next: z.array(comingJobView).describe('By their time.'),
    truncated: z
      .boolean()
      .describe('Whether there is more than was asked for: the latest jobs and the first to come are there.'),
  })
  .meta({ id: 'Timeline' });

/** A job that failed, and why. */
const failureView = z.object({
  job: z.string(),
  instance: z.string(),
  instanceName: z.string(),
  application: z.string(),
  algorithm: z.string(),
  endedAt: instant,
  reason: z.string(),
  lastLines: z.array(z.string()),
});

/** Everything in one look, as far as the caller may see it. */
export const overviewView = z
  .object({
    at: instant,
    schedules: z.enum(['running', 'paused']),
    counts: z.object({
      applications: z.number(),
      instances: z.number(),
      nodes: z.record(z.string(), z.number()).describe('By state.'),
      sensors: z.record(z.string(), z.number()).describe('By state.'),
      jobs: z.record(z.string(), z.number()).describe('Jobs that are not over, by state.'),
      ended: z
        .object({ succeeded: z.number(), failed: z.number(), stopped: z.number() })
        .describe('Jobs of the last 24 hours that are over.'),
    }),
    running: z.array(timelineJobView).describe('The latest jobs that run, at most 20.'),
    next: z.array(comingJobView).describe('The first of what is due within 24 hours, at most 20.'),
    nextTotal: z.number().describe('All that is due within 24 hours; of very much, what was counted.'),
    failures: z.array(failureView).describe('The latest failed jobs, at most 10.'),
    isWhole: z.boolean().describe('Whether everything was counted; else the numbers are too small.'),
  })
  .meta({ id: 'Overview' });

/** All nodes together over time: of each step the least, mean and most of single readings of single nodes, shares in [0, 1]. */
export const fleetLoadView = z
  .object({
    from: instant,
    to: instant,
    stepMs: z.number(),
    nodes: z.number().describe('Nodes that there are now.'),
    cpu: points,
    memory: points,
    load: points.describe('The harmonic mean of CPU and memory of each node.'),
  })
  .meta({ id: 'FleetLoad' });

/** A part of the platform. */
export const componentView = z
  .object({
    name: z.enum(['engine', 'api', 'store', 'bus', 'devices', 'logs', 'sdk', 'nodes']),
    state: z.enum(['running', 'troubled', 'off']),
    since: instant.describe('Since when it is in this state, as far back as this process knows.'),
    heartbeatAt: optionalInstant.describe('When it last did or answered something; null: never yet.'),
    backlog: z.number().nullable().describe('What waits for it; null: nothing can.'),
    sentence: z.string(),
  })
  .meta({ id: 'Component' });

/** A setting. */
export const settingView = z
  .object({
    name: z.string(),
    variable: z.string().describe('The environment variable that gives it.'),
    type: z.enum(['text', 'number', 'port', 'milliseconds', 'bytes', 'list', 'level']),
    value: z.union([z.string(), z.number(), z.array(z.string())]).describe('Passwords in addresses are left out.'),
    default: z.string(),
    isDefault: z.boolean(),
    sentence: z.string(),
  })
  .meta({ id: 'Setting' });

/** One file that two packages do not have in common. */
const changedFile = z.object({
  path: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  sizeBefore: z.number().nullable(),
  sizeAfter: z.number().nullable(),
  diff: z.string().nullable().describe('A unified diff; null: there is none, for the reason told.'),
  noDiff: z
    .enum(['binary', 'too-large', 'too-many', 'too-different'])
    .nullable()
    .describe('Why there is no diff; `too-many`: the diffs before it were as much as is answered.'),
});

/** What is other in another package: from `package` to `other`. */
export const comparisonView = z
  .object({
    application: z.string(),
    package: z.string(),
    other: z.string(),
    versions: z.object({ before: z.string(), after: z.string() }),
    files: z.array(changedFile).describe('By path, at most 1000.'),
    unchanged: z.number().describe('Files that are the same.'),
    filesLeftOut: z.number().describe('Changed files beyond those that are listed.'),
    config: z
      .array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() }))
      .describe('Values of the two configuration files that differ, with their defaults; null where there is none.'),
  })
  .meta({ id: 'PackageComparison' });

/** What the copies of a job used over time. */
export const jobUsageView = z
  .object({
    job: z.string(),
    from: instant,
    to: instant,
    stepMs: z.number(),
    slots: z.array(
      z.object({
        slot: z.number(),
        cpu: points.describe('Cores: 1 is one whole core.'),
        memory: points.describe('Bytes, without what is only cached from files.'),
      }),
    ),
    limits: z.object({ cpus: z.number(), memoryBytes: z.number() }).describe('Of each copy.'),
  })
  .meta({ id: 'JobUsage' });

/**
 * One line of a log. A line is what one stream of one task wrote up to a newline; where the other stream or a missing stretch comes in
 * between, it ends there.
 */
const logLineView = z
  .object({
    line: z.number().describe('Counts from 0, from the first line that is kept.'),
    at: instant,
    task: z.string(),
    stream: z.enum(['stdout', 'stderr', 'gap']).describe('`gap`: a missing stretch, told by the text.'),
    text: z.string().describe('Without its newline, never interpreted; what is no UTF-8 is U+FFFD.'),
    cut: z.boolean().describe('Whether the line is longer than its text.'),
  })
  .meta({ id: 'LogLine' });

/** Lines of a log. */
export const logWindowView = z
  .object({
    lines: z.number().describe('Lines that the log has now.'),
    from: z.number(),
    items: z.array(logLineView),
    ended: z.boolean().describe('Whether nothing can come any more.'),
  })
  .meta({ id: 'LogWindow' });

/** Lines of a log that contain a text. */
export const logMatchesView = z
  .object({
    lines: z.number().describe('Lines that the log has now.'),
    matches: z
      .array(logLineView)
      .describe('Of a long line the text is the part around the first place of what was sought.'),
    total: z.number().nullable().describe('Lines of the whole log that contain it; null: they were not all looked at.'),
    more: z.boolean().describe('Whether the log goes on behind what was looked at.'),
    next: z.number().nullable().describe('The line from which to go on; null: there is none.'),
  })
  .meta({ id: 'LogMatches' });
