// Calendars in whose events nothing runs.
import type { Instant } from './instant.ts';

/** One event: between instants, or between local times, which hold in the zone of each schedule (all-day events and floating times). */
export type CalendarEvent = { readonly summary: string } & (
  | { readonly kind: 'exact'; readonly fromAt: Instant; readonly toAt: Instant }
  /** ISO 8601 without a zone, such as `2026-12-25T00:00:00`; `to` is the first moment after it. */
  | { readonly kind: 'local'; readonly from: string; readonly to: string }
);

/** Events of a calendar that count for the time before an instant. */
export interface EarlierEvents {
  readonly events: readonly CalendarEvent[];
  readonly untilAt: Instant;
}

/** A calendar that was uploaded, with its events as far as they were worked out. Its id is its name. Written by the scheduler. */
export interface Calendar {
  readonly id: string;
  /** The iCalendar file (RFC 5545). */
  readonly source: string;
  /** By their beginning; recurring ones stand here once for each time. */
  readonly events: readonly CalendarEvent[];
  /** What it held before it was replaced, oldest first; absent: it never was, or long ago. */
  readonly earlier?: readonly EarlierEvents[];
  /** Events that begin before it are there. */
  readonly knownUntilAt: Instant;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}
