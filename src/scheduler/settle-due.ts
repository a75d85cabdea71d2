// What has been due since the cursor, settled: runs, gaps, and how far the cursor goes. Pure.
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { Gap } from '../model/schedule.ts';
import { decideMissed, mostRuns } from './decide-missed.ts';
import { type DueRun, occurrenceRun } from './due-run.ts';
import { type Segment, segmentsOf } from './due-segments.ts';
import { gapOf, gapOfRun } from './gap-of.ts';
import { type InstanceSnapshot, madeOccurrences } from './instance-snapshot.ts';
import { type DueOccurrences, dueOccurrences, jobEnd, startOf } from './occurrences.ts';
import { isPausedAt } from './paused-at.ts';
import { upstreamRuns } from './upstream-ends.ts';

/** What was due. */
export interface Settled {
  /** In their order. */
  readonly runs: readonly DueRun[];
  readonly gaps: readonly Gap[];
  /** Every occurrence up to this instant is settled with it. */
  readonly cursorAt: Instant;
  /** When the turn comes of one that is due and waits for its jitter; null: none does. */
  readonly turnAt: Instant | null;
}

/** Occurrences that are looked at one by one, at least. */
const KEPT = 16;

/** Settles what was due after the cursor. */
export function settleDue(snapshot: InstanceSnapshot, cursorAt: Instant, now: Instant): Settled {
  const found = dueStretches(snapshot, cursorAt, now);
  const gaps = found.stretches.flatMap(({ isPaused, due }) => (isPaused ? [pausedGap(snapshot, due, now)] : []));
  const due = joined(found.stretches.flatMap(({ isPaused, due: own }) => (isPaused ? [] : [own])));
  const open = due ? settleOpen(snapshot, due, now) : { runs: [], gaps: [] };
  const upstream = settleUpstream(snapshot, now);
  const runs = [...open.runs, ...upstream.runs].toSorted((a, b) => a.at - b.at);
  const all = refuse(snapshot, { runs, gaps: [...gaps, ...open.gaps, ...upstream.gaps] }, now);
  return { ...all, cursorAt: found.cursorAt, turnAt: found.turnAt };
}

interface DueStretches extends Pick<Settled, 'cursorAt' | 'turnAt'> {
  readonly stretches: readonly { readonly isPaused: boolean; readonly due: DueOccurrences }[];
}

/** What is due and was not begun ahead, and up to where. One whose turn has not come because of its jitter keeps everything after it waiting. */
function dueStretches(snapshot: InstanceSnapshot, after: Instant, now: Instant): DueStretches {
  const { instance } = snapshot;
  const keep = Math.max(KEPT, mostRuns(instance) + instance.skips.length);
  const stretches: DueStretches['stretches'][number][] = [];
  let cursorAt = after;
  for (const { segment, settledAt } of openParts(snapshot, after, now)) {
    const { due, turnAt } = dueIn(instance, segment, keep, now);
    if (due) stretches.push({ isPaused: segment.isPaused, due });
    cursorAt = due?.lastAt ?? cursorAt;
    if (turnAt !== null) return { stretches, cursorAt, turnAt };
    cursorAt = settledAt ?? cursorAt;
  }
  return { stretches, cursorAt, turnAt: null };
}

interface OpenPart {
  readonly segment: Segment;
  /** The occurrence after it, which was begun ahead; null: another segment follows. */
  readonly settledAt: Instant | null;
}

/** The time that is to be settled, cut at each occurrence that was begun ahead. */
function openParts(snapshot: InstanceSnapshot, cursorAt: Instant, now: Instant): readonly OpenPart[] {
  const ahead = snapshot.status?.settledAhead ?? [];
  const segments = segmentsOf(snapshot, cursorAt, now);
  if (ahead.length === 0) return segments.map((segment) => ({ segment, settledAt: null }));
  return segments.flatMap((segment) => {
    const within = ahead.filter((at) => at > segment.after && at <= segment.until);
    const parts = within.map((at, index) => {
      const after = within[index - 1] ?? segment.after;
      return { segment: { ...segment, after, until: at - 1 }, settledAt: at };
    });
    return [...parts, { segment: { ...segment, after: within.at(-1) ?? segment.after }, settledAt: null }];
  });
}

interface DueIn extends Pick<Settled, 'turnAt'> {
  readonly due: DueOccurrences | null;
}

/** Those whose turn has come. */
function dueIn(instance: Instance, { timetable, after, until }: Segment, keep: number, now: Instant): DueIn {
  const due = dueOccurrences(timetable, after, until, keep);
  if (!due || timetable.schedule.jitterMs === 0) return { due, turnAt: null };
  const turnOf = (at: Instant) => startOf(instance.id, timetable.schedule, at) - instance.leadMs;
  const early = due.latest.findIndex((at) => turnOf(at) > now);
  const first = due.latest[early];
  if (first === undefined) return { due, turnAt: null };
  const latest = due.latest.slice(0, early);
  const lastAt = latest.at(-1);
  if (lastAt === undefined) return { due: null, turnAt: turnOf(first) };
  return { due: { ...due, lastAt, latest, count: due.count - (due.latest.length - early) }, turnAt: turnOf(first) };
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
  const { instance } = snapshot;
  const made = madeOccurrences(snapshot);
  const skipped = instance.skips.filter(({ at }) => due.latest.includes(at) && !made.has(at));
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
