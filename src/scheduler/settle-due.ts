// What has been due since the cursor, settled: runs, gaps, and how far the cursor goes. Pure.
import type { Instant } from '../model/instant.ts';
import type { Gap } from '../model/schedule.ts';
import { decideMissed, mostRuns } from './decide-missed.ts';
import { type DueRun, occurrenceRun } from './due-run.ts';
import { type Segment, segmentsOf } from './due-segments.ts';
import { gapOf, gapOfRun } from './gap-of.ts';
import type { InstanceSnapshot } from './instance-snapshot.ts';
import { type DueOccurrences, dueOccurrences, jitterOf, jobEnd } from './occurrences.ts';
import { isPausedAt } from './paused-at.ts';
import { upstreamRuns } from './upstream-ends.ts';

/** What was due. */
export interface Settled {
  /** In their order. */
  readonly runs: readonly DueRun[];
  readonly gaps: readonly Gap[];
  /** The last occurrence that is settled by it; null: none was due. */
  readonly lastAt: Instant | null;
}

/** Occurrences that are looked at one by one, at least. */
const KEPT = 16;

/** Settles what was due after the cursor. */
export function settleDue(snapshot: InstanceSnapshot, cursorAt: Instant, now: Instant): Settled {
  const segments = segmentsOf(snapshot, cursorAt, now);
  const keep = Math.max(KEPT, mostRuns(snapshot.instance) + snapshot.instance.skips.length);
  const found = segments.map((segment) => ({ segment, due: dueIn(snapshot, segment, keep) }));
  const gaps = found.flatMap(({ segment, due }) => (segment.isPaused && due ? [pausedGap(snapshot, due, now)] : []));
  const due = joined(found.flatMap(({ segment, due: own }) => (segment.isPaused || !own ? [] : [own])));
  const open = due ? settleOpen(snapshot, due, now) : { runs: [], gaps: [] };
  const lastAt = found.findLast((each) => each.due !== null)?.due?.lastAt ?? null;
  const upstream = settleUpstream(snapshot, now);
  const runs = [...open.runs, ...upstream.runs].toSorted((a, b) => a.at - b.at);
  return { ...refuse(snapshot, { runs, gaps: [...gaps, ...open.gaps, ...upstream.gaps] }, now), lastAt };
}

/** Without those whose turn has not come because of their jitter: they keep everything after them waiting. */
function dueIn({ instance }: InstanceSnapshot, { timetable, after, until }: Segment, keep: number) {
  const due = dueOccurrences(timetable, after, until, keep);
  if (!due || timetable.schedule.jitterMs === 0) return due;
  const early = due.latest.findIndex(
    (at) => at + jitterOf(instance.id, timetable.schedule, at) - instance.leadMs > until,
  );
  if (early === -1) return due;
  const latest = due.latest.slice(0, early);
  const lastAt = latest.at(-1);
  if (lastAt === undefined) return null;
  return { ...due, lastAt, latest, count: due.count - (due.latest.length - early) };
}

function joined(stretches: readonly DueOccurrences[]): DueOccurrences | null {
  const [first] = stretches;
  const last = stretches.at(-1);
  if (!first || !last) return null;
  const count = stretches.reduce((sum, each) => sum + each.count, 0);
  return { firstAt: first.firstAt, lastAt: last.lastAt, count, latest: stretches.flatMap(({ latest }) => latest) };
}

function pausedGap(snapshot: InstanceSnapshot, due: DueOccurrences, now: Instant): Gap {
  const stretch = { fromAt: due.firstAt, toAt: due.lastAt, count: due.count };
  return gapOf(snapshot.instance, stretch, { outcome: 'paused', reason: pausedReason(snapshot) }, now);
}

function settleOpen(snapshot: InstanceSnapshot, due: DueOccurrences, now: Instant): Pick<Settled, 'runs' | 'gaps'> {
  const { instance, made } = snapshot;
  const skipped = instance.skips.filter(
    ({ at }) => due.latest.includes(at) && !made.has(occurrenceRun(instance, at).job),
  );
  const isSkipped = (at: Instant) => skipped.some((skip) => skip.at === at);
  const gaps = skipped.map(({ at, by }) => {
    const told = { outcome: 'skipped', reason: `${by} asked that it be skipped` } as const;
    return gapOfRun(instance, occurrenceRun(instance, at), told, now);
  });
  const latest = due.latest.filter((at) => !isSkipped(at));
  // Where every one is known, the rest begins with the first that is not skipped: two records would have the same beginning otherwise.
  const firstAt = due.count === due.latest.length ? latest[0] : due.firstAt;
  if (firstAt === undefined) return { runs: [], gaps };
  const rest = { ...due, firstAt, latest, count: due.count - skipped.length };
  const [timetable] = segmentsOf(snapshot, due.lastAt - 1, due.lastAt).map((segment) => segment.timetable);
  const endOf = (at: Instant) => (timetable ? jobEnd(timetable, at) : null);
  const outcome = decideMissed({ instance, due: rest, made, endOf }, now);
  return { runs: outcome.runs, gaps: [...gaps, ...outcome.gaps] };
}

function settleUpstream(snapshot: InstanceSnapshot, now: Instant): Pick<Settled, 'runs' | 'gaps'> {
  const { instance, upstream, made, pause } = snapshot;
  const open = upstreamRuns(instance, upstream).filter(({ job }) => !made.has(job));
  const isPaused = ({ at }: DueRun) => isPausedAt(pause, at);
  const told = { outcome: 'paused', reason: pausedReason(snapshot) } as const;
  return {
    runs: open.filter((run) => !isPaused(run)),
    gaps: open.filter(isPaused).map((run) => gapOfRun(instance, run, told, now)),
  };
}

function pausedReason({ pause }: InstanceSnapshot): string {
  return `${pause?.by} had paused all schedules${pause?.reason ? `: ${pause.reason}` : ''}`;
}

/** There may be nothing to run. */
function refuse(
  { instance, runnable }: InstanceSnapshot,
  settled: Pick<Settled, 'runs' | 'gaps'>,
  now: Instant,
): Pick<Settled, 'runs' | 'gaps'> {
  if (!('refused' in runnable)) return settled;
  const told = { outcome: 'refused', reason: runnable.refused } as const;
  return { runs: [], gaps: [...settled.gaps, ...settled.runs.map((run) => gapOfRun(instance, run, told, now))] };
}
