// What is due for one instance now: the jobs to make and to end, and when to look again.
import { isDeepStrictEqual } from 'node:util';
import type { Instance, InstanceStatus, MissedOccurrence } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import { type Job, type JobState, jobEnded } from '../model/job.ts';
import type { Algorithm, Package } from '../model/package.ts';
import { jobOf } from './job-of.ts';
import { type DueOccurrences, dueOccurrences, jobEnd, nextOccurrence } from './occurrences.ts';

/** A job of the instance that is not closed, with how far it is; `state` is null until deployment has accepted it. */
export interface OpenJob {
  readonly job: Job;
  readonly state: JobState | null;
}

/** Everything that the decision rests on. */
export interface InstanceSnapshot {
  readonly instance: Instance;
  readonly status: InstanceStatus | null;
  readonly openJobs: readonly OpenJob[];
  /** Start instants of jobs made for occurrences after the cursor: a crash may have come between job and cursor. */
  readonly madeAt: ReadonlySet<Instant>;
  /** What a new job would run, or why there is nothing to run. */
  readonly runnable: { readonly package: Package; readonly algorithm: Algorithm } | { readonly refused: string };
}

/** What the scheduler may do for an instance. */
export type InstanceStep =
  | { readonly do: 'make-job'; readonly job: Job }
  | { readonly do: 'kill-job'; readonly job: Job; readonly reason: string }
  | { readonly do: 'record'; readonly status: InstanceStatus }
  | { readonly do: 'forget' };

/** Steps in their order, and when to look again. */
export interface InstanceDecision {
  readonly steps: readonly InstanceStep[];
  readonly wakeAt: Instant | null;
}

const MISSED_KEPT = 50;
const DISABLED = 'disabled';
/** A kill that nobody took up is asked for again after this. */
const KILL_AGAIN_MS = 1000;

/** Decides what is due for an instance. */
export function decideInstance(snapshot: InstanceSnapshot, now: Instant): InstanceDecision {
  const active = snapshot.openJobs.filter(({ state }) => state === null || !jobEnded(state));
  if (snapshot.instance.removing) return decideRemoval(snapshot, active, now);
  const outcome = snapshot.instance.enabled ? settleDue(snapshot, active, now) : paused(snapshot);
  const kills = killSteps(snapshot.instance, active, now);
  const wakeAt = earliest([outcome.status.occurrenceAt, nextKill(active, kills, now)]);
  const status = { ...outcome.status, nextAt: wakeAt };
  const steps: InstanceStep[] = [...outcome.make, ...kills];
  if (!sameStatus(status, snapshot.status)) steps.push({ do: 'record', status });
  return { steps, wakeAt };
}

function decideRemoval(snapshot: InstanceSnapshot, active: readonly OpenJob[], now: Instant): InstanceDecision {
  if (snapshot.openJobs.length === 0) return { steps: [{ do: 'forget' }], wakeAt: null };
  const kills = killsOf(active, 'its instance was removed');
  return { steps: kills, wakeAt: nextKill([], kills, now) };
}

function killSteps(instance: Instance, active: readonly OpenJob[], now: Instant): InstanceStep[] {
  if (!instance.enabled && instance.schedule.trigger.kind === 'continuous')
    return killsOf(active, 'its instance was disabled');
  return killsOf(
    active.filter(({ job }) => job.endsAt !== null && job.endsAt <= now),
    'it reached its end',
  );
}

function killsOf(jobs: readonly OpenJob[], reason: string): InstanceStep[] {
  return jobs.filter(({ job }) => job.stop === null).map(({ job }) => ({ do: 'kill-job', job, reason }));
}

/** A kill that is asked for is looked at again: its message may be lost with this process. */
function nextKill(active: readonly OpenJob[], asked: readonly InstanceStep[], now: Instant): Instant | null {
  if (asked.length > 0) return now + KILL_AGAIN_MS;
  return earliest(active.filter(({ job }) => job.stop === null).map(({ job }) => job.endsAt));
}

interface Outcome {
  readonly make: readonly InstanceStep[];
  readonly status: InstanceStatus;
}

/** The cursor stays: what passes meanwhile does not count because it lies before the next `enabledAt`, which may be written already. */
function paused(snapshot: InstanceSnapshot): Outcome {
  const status = { ...baseStatus(snapshot), cursorAt: cursorOf(snapshot), occurrenceAt: null, why: DISABLED };
  return { make: [], status };
}

function settleDue(snapshot: InstanceSnapshot, active: readonly OpenJob[], now: Instant): Outcome {
  const cursor = cursorOf(snapshot);
  const due = dueOccurrences(snapshot.instance, cursor, now);
  const cursorAt = due?.lastAt ?? cursor;
  const occurrenceAt = nextOccurrence(snapshot.instance, cursorAt);
  const settled = due ? settle(snapshot, active, due, now) : { make: [], missed: [], why: null };
  const missed = [...settled.missed.toReversed(), ...baseStatus(snapshot).missed].slice(0, MISSED_KEPT);
  const why = settled.why ?? standingWhy(snapshot.status, occurrenceAt);
  return { make: settled.make, status: { ...baseStatus(snapshot), cursorAt, occurrenceAt, missed, why } };
}

function standingWhy(status: InstanceStatus | null, occurrenceAt: Instant | null): string {
  if (status !== null && status.why !== DISABLED) return status.why;
  return occurrenceAt === null ? 'nothing more is due' : 'waits for its next occurrence';
}

interface Settled {
  readonly make: readonly InstanceStep[];
  readonly missed: readonly MissedOccurrence[];
  readonly why: string | null;
}

/** Of several that are due the latest runs (what comes later would repeat it); the ones before it are one record. */
function settle(snapshot: InstanceSnapshot, active: readonly OpenJob[], due: DueOccurrences, now: Instant): Settled {
  const missed = skippedBefore(snapshot, due);
  if (snapshot.madeAt.has(due.lastAt)) return { make: [], missed, why: `ran at ${iso(due.lastAt)}` };
  const refused = refusalOf(snapshot, active, due.lastAt, now);
  if (refused)
    return {
      make: [],
      missed: [...missed, { fromAt: due.lastAt, toAt: due.lastAt, count: 1, reason: refused }],
      why: refused,
    };
  return { make: [makeJob(snapshot, due, now)], missed, why: `ran at ${iso(due.lastAt)}` };
}

function skippedBefore(snapshot: InstanceSnapshot, due: DueOccurrences): MissedOccurrence[] {
  const made = [...snapshot.madeAt].filter((at) => at >= due.firstAt && at < due.lastAt).length;
  const count = due.count - 1 - made;
  if (count <= 0) return [];
  const reason = 'the platform was not running when they were due; the latest one was run';
  return [{ fromAt: due.firstAt, toAt: due.lastAt - 1, count, reason }];
}

function refusalOf(snapshot: InstanceSnapshot, active: readonly OpenJob[], at: Instant, now: Instant): string | null {
  if ('refused' in snapshot.runnable) return snapshot.runnable.refused;
  if ((jobEnd(snapshot.instance.schedule, at) ?? now + 1) <= now)
    return 'the platform was not running when it was due, and its end had passed when it was up again';
  const before = active.find(({ job }) => job.origin.kind === 'occurrence' && job.origin.at < at && job.stop === null);
  const ending = before?.job.endsAt;
  return before && !(ending !== null && ending !== undefined && ending <= at)
    ? `job ${before.job.id} was still running`
    : null;
}

function makeJob(snapshot: InstanceSnapshot, due: DueOccurrences, now: Instant): InstanceStep {
  const { instance, runnable } = snapshot;
  if ('refused' in runnable) throw new Error('a refused occurrence makes no job');
  const at = due.lastAt;
  const late = now - at >= 1000 ? `, ${Math.round((now - at) / 1000)} s late` : '';
  const why = `Its schedule (${scheduleInWords(instance)}) was due at ${iso(at)}${late}.`;
  return {
    do: 'make-job',
    job: jobOf({ instance, ...runnable, origin: { kind: 'occurrence', at }, startsAt: at, why }, now),
  };
}

/** A schedule in a few words. */
function scheduleInWords({ schedule }: Pick<Instance, 'schedule'>): string {
  const { trigger } = schedule;
  switch (trigger.kind) {
    case 'now':
      return 'at once';
    case 'once':
      return `once at ${iso(trigger.at)}`;
    case 'interval':
      return `every ${trigger.everyMs / 1000} s`;
    case 'continuous':
      return 'continuously';
    default:
      return trigger satisfies never;
  }
}

/** Every occurrence up to this instant is settled or does not count. */
export function cursorOf({ instance, status }: Pick<InstanceSnapshot, 'instance' | 'status'>): Instant {
  return Math.max(status?.cursorAt ?? 0, instance.enabledAt - 1);
}

function baseStatus({ instance, status }: InstanceSnapshot): InstanceStatus {
  const { id, shard, updatedAt } = instance;
  const empty = { id, cursorAt: 0, occurrenceAt: null, missed: [], why: '', shard, nextAt: null };
  return { ...(status ?? empty), seenUpdatedAt: updatedAt };
}

function sameStatus(a: InstanceStatus, b: InstanceStatus | null): boolean {
  return b !== null && isDeepStrictEqual(a, b);
}

function earliest(instants: readonly (Instant | null)[]): Instant | null {
  const given = instants.filter((at) => at !== null);
  return given.length === 0 ? null : Math.min(...given);
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}
