// When a schedule is open for something that is not a job: from each occurrence to the end that a job of it would have.
import type { Instant } from '../model/instant.ts';
import { jobEnd, nextOccurrence, previousOccurrence } from './occurrences.ts';
import type { Timetable } from './timetable.ts';

/** Whether a schedule is open, and until when it stays as it is; null: for good. */
export interface OpenTime {
  readonly isOpen: boolean;
  readonly untilAt: Instant | null;
}

/** Whether a schedule is open at an instant. */
export function openTimeAt(timetable: Timetable, at: Instant): OpenTime {
  const begun = previousOccurrence(timetable, at + 1, timetable.schedule.startAt);
  const endsAt = begun === null ? null : jobEnd(timetable, begun);
  if (begun !== null && (endsAt === null || at < endsAt)) return { isOpen: true, untilAt: endsAt };
  return { isOpen: false, untilAt: nextOccurrence(timetable, at) };
}
