// What is due for one instance now: the jobs to make and to end, what is recorded of occurrences that make none, and when to look again.
//
// INVARIANTS:
// - The cursor goes past an occurrence only after the decision that makes its job, records its gap or puts it into the queue, and never past
//   the present: what is begun ahead is listed beside it, because the time before that may still get occurrences.
// - Jobs and gaps are written before the cursor; their ids follow from their occurrences, so that doing it again changes nothing.
import { isDeepStrictEqual } from 'node:util';
import type { Instance, InstanceStatus } from '../model/instance.ts';
import { type Instant, isoInstant } from '../model/instant.ts';
import { type Job, jobEnded } from '../model/job.ts';
import type { Gap } from '../model/schedule.ts';
import { decideOverlap, isScheduled, type OverlapOutcome } from './decide-overlap.ts';
import { type DueRun, queuedRun } from './due-run.ts';
import { gapOfRun } from './gap-of.ts';
import { cursorOf, type InstanceSnapshot } from './instance-snapshot.ts';
import { makeJob } from './make-job.ts';
import { type Ahead, runAhead, whyUnwanted } from './run-ahead.ts';
import { settleDue } from './settle-due.ts';
import { upstreamsOf } from './upstream-ends.ts';

/** What the scheduler may do for an instance. */
export type InstanceStep =
  | { readonly do: 'make-job'; readonly job: Job }
  | { readonly do: 'kill-job'; readonly job: Job; readonly reason: string }
  | { readonly do: 'record-gap'; readonly gap: Gap }
  | { readonly do: 'record'; readonly status: InstanceStatus }
  | { readonly do: 'forget' };

/** Steps in their order, and when to look again. */
export interface InstanceDecision {
  readonly steps: readonly InstanceStep[];
  readonly wakeAt: Instant | null;
}

const DISABLED = 'disabled';
/** A kill that nobody took up is asked for again after this. */
const KILL_AGAIN_MS = 1000;
/** The end of another instance's job wakes those that follow it; this is for a lost wake-up. */
const UPSTREAM_EVERY_MS = 60_000;

/** Decides what is due for an instance. */
export function decideInstance(snapshot: InstanceSnapshot, now: Instant): InstanceDecision {
  const active = snapshot.openJobs.filter(({ state }) => state === null || !jobEnded(state)).map(({ job }) => job);
  if (snapshot.instance.removing) return decideRemoval(snapshot, active, now);
  const outcome = snapshot.instance.enabled ? decideEnabled(snapshot, active, now) : decideDisabled(snapshot, now);
  const made = outcome.made.flatMap((step) => (step.do === 'make-job' ? [step.job] : []));
  const kills = [...outcome.kills, ...endings(snapshot, active, [...active, ...made], now)];
  const wakeAt = earliest([outcome.wakeAt, nextKill(active, kills, now)]);
  const status = { ...outcome.status, nextAt: earliest([outcome.nextAt, wakeAt]) };
  const record: readonly InstanceStep[] = isDeepStrictEqual(status, snapshot.status) ? [] : [{ do: 'record', status }];
  // A crash may come after any of them: of two jobs that may not run at once the old one is ended first.
  return { steps: [...kills, ...outcome.made, ...record], wakeAt };
}

function decideRemoval(snapshot: InstanceSnapshot, active: readonly Job[], now: Instant): InstanceDecision {
  if (snapshot.openJobs.length === 0) return { steps: [{ do: 'forget' }], wakeAt: null };
  const kills = active.filter(({ stop }) => stop === null).map((job) => kill(job, 'its instance was removed'));
  return { steps: kills, wakeAt: nextKill([], kills, now) };
}

interface Outcome {
  readonly made: readonly InstanceStep[];
  readonly kills: readonly InstanceStep[];
  readonly status: InstanceStatus;
  readonly wakeAt: Instant | null;
  /** What a sweep is to find it by, beyond `wakeAt`. */
  readonly nextAt: Instant | null;
}

/** The cursor stays: what passes meanwhile does not count because it lies before the next `enabledAt`, which may be written already. */
function decideDisabled(snapshot: InstanceSnapshot, now: Instant): Outcome {
  const { instance, status } = snapshot;
  const told = { outcome: 'skipped', reason: 'its instance was disabled while it waited' } as const;
  const gaps = (status?.queue ?? []).map((queued) => gapOfRun(instance, queuedRun(instance, queued), told, now));
  const known = { ...baseStatus(snapshot), cursorAt: cursorOf(snapshot), occurrenceAt: null, queue: [], why: DISABLED };
  return { made: gaps.map(asStep), kills: [], status: known, wakeAt: null, nextAt: null };
}

function decideEnabled(snapshot: InstanceSnapshot, active: readonly Job[], now: Instant): Outcome {
  const { pause } = snapshot;
  return pause !== null && pause.untilAt === null
    ? decidePaused(snapshot, active, Math.min(now, pause.fromAt - 1), now)
    : decideRunning(snapshot, active, now);
}

/** What was due before the pause is settled; the rest stays due until it is over, when it is recorded, and what waits goes on waiting. */
function decidePaused(snapshot: InstanceSnapshot, active: readonly Job[], until: Instant, now: Instant): Outcome {
  const settled = settleDue({ ...snapshot, upstream: [] }, cursorOf(snapshot), until);
  const { cursorAt } = settled;
  const ahead = runAhead(snapshot, { cursorAt, active: [], isBusy: true }, now);
  const beginsAheadAt = ahead.wakeAt === null ? null : ahead.wakeAt - snapshot.instance.leadMs;
  const why = `${snapshot.pause?.by} has paused all schedules`;
  const base = baseStatus(snapshot);
  const waiting = { start: [], queue: base.queue, gaps: [], kill: [] };
  const overlap = settled.runs.length === 0 ? waiting : settleOverlap(snapshot, settled.runs, active, now);
  const known = { cursorAt, settledAhead: ahead.settledAhead, occurrenceAt: ahead.nextAt, queue: overlap.queue };
  const status = { ...base, ...known, why };
  const jobs = overlap.start.map((run) => makeJob(snapshot, run, now));
  const made = [...jobs.map(asMade), ...[...settled.gaps, ...overlap.gaps].map(asStep)];
  // The end of the pause wakes what is found by a time that has passed; what is to come later keeps its alarm.
  const alarmAt = beginsAheadAt !== null && beginsAheadAt > now ? beginsAheadAt : null;
  const wakeAt = earliest([...jobs.map(({ endsAt }) => endsAt), alarmAt]);
  const waits = status.queue.length > 0 || upstreamsOf(snapshot.instance).length > 0;
  const kills = overlap.kill.map(asKill);
  return { made, kills, status, wakeAt, nextAt: waits ? snapshot.instance.createdAt : beginsAheadAt };
}

function settleOverlap(snapshot: InstanceSnapshot, runs: readonly DueRun[], active: readonly Job[], now: Instant) {
  const { instance, status, made } = snapshot;
  return decideOverlap({ instance, queue: status?.queue ?? [], runs, active: active.filter(isScheduled), made }, now);
}

function decideRunning(snapshot: InstanceSnapshot, active: readonly Job[], now: Instant): Outcome {
  const { instance } = snapshot;
  const settled = settleDue(snapshot, cursorOf(snapshot), now);
  const { cursorAt } = settled;
  const overlap = settleOverlap(snapshot, settled.runs, active, now);
  const isBusy = overlap.start.length > 0 || overlap.queue.length > 0 || settled.turnAt !== null;
  const ahead = runAhead(snapshot, { cursorAt, active: active.filter(isScheduled), isBusy }, now);
  const start = ahead.run ? [...overlap.start, ahead.run] : overlap.start;
  const gaps = [...settled.gaps, ...overlap.gaps];
  const known = {
    ...{ ...baseStatus(snapshot), cursorAt, settledAhead: ahead.settledAhead, occurrenceAt: ahead.nextAt },
    ...{ queue: overlap.queue, upstreamAt: upstreamAt(snapshot), why: whyOf(snapshot, { start, gaps, ahead, now }) },
  };
  const follows = upstreamsOf(instance).length > 0;
  const waits = follows || overlap.queue.length > 0;
  const jobs = start.map((run) => makeJob(snapshot, run, now));
  const ends = jobs.map(({ endsAt }) => endsAt);
  return {
    made: [...jobs.map(asMade), ...gaps.map(asStep)],
    kills: overlap.kill.map(asKill),
    status: known,
    // The one after what was begun now may be begun ahead.
    wakeAt: earliest([
      overlap.start.length > 0 && leadsOn(instance) ? now : (settled.turnAt ?? ahead.wakeAt),
      ...ends,
      follows ? now + UPSTREAM_EVERY_MS : null,
    ]),
    // Always the same, so that looking changes nothing: a sweep finds one that waits for the end of a job in any case.
    nextAt: waits ? instance.createdAt : null,
  };
}

interface Told {
  readonly start: readonly DueRun[];
  readonly gaps: readonly Gap[];
  readonly ahead: Ahead;
  readonly now: Instant;
}

/** What happened last, in a sentence; it stands until something else happens. */
function whyOf({ status }: InstanceSnapshot, { start, gaps, ahead, now }: Told): string {
  const began = start.at(-1);
  if (began && began.at > now) return `a job waits for ${isoInstant(began.at)}`;
  if (began) return `ran at ${isoInstant(began.at)}`;
  const last = gaps.at(-1);
  if (last) return last.reason;
  if (status !== null && status.why !== DISABLED && status.why !== '') return status.why;
  return ahead.nextAt === null ? 'nothing more is due' : 'waits for its next occurrence';
}

/** Jobs whose time is over, and those that were made ahead and are not wanted any more, `all` being those that are there from now on. */
function endings(
  snapshot: InstanceSnapshot,
  active: readonly Job[],
  all: readonly Job[],
  now: Instant,
): readonly InstanceStep[] {
  const { instance } = snapshot;
  const isContinuous = instance.schedule.triggers.some(({ kind }) => kind === 'continuous');
  return active.flatMap((job) => {
    if (job.stop !== null) return [];
    if (!instance.enabled && isContinuous) return [kill(job, 'its instance was disabled')];
    if (job.endsAt !== null && job.endsAt <= now) return [kill(job, 'it reached its end')];
    const unwanted = whyUnwanted(snapshot, job, all, now);
    return unwanted === undefined ? [] : [kill(job, unwanted)];
  });
}

function kill(job: Job, reason: string): InstanceStep {
  return { do: 'kill-job', job, reason };
}

function asKill({ job, reason }: OverlapOutcome['kill'][number]): InstanceStep {
  return kill(job, reason);
}

function asStep(gap: Gap): InstanceStep {
  return { do: 'record-gap', gap };
}

function asMade(job: Job): InstanceStep {
  return { do: 'make-job', job };
}

function leadsOn({ leadMs }: Instance): boolean {
  return leadMs > 0;
}

/** A kill that is asked for is looked at again: its message may be lost with this process. */
function nextKill(active: readonly Job[], asked: readonly InstanceStep[], now: Instant): Instant | null {
  if (asked.length > 0) return now + KILL_AGAIN_MS;
  return earliest(active.filter(({ stop }) => stop === null).map(({ endsAt }) => endsAt));
}

function upstreamAt({ instance, status, upstream }: InstanceSnapshot): Instant {
  return Math.max(status?.upstreamAt ?? instance.createdAt, ...upstream.map(({ endedAt }) => endedAt));
}

function baseStatus({ instance, status }: InstanceSnapshot): InstanceStatus {
  const { id, shard, updatedAt, createdAt } = instance;
  const nothing = { cursorAt: 0, settledAhead: [], occurrenceAt: null, queue: [], why: '', nextAt: null };
  const empty = { ...nothing, id, upstreamAt: createdAt, shard };
  return { ...(status ?? empty), seenUpdatedAt: updatedAt };
}

function earliest(instants: readonly (Instant | null)[]): Instant | null {
  const given = instants.filter((at) => at !== null);
  return given.length === 0 ? null : Math.min(...given);
}
