// What people may ask of calendars: put one under a name, take it away, look at it.
import { changeDocument } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { pages } from '../engine/shard-sweep.ts';
import type { Calendar } from '../model/calendar.ts';
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { CalendarFormat } from '../ports/calendar-format.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { calendarPast } from './calendar-past.ts';
import { calendarWindow } from './calendar-window.ts';
import { usersOfCalendar } from './calendars-of.ts';

/** What requests about calendars need. */
export interface CalendarParts {
  readonly store: Store;
  readonly calendars: CalendarFormat;
  readonly recordEvent: RecordEvent;
}

const NAME = /^[a-z][a-z0-9-]{0,62}$/;
/** Instances that a refusal names. */
const NAMED = 10;

/**
 * Puts a calendar under a name, in place of one that has it; every instance whose schedule names it follows it from then on, and what the one
 * before it forbade until then stays forbidden.
 * @throws calendar.name-invalid, calendar.invalid, calendar.too-large
 */
export async function putCalendar(
  parts: CalendarParts,
  { id, source }: Pick<Calendar, 'id' | 'source'>,
  now: Instant,
): Promise<Calendar> {
  if (!NAME.test(id)) throw new BerthError('calendar.name-invalid', { name: id.slice(0, 100) });
  const window = calendarWindow(now);
  const events = parts.calendars.events(source, window);
  const put = await changeDocument(parts.store, 'calendar', id, (before) => {
    const updatedAt = Math.max(now, (before?.updatedAt ?? 0) + 1);
    const past = before ? calendarPast(before, source, updatedAt) : [];
    return {
      ...{ id, source, events, knownUntilAt: window.untilAt },
      ...(past.length > 0 ? { earlier: past } : {}),
      createdAt: before?.createdAt ?? now,
      updatedAt,
    };
  });
  const text = `The calendar ${id} was ${put.createdAt === put.updatedAt ? 'put' : 'replaced'}: ${events.length} events.`;
  await parts.recordEvent({
    kind: 'calendar.put',
    subject: `calendar:${id}`,
    text,
    evidence: { events: events.length },
  });
  return put;
}

/** Takes a calendar away that no schedule names. @throws request.not-found, calendar.in-use, platform.store-conflict */
export async function removeCalendar(parts: Pick<CalendarParts, 'store' | 'recordEvent'>, id: string): Promise<void> {
  const { store, recordEvent } = parts;
  const stored = await store.get('calendar', id);
  if (!stored) throw notFound(id);
  const names: string[] = [];
  let count = 0;
  for await (const { name } of usersOfCalendar(store, id)) if (++count <= NAMED) names.push(name);
  if (count > 0) {
    const instances = count > NAMED ? `${names.join(', ')} and others` : names.join(', ');
    throw new BerthError('calendar.in-use', { calendar: id, count, instances });
  }
  try {
    await store.delete('calendar', id, stored.version);
  } catch (error) {
    if (error instanceof StoreConflict) throw new BerthError('platform.store-conflict', { kind: 'calendar', id });
    throw error;
  }
  await recordEvent({ kind: 'calendar.removed', subject: `calendar:${id}`, text: `The calendar ${id} was removed.` });
}

/** All calendars, by name. */
export function listCalendars(store: Store): Promise<readonly Calendar[]> {
  return Array.fromAsync(pages(store, 'calendar', { limit: PAGE }));
}

/** Calendars may be large: few are read at a time. */
const PAGE = 20;

/** One calendar. @throws request.not-found */
export async function showCalendar(store: Store, id: string): Promise<Calendar> {
  const stored = await store.get('calendar', id);
  if (!stored) throw notFound(id);
  return stored.doc;
}

function notFound(id: string): BerthError {
  return new BerthError('request.not-found', { what: 'calendar', id });
}
