// When an instance is due: what its triggers give between its start and its end, without what windows and calendars forbid.
// Pure functions of instants; the rules of local times are in local-time.ts and cron.ts.
import { createHash } from 'node:crypto';
import type { Instant } from '../model/instant.ts';
import type { Schedule } from '../model/schedule.ts';
import {
  allowedUntil,
  isAllowed,
  isRestricted,
  lastAllowedEnd,
  nextAllowed,
  SEARCH_MS,
  SEARCH_STEPS,
} from './allowed-time.ts';
import { nextCandidate, previousCandidate } from './candidates.ts';
import type { Timetable } from './timetable.ts';

export type { Timetable } from './timetable.ts';

/** Occurrences that are due. */
export interface DueOccurrences {
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly count: number;
  /** The latest of them, ascending, at most as many as were asked for. */
  readonly latest: readonly Instant[];
}

/** Occurrences are counted one by one up to here. */
const COUNTED = 20_000;

/**
 * The first occurrence strictly after an instant; null: there is none any more. A search in which windows and calendars refuse
 * everything gives up ten years on, or after 100,000 refusals.
 */
export function nextOccurrence(timetable: Timetable, after: Instant): Instant | null {
  const endAt = timetable.schedule.endAt ?? Number.POSITIVE_INFINITY;
  let at = nextCandidate(timetable, after);
  const giveUpAt = Math.max(after, timetable.schedule.startAt) + SEARCH_MS;
  for (let refused = 0; at !== null && at < endAt; refused++) {
    if (isAllowed(timetable, at)) return at;
    const opensAt = refused < SEARCH_STEPS && at <= giveUpAt ? nextAllowed(timetable, at) : null;
    at = opensAt === null ? null : nextCandidate(timetable, opensAt - 1);
  }
  return null;
}

/** Whether there is an occurrence at exactly this instant. */
export function isOccurrence(timetable: Timetable, at: Instant): boolean {
  const before = timetable.schedule.endAt ?? Number.POSITIVE_INFINITY;
  return at < before && nextCandidate(timetable, at - 1) === at && isAllowed(timetable, at);
}

/**
 * Every occurrence in (after, now]; null: none. `firstAt`, `lastAt` and `latest` are always right. `count` is exact for a single
 * interval, which is reckoned without walking through it, and else up to 20,000; beyond that it is a lower bound.
 */
export function dueOccurrences(
  timetable: Timetable,
  after: Instant,
  now: Instant,
  keep: number,
): DueOccurrences | null {
  const firstAt = nextOccurrence(timetable, after);
  if (firstAt === null || firstAt > now) return null;
  const latest = latestOccurrences(timetable, firstAt, now, Math.max(1, keep));
  const lastAt = latest.at(-1) ?? firstAt;
  const count = countOccurrences(timetable, firstAt, lastAt);
  return { firstAt, lastAt, count, latest: keep > 0 ? latest : [] };
}

/** When a job that starts at an instant is to be killed: at the schedule's end, after its duration, or when what `continuous` may use closes; null: never. */
export function jobEnd(timetable: Timetable, startsAt: Instant): Instant | null {
  const { endAt, durationMs, triggers } = timetable.schedule;
  const continuous = triggers.some(({ kind }) => kind === 'continuous') && isAllowed(timetable, startsAt);
  const ends = [
    endAt ?? null,
    durationMs === undefined ? null : startsAt + durationMs,
    continuous ? allowedUntil(timetable, startsAt) : null,
  ].filter((end) => end !== null);
  return ends.length === 0 ? null : Math.min(...ends);
}

/**
 * How many milliseconds after its occurrence a job starts: uniform in [0, jitterMs] and always the same for the same occurrence of
 * the same instance, from the first 48 bits of a SHA-256. It never reaches the schedule's end.
 */
export function jitterOf(instance: string, schedule: Schedule, at: Instant): number {
  const room = schedule.endAt === undefined ? schedule.jitterMs : schedule.endAt - 1 - at;
  const most = Math.max(0, Math.min(schedule.jitterMs, room));
  if (most === 0) return 0;
  const digest = createHash('sha256').update(`${instance}\n${at}`).digest();
  return Math.floor((digest.readUIntBE(0, 6) / 2 ** 48) * (most + 1));
}

/** When the job of an occurrence starts: after its jitter. */
export function startOf(instance: string, schedule: Schedule, at: Instant): Instant {
  return at + jitterOf(instance, schedule, at);
}

/** The last occurrence strictly before an instant, and at or after another one; null: none. */
export function previousOccurrence(timetable: Timetable, before: Instant, notBefore: Instant): Instant | null {
  const until = Math.min(before, timetable.schedule.endAt ?? Number.POSITIVE_INFINITY);
  let at = previousCandidate(timetable, until);
  for (let refused = 0; at !== null && at >= notBefore; refused++) {
    if (isAllowed(timetable, at)) return at;
    const closedAt = refused < SEARCH_STEPS ? lastAllowedEnd(timetable, at) : null;
    at = closedAt === null ? null : previousCandidate(timetable, closedAt);
  }
  return null;
}

function latestOccurrences(timetable: Timetable, firstAt: Instant, now: Instant, keep: number): Instant[] {
  const latest: Instant[] = [];
  for (let before = now + 1; latest.length < keep; ) {
    const at = previousOccurrence(timetable, before, firstAt);
    if (at === null) break;
    latest.unshift(at);
    before = at;
  }
  return latest;
}

function countOccurrences(timetable: Timetable, firstAt: Instant, lastAt: Instant): number {
  const [trigger, another] = timetable.schedule.triggers;
  if (trigger?.kind === 'interval' && !another) return countOnGrid(timetable, trigger.everyMs, firstAt, lastAt);
  let count = 1;
  for (let at = nextUpTo(timetable, firstAt, lastAt); at !== null && count < COUNTED; count++)
    at = nextUpTo(timetable, at, lastAt);
  return count;
}

function nextUpTo(timetable: Timetable, after: Instant, last: Instant): Instant | null {
  if (after >= last) return null;
  return nextOccurrence(timetable, after);
}

/** Of an interval: so many fit into each stretch that is allowed. */
function countOnGrid(timetable: Timetable, everyMs: number, firstAt: Instant, lastAt: Instant): number {
  const upTo = (at: Instant) => Math.floor((at - firstAt) / everyMs);
  if (!isRestricted(timetable)) return upTo(lastAt) + 1;
  let count = 0;
  let from: Instant | null = firstAt;
  for (let stretch = 0; from !== null && from <= lastAt && stretch < COUNTED; stretch++) {
    const until: Instant = Math.min(allowedUntil(timetable, from) ?? lastAt + 1, lastAt + 1);
    count += upTo(until - 1) - upTo(from - 1);
    from = nextAllowed(timetable, until);
  }
  return count;
}
