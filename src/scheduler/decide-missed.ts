// Which of the occurrences that are due become runs, and which were missed: the instance's policy decides. Pure.
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { Gap } from '../model/schedule.ts';
import { type DueRun, occurrenceRun } from './due-run.ts';
import { gapOf, gapOfRun } from './gap-of.ts';
import type { DueOccurrences } from './occurrences.ts';

/** What the decision rests on. */
export interface MissedQuestion {
  readonly instance: Instance;
  readonly due: DueOccurrences;
  /** Those whose jobs exist already: a crash may have come between a job and the cursor. */
  readonly made: ReadonlySet<Instant>;
  /** When a job that starts at an instant is killed. */
  readonly endOf: (at: Instant) => Instant | null;
}

/** Runs in their order, and what is recorded of the rest. */
export interface MissedOutcome {
  readonly runs: readonly DueRun[];
  readonly gaps: readonly Gap[];
}

/** One that was to start longer ago was missed: nobody expects it any more unless the policy says so. */
const ON_TIME_MS = 60_000;

const DOWN = 'the platform was not running when it was due';
const WAITED = 'one before it waited for its jitter';

/** Decides what becomes of the occurrences that are due. */
export function decideMissed(question: MissedQuestion, now: Instant): MissedOutcome {
  const { instance, due, made } = question;
  const latest = due.latest.slice(-mostRuns(instance)).map((at) => occurrenceRun(instance, at));
  const wanted = latest.filter((run) => isWanted(instance, run, now));
  const firstWanted = wanted[0]?.at ?? due.lastAt + 1;
  const before = stretchBefore(question, firstWanted, now);
  const open = wanted.filter(({ at }) => !made.has(at));
  const over = open.filter((run) => hasEnded(question, run, now));
  const late = { outcome: 'missed', reason: `${DOWN}, and its end had passed when it was up again` } as const;
  return {
    runs: open.filter((run) => !over.includes(run)),
    gaps: [...before, ...over.map((run) => gapOfRun(instance, run, late, now))],
  };
}

/** How many of the latest may run by the policy. */
export function mostRuns({ missed }: Instance): number {
  return missed.kind === 'run-all' ? missed.max : 1;
}

function isWanted({ missed }: Instance, { startsAt }: DueRun, now: Instant): boolean {
  if (missed.kind === 'run-latest') return true;
  const mostMs = missed.kind === 'skip' ? ON_TIME_MS : Math.max(ON_TIME_MS, missed.maxAgeMs);
  return now - startsAt <= mostMs;
}

function hasEnded({ endOf }: MissedQuestion, { startsAt }: DueRun, now: Instant): boolean {
  return (endOf(startsAt) ?? now + 1) <= now;
}

/** What comes before the first that is wanted, as one record. */
function stretchBefore({ instance, due, made }: MissedQuestion, firstWanted: Instant, now: Instant): readonly Gap[] {
  if (due.firstAt >= firstWanted) return [];
  const kept = due.latest.filter((at) => at >= firstWanted).length;
  const jobs = due.latest.filter((at) => at < firstWanted && made.has(at)).length;
  const count = due.count - kept - jobs;
  if (count <= 0) return [];
  const last = due.latest.filter((at) => at < firstWanted).at(-1) ?? firstWanted - 1;
  const stretch = { fromAt: due.firstAt, toAt: last, count };
  const { jitterMs } = instance.schedule;
  const why = jitterMs > 0 && now - due.firstAt <= jitterMs + ON_TIME_MS ? WAITED : DOWN;
  return [gapOf(instance, stretch, { outcome: 'missed', reason: `${why}${whatThen(instance, kept)}` }, now)];
}

function whatThen({ missed }: Instance, kept: number): string {
  if (missed.kind === 'skip') return '; what was missed is skipped';
  if (missed.kind === 'run-latest') return '; the latest one was run';
  return kept === 0 ? ', too long ago to be made up for' : `; the latest ${kept} were run`;
}
