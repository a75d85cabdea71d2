// Times of day in zones. The rule of the house: a local time that does not exist is at the first instant after the gap, one that
// exists twice is the first of them. Zones come from the runtime's Temporal; stretches of constant offset are kept, so that
// what walks through a year asks for each only once.
import type { Instant } from '../model/instant.ts';

/** A local date and time: milliseconds that the same date and time in UTC would be since 1970-01-01T00:00:00Z. */
export type Wall = number;

/** A stretch of constant offset from UTC: [fromAt, untilAt), infinite where a zone never changes. */
export interface OffsetStretch {
  readonly fromAt: Instant;
  readonly untilAt: Instant;
  readonly offsetMs: number;
  /** The offset before it; its own where nothing is before it. */
  readonly offsetBeforeMs: number;
}

/** About 400 days: stretches are kept by what touches such a span. */
const SPAN_MS = 2 ** 35;
const SPANS_KEPT = 500;
const DAY_MS = 86_400_000;
/** The first and last instant of Temporal. */
const TEMPORAL_MS = 8.64e15;
const NS_PER_MS = 1e6;

const kept = new Map<string, readonly OffsetStretch[]>();

/** The stretch of constant offset around an instant. @throws RangeError when the zone is unknown */
export function offsetStretch(zone: string, at: Instant): OffsetStretch {
  const within = Math.min(Math.max(at, -TEMPORAL_MS), TEMPORAL_MS);
  const stretch = stretchesOfSpan(zone, Math.floor(within / SPAN_MS)).find(({ untilAt }) => within < untilAt);
  if (!stretch) throw new RangeError(`no offset of ${zone} is known at ${at}`);
  return stretch;
}

/** The local date and time at an instant. */
export function wallAt(zone: string, at: Instant): Wall {
  return at + offsetStretch(zone, at).offsetMs;
}

/** The first instant that shows a local time, or the first one after the gap that swallows it. */
export function instantOf(zone: string, wall: Wall): Instant {
  let stretch = offsetStretch(zone, wall - DAY_MS);
  while (wall >= stretch.untilAt + stretch.offsetMs) stretch = offsetStretch(zone, stretch.untilAt);
  return Math.max(wall - stretch.offsetMs, stretch.fromAt);
}

/** The last local time that has come by an instant: `instantOf(wall) <= at` holds for it and all before it, and for none after it. */
export function reachedWall(zone: string, at: Instant): Wall {
  const { fromAt, offsetMs, offsetBeforeMs } = offsetStretch(zone, at);
  return offsetBeforeMs > offsetMs ? Math.max(at + offsetMs, fromAt + offsetBeforeMs - 1) : at + offsetMs;
}

function stretchesOfSpan(zone: string, span: number): readonly OffsetStretch[] {
  const key = `${zone} ${span}`;
  const stretches = kept.get(key) ?? findStretches(zone, span * SPAN_MS, (span + 1) * SPAN_MS);
  kept.delete(key);
  kept.set(key, stretches);
  for (const [oldest] of kept) {
    if (kept.size <= SPANS_KEPT) break;
    kept.delete(oldest);
  }
  return stretches;
}

function findStretches(zone: string, from: Instant, until: Instant): OffsetStretch[] {
  const stretches: OffsetStretch[] = [];
  for (let at = Math.max(from, -TEMPORAL_MS); at < until && at <= TEMPORAL_MS; ) {
    const stretch = findStretch(zone, at);
    stretches.push(stretch);
    at = stretch.untilAt;
  }
  return stretches;
}

function findStretch(zone: string, at: Instant): OffsetStretch {
  const here = zoned(zone, at);
  const fromAt = changeAt(zone, at);
  const untilAt = here.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY;
  const offsetMs = here.offsetNanoseconds / NS_PER_MS;
  const before = Number.isFinite(fromAt) ? zoned(zone, fromAt - 1).offsetNanoseconds / NS_PER_MS : offsetMs;
  return { fromAt, untilAt, offsetMs, offsetBeforeMs: before };
}

/** The last change at or before an instant: Temporal looks strictly before. */
function changeAt(zone: string, at: Instant): Instant {
  if (at >= TEMPORAL_MS) return at;
  return zoned(zone, at + 1).getTimeZoneTransition('previous')?.epochMilliseconds ?? Number.NEGATIVE_INFINITY;
}

function zoned(zone: string, at: Instant): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}
