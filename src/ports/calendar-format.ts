// Reading calendar files that people upload, without trusting what they hold.
import type { CalendarEvent } from '../model/calendar.ts';
import type { Instant } from '../model/instant.ts';

/** The stretch of time whose events are wanted: [fromAt, untilAt). */
export interface CalendarWindow {
  readonly fromAt: Instant;
  readonly untilAt: Instant;
}

/** Works out the events of a calendar file. */
export interface CalendarFormat {
  /**
   * Every event that overlaps the window, by its beginning, recurring ones once for each time. Local ones count as in UTC and half a day
   * around it. Cancelled events, events that leave their owner free, and events without length forbid nothing and are not there.
   * Time and memory are bounded whatever the file holds.
   * @throws calendar.invalid with the line and the reason, calendar.too-large
   */
  events(source: string, window: CalendarWindow): readonly CalendarEvent[];
}
