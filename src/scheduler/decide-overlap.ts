// Which of the runs that are due are started now, which wait, and which do not run because a job before them is not over. Pure.
import type { Instance, QueuedRun } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Gap, OverlapPolicy } from '../model/schedule.ts';
import { asQueued, type DueRun, queuedRun } from './due-run.ts';
import { gapOfRun } from './gap-of.ts';

/** What the decision rests on. */
export interface OverlapQuestion {
  readonly instance: Instance;
  readonly queue: readonly QueuedRun[];
  /** In their order. */
  readonly runs: readonly DueRun[];
  /** Jobs of the schedule that are not over. */
  readonly active: readonly Job[];
  readonly made: ReadonlySet<string>;
}

/** What becomes of runs that are due. */
export interface OverlapOutcome {
  readonly start: readonly DueRun[];
  readonly queue: readonly QueuedRun[];
  readonly gaps: readonly Gap[];
  /** Jobs that make room for the next one. */
  readonly kill: readonly { readonly job: Job; readonly reason: string }[];
}

/** Decides what becomes of runs that are due. */
export function decideOverlap(question: OverlapQuestion, now: Instant): OverlapOutcome {
  const policy = overlapOf(question.instance);
  switch (policy.kind) {
    case 'allow':
      return { start: waiting(question), queue: [], gaps: [], kill: [] };
    case 'skip':
      return skip(question, now);
    case 'queue':
      return queueUp(question, policy.max, now);
    case 'replace':
      return replace(question, now);
    default:
      return policy satisfies never;
  }
}

/** Whether it is a job of the schedule: runs by hand stand beside it. */
export function isScheduled({ origin }: Job): boolean {
  return origin.kind === 'occurrence' || origin.kind === 'after';
}

/** Whether jobs of the schedule may run at the same time. */
export function mayOverlap(instance: Instance): boolean {
  return overlapOf(instance).kind === 'allow';
}

/** A continuous instance that is begun anew takes the place of what still runs. */
function overlapOf({ overlap, schedule }: Instance): OverlapPolicy {
  return schedule.triggers.some(({ kind }) => kind === 'continuous') ? { kind: 'replace' } : overlap;
}

/** A run by the occurrence that it is for and by when it starts. */
export type Turn = Pick<DueRun, 'at' | 'startsAt'>;

/** The job on which a run has to wait; undefined: none. One that ends by then, or is being stopped, is not waited for by `skip`. */
export function jobInTheWay(instance: Instance, active: readonly Job[], run: Turn): Job | undefined {
  const policy = overlapOf(instance).kind;
  if (policy === 'allow') return undefined;
  const before = active.filter((job) => isBefore(job, run));
  return policy === 'skip' ? before.find(({ stop }) => stop === null) : before[0];
}

/** Whether a job may still run when a run starts, or waits for its jitter and is for an earlier occurrence. */
function isBefore({ origin, startsAt, endsAt }: Job, run: Turn): boolean {
  if (endsAt !== null && endsAt <= run.startsAt) return false;
  return startsAt <= run.startsAt || (origin.kind === 'occurrence' && origin.at < run.at);
}

/** A run that starts as soon as it may. */
function notBefore(run: DueRun, now: Instant): Turn {
  return { at: run.at, startsAt: Math.max(run.startsAt, now) };
}

/** Queued runs first; without those whose job a crash left behind. */
function waiting({ instance, queue, runs, made }: OverlapQuestion): readonly DueRun[] {
  return [...queue.map((queued) => queuedRun(instance, queued)), ...runs].filter(({ job }) => !made.has(job));
}

/** Of several that are due together the first runs. */
function skip(question: OverlapQuestion, now: Instant): OverlapOutcome {
  const { instance, active } = question;
  const start: DueRun[] = [];
  const gaps: Gap[] = [];
  const inTheWayOf = (run: Turn) => jobInTheWay(instance, active, run);
  for (const run of waiting(question)) {
    const inTheWay = start[0]?.job ?? (inTheWayOf(run) ?? inTheWayOf(notBefore(run, now)))?.id;
    const reason = `job ${inTheWay} was still running`;
    if (inTheWay === undefined) start.push(run);
    else gaps.push(gapOfRun(instance, run, { outcome: 'skipped', reason }, now));
  }
  return { start, queue: [], gaps, kill: [] };
}

function queueUp(question: OverlapQuestion, max: number, now: Instant): OverlapOutcome {
  const { instance, active } = question;
  const [first, ...others] = waiting(question);
  if (!first) return { start: [], queue: [], gaps: [], kill: [] };
  const isFree = jobInTheWay(instance, active, notBefore(first, now)) === undefined;
  const queue = isFree ? others : [first, ...others];
  const reason = `its queue was full: ${max} ${max === 1 ? 'was' : 'were'} waiting already`;
  return {
    start: isFree ? [first] : [],
    queue: queue.slice(0, max).map(asQueued),
    gaps: queue.slice(max).map((run) => gapOfRun(instance, run, { outcome: 'skipped', reason }, now)),
    kill: [],
  };
}

/** The latest takes the place of what runs, once that is over. */
function replace(question: OverlapQuestion, now: Instant): OverlapOutcome {
  const { instance, active } = question;
  const all = waiting(question);
  const latest = all.at(-1);
  if (!latest) return { start: [], queue: [], gaps: [], kill: [] };
  const reason = `the one at ${new Date(latest.at).toISOString()} took its place`;
  const gaps = all.slice(0, -1).map((run) => gapOfRun(instance, run, { outcome: 'replaced', reason }, now));
  const turn = notBefore(latest, now);
  const isFree = jobInTheWay(instance, active, turn) === undefined;
  if (isFree) return { start: [latest], queue: [], gaps, kill: [] };
  const kill = active.filter((job) => job.stop === null && isBefore(job, turn));
  return { start: [], queue: [asQueued(latest)], gaps, kill: kill.map((job) => ({ job, reason })) };
}
