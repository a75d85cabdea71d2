// The time that is to be settled, cut where another schedule counts or a pause of all schedules begins or ends.
import type { Calendar } from '../model/calendar.ts';
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { Schedule, SchedulePause } from '../model/schedule.ts';
import type { Timetable } from './occurrences.ts';

/** A stretch of time (after one instant, up to and with another) in which one timetable counts. */
export interface Segment {
  readonly timetable: Timetable;
  readonly after: Instant;
  readonly until: Instant;
  readonly isPaused: boolean;
}

/** What the segments follow from. */
export interface SegmentSources {
  readonly instance: Instance;
  readonly calendars: readonly Calendar[];
  readonly pause: SchedulePause | null;
}

/** The timetable that counts from now on. */
export function presentTimetable({ instance, calendars }: SegmentSources): Timetable {
  return timetableOf(instance, instance.schedule, calendars);
}

/** From when on the present schedule counts. */
export function presentSince({ earlier }: Instance): Instant {
  return earlier.at(-1)?.untilAt ?? 0;
}

/** The segments of a time, in their order. */
export function segmentsOf(sources: SegmentSources, after: Instant, until: Instant): readonly Segment[] {
  const { instance, calendars, pause } = sources;
  const found: Segment[] = [];
  let from = after;
  for (const { schedule, untilAt } of instance.earlier) {
    const timetable = timetableOf(instance, schedule, calendars);
    found.push(...cut({ timetable, after: from, until: Math.min(until, untilAt - 1) }, pause));
    from = Math.max(from, untilAt - 1);
  }
  found.push(...cut({ timetable: presentTimetable(sources), after: from, until }, pause));
  return found;
}

function timetableOf(instance: Instance, schedule: Schedule, all: readonly Calendar[]): Timetable {
  const calendars = all.filter(({ id }) => schedule.calendars.includes(id));
  return { schedule, enabledAt: instance.enabledAt, calendars };
}

function cut(whole: Omit<Segment, 'isPaused'>, pause: SchedulePause | null): readonly Segment[] {
  const { timetable, after, until } = whole;
  const fromAt = pause?.fromAt ?? Number.POSITIVE_INFINITY;
  const untilAt = pause?.untilAt ?? Number.POSITIVE_INFINITY;
  const parts = [
    { timetable, after, until: Math.min(until, fromAt - 1), isPaused: false },
    { timetable, after: Math.max(after, fromAt - 1), until: Math.min(until, untilAt - 1), isPaused: true },
    { timetable, after: Math.max(after, untilAt - 1), until, isPaused: false },
  ];
  return (pause ? parts : [{ ...whole, isPaused: false }]).filter((part) => part.after < part.until);
}
