// What came of schedules, as the API answers it.
import type { z } from 'zod';
import type { Calendar, CalendarEvent } from '../../model/calendar.ts';
import type { Instant } from '../../model/instant.ts';
import type { Gap, SchedulePause } from '../../model/schedule.ts';
import type { InstanceHistory } from '../../scheduler/history-reads.ts';
import type * as contract from '../contract/schedule-views.ts';
import { iso, isoOrNull } from './iso.ts';

/** A stretch of occurrences that made no job. */
export function gapView({ fromAt, toAt, count, outcome, reason, recordedAt }: Gap): z.output<typeof contract.gapView> {
  return { from: iso(fromAt), to: iso(toAt), count, outcome, reason, recordedAt: iso(recordedAt) };
}

/** Whether all schedules are held back; null: they never were. */
export function pauseView(pause: SchedulePause | null): z.output<typeof contract.pauseView> {
  if (pause === null) return { paused: false, from: null, until: null, by: '', reason: '' };
  const { fromAt, untilAt, by, reason } = pause;
  return { paused: untilAt === null, from: iso(fromAt), until: isoOrNull(untilAt), by, reason };
}

/** Jobs that were, and what they were like together. */
export function historyView({ jobs, summary }: InstanceHistory): z.output<typeof contract.historyView> {
  return {
    jobs: jobs.map((job) => ({ ...job, startsAt: iso(job.startsAt), endedAt: isoOrNull(job.endedAt) })),
    summary: { ...summary },
  };
}

/** A calendar without its events. */
export function calendarView(calendar: Calendar): z.output<typeof contract.calendarView> {
  const { id, events, knownUntilAt, createdAt, updatedAt } = calendar;
  const times = { knownUntil: iso(knownUntilAt), createdAt: iso(createdAt), updatedAt: iso(updatedAt) };
  return { name: id, events: events.length, ...times };
}

const SHOWN_EVENTS = 100;

/** A calendar with the events that are to come, or go on. */
export function calendarDetailView(calendar: Calendar, now: Instant): z.output<typeof contract.calendarDetailView> {
  const next = calendar.events.filter((event) => endOf(event) > now).slice(0, SHOWN_EVENTS);
  return { ...calendarView(calendar), next: next.map(eventView) };
}

/** Of a local event the end in the westernmost zone: until then it may go on somewhere. */
function endOf(event: CalendarEvent): Instant {
  return event.kind === 'exact' ? event.toAt : Date.parse(`${event.to}-12:00`);
}

function eventView(event: CalendarEvent): z.output<typeof contract.calendarDetailView>['next'][number] {
  const { summary } = event;
  if (event.kind === 'local') return { summary, from: event.from, to: event.to, local: true };
  return { summary, from: iso(event.fromAt), to: iso(event.toAt), local: false };
}
