// When calendars forbid: their events as stretches of instants in a zone, sorted, those that overlap or touch made one.
import type { Calendar, CalendarEvent } from '../model/calendar.ts';
import type { Instant } from '../model/instant.ts';
import { instantOf } from './local-time.ts';

/** A stretch in which nothing runs: [fromAt, toAt). */
export interface Blackout {
  readonly fromAt: Instant;
  readonly toAt: Instant;
}

/** An event that covers an instant, and its calendar's name. */
export interface CoveringEvent extends Blackout {
  readonly calendar: string;
  readonly summary: string;
}

interface Span extends Blackout {
  readonly summary: string;
}

const known = new WeakMap<Calendar, Map<string, readonly Blackout[]>>();

/** The blackout of one of the calendars that covers an instant; another one may begin where it ends. */
export function blackoutAt(calendars: readonly Calendar[], zone: string, at: Instant): Blackout | null {
  for (const calendar of calendars) {
    const blackout = lastBegun(blackoutsOf(calendar, zone), at);
    if (blackout && at < blackout.toAt) return blackout;
  }
  return null;
}

/** When the next blackout begins, strictly after an instant; null: none does. */
export function nextBlackoutBegins(calendars: readonly Calendar[], zone: string, after: Instant): Instant | null {
  const next = calendars.flatMap((calendar) => {
    const blackouts = blackoutsOf(calendar, zone);
    return blackouts[begunBy(blackouts, after)]?.fromAt ?? [];
  });
  return next.length === 0 ? null : Math.min(...next);
}

/** When the last blackout ended, for an instant in none; null: there was none. */
export function lastBlackoutEnded(calendars: readonly Calendar[], zone: string, by: Instant): Instant | null {
  const ends = calendars.flatMap((calendar) => lastBegun(blackoutsOf(calendar, zone), by)?.toAt ?? []);
  return ends.length === 0 ? null : Math.max(...ends);
}

/** An event that covers an instant, for words: the one that began last. */
export function coveringEvent(calendars: readonly Calendar[], zone: string, at: Instant): CoveringEvent | null {
  for (const calendar of calendars) {
    const covering = spansOf(calendar, zone).findLast(({ fromAt, toAt }) => fromAt <= at && at < toAt);
    if (covering) return { ...covering, calendar: calendar.id };
  }
  return null;
}

function blackoutsOf(calendar: Calendar, zone: string): readonly Blackout[] {
  const ofZones = known.get(calendar) ?? new Map<string, readonly Blackout[]>();
  known.set(calendar, ofZones);
  const blackouts = ofZones.get(zone) ?? merged(spansOf(calendar, zone));
  ofZones.set(zone, blackouts);
  return blackouts;
}

/** Of a calendar that was replaced the events before and after that, each cut there. */
function spansOf({ events, earlier = [] }: Calendar, zone: string): readonly Span[] {
  const last = { events, untilAt: Number.POSITIVE_INFINITY };
  return [...earlier, last].flatMap((each, index) => {
    const sinceAt = earlier[index - 1]?.untilAt ?? Number.NEGATIVE_INFINITY;
    return each.events.map((event) => cut(spanOf(event, zone), sinceAt, each.untilAt));
  });
}

function cut({ fromAt, toAt, summary }: Span, sinceAt: Instant, untilAt: Instant): Span {
  return { fromAt: Math.max(fromAt, sinceAt), toAt: Math.min(toAt, untilAt), summary };
}

function merged(spans: readonly Blackout[]): Blackout[] {
  const result: Blackout[] = [];
  const real = spans.filter(({ fromAt, toAt }) => fromAt < toAt);
  for (const span of real.map(({ fromAt, toAt }) => ({ fromAt, toAt })).sort((a, b) => a.fromAt - b.fromAt)) {
    const last = result.at(-1);
    if (last && span.fromAt <= last.toAt)
      result[result.length - 1] = { fromAt: last.fromAt, toAt: Math.max(last.toAt, span.toAt) };
    else result.push(span);
  }
  return result;
}

function spanOf(event: CalendarEvent, zone: string): Span {
  const { summary } = event;
  if (event.kind === 'exact') return { fromAt: event.fromAt, toAt: event.toAt, summary };
  return { fromAt: localInstant(event.from, zone), toAt: localInstant(event.to, zone), summary };
}

function localInstant(text: string, zone: string): Instant {
  return instantOf(zone, Temporal.PlainDateTime.from(text).toZonedDateTime('UTC').epochMilliseconds);
}

function lastBegun(blackouts: readonly Blackout[], by: Instant): Blackout | undefined {
  return blackouts[begunBy(blackouts, by) - 1];
}

/** How many have begun at or before an instant. */
function begunBy(blackouts: readonly Blackout[], by: Instant): number {
  let [low, high] = [0, blackouts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blackouts[middle]?.fromAt ?? Number.POSITIVE_INFINITY) <= by) low = middle + 1;
    else high = middle;
  }
  return low;
}
