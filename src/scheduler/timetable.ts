import type { Calendar } from '../model/calendar.ts';
import type { Instant } from '../model/instant.ts';
import type { Schedule } from '../model/schedule.ts';

/** What occurrences follow from. */
export interface Timetable {
  readonly schedule: Schedule;
  /** Only `continuous` looks at it; what else lies before it is left out by who asks. */
  readonly enabledAt: Instant;
  /** Those that the schedule names, as far as they exist. */
  readonly calendars: readonly Calendar[];
}
