// Each due occurrence of a schedule is started once, waits in the queue, or is recorded with its reason. Counted here without the
// scheduler's own arithmetic: occurrence by occurrence.
import type { Instance, InstanceStatus } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import { jobId } from '../model/job.ts';
import type { Schedule, Trigger } from '../model/schedule.ts';
import type { SimDisk } from './sim-disk.ts';

/** Beyond this many the rest of a stretch is not walked through. */
const MOST_OCCURRENCES = 10_000;

/** What is wrong when the scheduler says how far an instance is settled. */
export function occurrenceProblem(
  disk: SimDisk,
  before: InstanceStatus | undefined,
  after: InstanceStatus | undefined,
): string | undefined {
  if (!after) return undefined;
  const instance = disk.read('instance', after.id)?.doc;
  if (!instance) return undefined;
  const until = settledBy(instance, after);
  const since = before ? settledBy(instance, before) : 0;
  if (until < since) return 'its cursor went back';
  if (!instance.enabled) return undefined;
  const from = Math.max(since, instance.enabledAt - 1);
  const newly = occurrencesOf(instance, from, until);
  const left = (before?.queue ?? []).filter(({ at }) => !after.queue.some((each) => each.at === at));
  const ahead = after.settledAhead.filter((at) => before?.settledAhead.includes(at) !== true);
  const jobless = ahead.find((at) => !disk.read('job', jobId(instance.id, { kind: 'occurrence', at })));
  if (jobless !== undefined) return `nothing was begun ahead for ${new Date(jobless).toISOString()}`;
  const lost = [...newly, ...left.map(({ at }) => at)].find((at) => !isSettled(disk, instance, after, at));
  return lost === undefined
    ? undefined
    : `the occurrence at ${new Date(lost).toISOString()} was neither started nor recorded`;
}

/** How far a status settles: what it says of the time after a change that it has not seen does not count. */
function settledBy({ earlier }: Instance, { cursorAt, seenUpdatedAt }: InstanceStatus): Instant {
  const changes = earlier.map(({ untilAt }) => untilAt).filter((untilAt) => untilAt > seenUpdatedAt);
  return Math.min(cursorAt, ...changes.map((at) => at - 1));
}

/** Every occurrence after one instant, up to another. */
export function occurrencesOf(instance: Instance, after: Instant, until: Instant): readonly Instant[] {
  const found: Instant[] = [];
  let from = after;
  for (const { schedule, untilAt } of instance.earlier) {
    found.push(...within({ ...instance, schedule }, { after: from, until: Math.min(until, untilAt - 1) }));
    from = Math.max(from, untilAt - 1);
  }
  return [...found, ...within(instance, { after: from, until })];
}

function within(instance: Instance, between: Between): readonly Instant[] {
  const { endAt, triggers } = instance.schedule;
  const { after, until } = between;
  const isWithin = (at: Instant) => at > after && at <= until && (endAt === undefined || at < endAt);
  const found = triggers.flatMap((trigger) => instantsOf(instance, trigger, between));
  return [...new Set(found)].filter(isWithin).toSorted((a, b) => a - b);
}

interface Between {
  readonly after: Instant;
  readonly until: Instant;
}

function instantsOf({ schedule, enabledAt }: Instance, trigger: Trigger, between: Between): readonly Instant[] {
  const { startAt } = schedule;
  switch (trigger.kind) {
    case 'now':
      return [startAt];
    case 'once':
      return [trigger.at];
    case 'continuous':
      return [Math.max(startAt, enabledAt)];
    case 'interval':
      return grid(schedule, trigger.everyMs, startAt, between);
    case 'cron':
      return grid(schedule, secondsOf(trigger.expression) * 1000, 0, between);
    default:
      return [];
  }
}

function grid({ startAt }: Schedule, everyMs: number, originAt: Instant, { after, until }: Between): Instant[] {
  const from = Math.max(after, startAt - 1);
  const first = originAt + Math.max(0, Math.floor((from - originAt) / everyMs) + 1) * everyMs;
  const count = Math.min(MOST_OCCURRENCES, Math.max(0, Math.floor((until - first) / everyMs) + 1));
  return Array.from({ length: count }, (_, index) => first + index * everyMs);
}

/** Worlds know cron only as every so many seconds of the minute. */
function secondsOf(expression: string): number {
  return Number(/^\*\/(\d+) \* \* \* \* \*$/.exec(expression)?.[1]);
}

function isSettled(disk: SimDisk, instance: Instance, { queue }: InstanceStatus, at: Instant): boolean {
  const after = queue.find((each) => each.at === at);
  if (after || disk.read('job', jobId(instance.id, { kind: 'occurrence', at }))) return true;
  if (
    disk
      .docs('job')
      .some(({ instance: id, origin, startsAt }) => id === instance.id && origin.kind === 'after' && startsAt === at)
  )
    return true;
  const gaps = disk.docs('gap').filter((gap) => gap.instance === instance.id && gap.reason !== '');
  return gaps.some(({ fromAt, toAt }) => fromAt <= at && at <= toAt);
}
