// Calendars: put, replaced, removed, worked out further as time goes by, and instances that look again.
import { expect, test } from 'vitest';
import { IcalCalendars } from '../../../src/adapters/ical-calendars/ical-calendars.ts';
import type { Calendar } from '../../../src/model/calendar.ts';
import { CalendarController } from '../../../src/scheduler/calendar-controller.ts';
import { listCalendars, putCalendar, removeCalendar, showCalendar } from '../../../src/scheduler/calendar-requests.ts';
import { anInstance, aSchedule, T0 } from '../../builders/jobs.ts';
import { calendarOf, eventOf, HOLIDAYS } from '../../contracts/calendar-files.ts';
import { keep, listener, openStore } from './reads-world.ts';

const YEAR_MS = 365.25 * 86_400_000;
const YEARLY = calendarOf(eventOf('DTSTART;VALUE=DATE:20201003', 'RRULE:FREQ=YEARLY', 'SUMMARY:unity'));

async function world() {
  const store = await openStore();
  const { told, recordEvent } = listener();
  const woken: string[] = [];
  const parts = { store, calendars: new IcalCalendars(), recordEvent };
  const controller = new CalendarController({ ...parts, wake: (key) => void woken.push(key) });
  return { ...parts, told, woken, controller, parts };
}

const days = ({ events }: Calendar) => events.map((event) => (event.kind === 'local' ? event.from.slice(0, 10) : ''));

test('a calendar is put with its events of the last year and the next five, replaced, listed and shown', async () => {
  const { parts, store, told } = await world();
  const put = await putCalendar(parts, { id: 'unity', source: YEARLY }, T0);
  expect(days(put)).toEqual(['2026-10-03', '2027-10-03', '2028-10-03', '2029-10-03', '2030-10-03', '2031-10-03']);
  expect(put).toMatchObject({ knownUntilAt: T0 + 5 * YEAR_MS, createdAt: T0, updatedAt: T0 });
  const replaced = await putCalendar(parts, { id: 'unity', source: HOLIDAYS }, T0 + 1000);
  expect(replaced).toMatchObject({ createdAt: T0, updatedAt: T0 + 1000 });
  expect((await listCalendars(store)).map(({ id }) => id)).toEqual(['unity']);
  expect(await showCalendar(store, 'unity')).toEqual(replaced);
  expect(told.map(({ text }) => text)).toEqual([
    'The calendar unity was put: 6 events.',
    `The calendar unity was replaced: ${replaced.events.length} events.`,
  ]);
});

test('what a calendar forbade before it was replaced is kept: a month of it, and no more than twenty times', async () => {
  const { parts } = await world();
  const daily = (day: number) => calendarOf(eventOf(`DTSTART;VALUE=DATE:202611${day}`, 'SUMMARY:closed'));
  await putCalendar(parts, { id: 'closed', source: daily(22) }, T0);
  const once = await putCalendar(parts, { id: 'closed', source: daily(23) }, T0 + 1000);
  expect(once.earlier?.map((each) => [each.untilAt, days({ ...once, ...each })])).toEqual([
    [T0 + 1000, ['2026-11-22']],
  ]);
  const same = await putCalendar(parts, { id: 'closed', source: daily(23) }, T0 + 2000);
  expect(same.earlier).toEqual(once.earlier);
  for (let index = 0; index < 25; index++)
    await putCalendar(parts, { id: 'closed', source: daily(24 + (index % 2)) }, T0 + 3000 + index);
  const often = await showCalendar(parts.store, 'closed');
  expect(often.earlier?.map(({ untilAt }) => untilAt)).toEqual(
    Array.from({ length: 20 }, (_, index) => T0 + 3005 + index),
  );
  const later = await putCalendar(parts, { id: 'closed', source: often.source }, T0 + 32 * 86_400_000);
  expect(later.earlier).toBeUndefined();
});

test.each([
  ['Holidays', YEARLY, 'calendar.name-invalid'],
  ['../etc', YEARLY, 'calendar.name-invalid'],
  ['holidays', 'no calendar', 'calendar.invalid'],
])('the calendar %s is refused where its name or its file is none', async (id, source, code) => {
  const { parts, store } = await world();
  await expect(putCalendar(parts, { id, source }, T0)).rejects.toMatchObject({ code });
  expect(await listCalendars(store)).toEqual([]);
});

test('a calendar that schedules name stays until none does, earlier schedules included', async () => {
  const { parts, store } = await world();
  await putCalendar(parts, { id: 'unity', source: YEARLY }, T0);
  const named = aSchedule({ calendars: ['unity'] });
  const users = Array.from({ length: 12 }, (_, index) =>
    anInstance({ id: `room-${index + 10}`, name: `room ${index + 10}`, schedule: named }),
  );
  await keep(store, 'instance', ...users, anInstance({ id: 'free' }));
  await expect(removeCalendar(parts, 'unity')).rejects.toMatchObject({
    code: 'calendar.in-use',
    details: {
      count: 12,
      instances: `${users
        .slice(0, 10)
        .map(({ name }) => name)
        .join(', ')} and others`,
    },
  });
  for (const { id } of users.slice(1))
    await store.delete('instance', id, (await store.get('instance', id))?.version ?? 0);
  const before = [{ schedule: named, untilAt: T0 }];
  const last = await store.get('instance', 'room-10');
  await store.update('instance', anInstance({ id: 'room-10', earlier: before }), last?.version ?? 0);
  await expect(removeCalendar(parts, 'unity')).rejects.toMatchObject({
    code: 'calendar.in-use',
    details: { count: 1 },
  });
  await store.delete('instance', 'room-10', (await store.get('instance', 'room-10'))?.version ?? 0);
  await removeCalendar(parts, 'unity');
  await expect(showCalendar(store, 'unity')).rejects.toMatchObject({ code: 'request.not-found' });
  await expect(removeCalendar(parts, 'unity')).rejects.toMatchObject({ code: 'request.not-found' });
});

test('a calendar that was written has the instances that name it look again, once', async () => {
  const { parts, store, woken, controller } = await world();
  await keep(
    store,
    'instance',
    anInstance({ id: 'a', schedule: aSchedule({ calendars: ['unity'] }) }),
    anInstance({ id: 'b' }),
  );
  await putCalendar(parts, { id: 'unity', source: YEARLY }, T0);
  expect(await Array.fromAsync(controller.sweep())).toEqual([{ id: 'unity', at: 0 }]);
  expect(await controller.reconcile('unity', T0)).toBe(T0 + YEAR_MS);
  expect(await controller.reconcile('unity', T0 + 1)).toBe(T0 + YEAR_MS);
  expect(woken).toEqual(['instance:a']);
  expect(await Array.fromAsync(controller.sweep())).toEqual([{ id: 'unity', at: T0 + YEAR_MS }]);
  await putCalendar(parts, { id: 'unity', source: HOLIDAYS }, T0 + 2);
  await controller.reconcile('unity', T0 + 2);
  expect(woken).toEqual(['instance:a', 'instance:a']);
});

test('with less than four years ahead the events are worked out again, and instances look again', async () => {
  const { parts, store, woken, controller } = await world();
  await keep(store, 'instance', anInstance({ id: 'a', schedule: aSchedule({ calendars: ['unity'] }) }));
  await putCalendar(parts, { id: 'unity', source: YEARLY }, T0);
  const later = T0 + YEAR_MS;
  expect(await controller.reconcile('unity', later)).toBe(later + YEAR_MS);
  const again = await showCalendar(store, 'unity');
  expect(days(again)).toEqual(['2027-10-03', '2028-10-03', '2029-10-03', '2030-10-03', '2031-10-03', '2032-10-03']);
  expect(again).toMatchObject({ knownUntilAt: later + 5 * YEAR_MS, updatedAt: later, createdAt: T0 });
  expect(woken).toEqual(['instance:a']);
});

test('one that cannot be worked out further is told of and tried again the next day', async () => {
  const { parts, store, told, controller } = await world();
  const put = await putCalendar(parts, { id: 'unity', source: YEARLY }, T0);
  const stored = await store.get('calendar', 'unity');
  await store.update('calendar', { ...put, source: 'damaged' }, stored?.version ?? 0);
  const later = T0 + 2 * YEAR_MS;
  expect(await controller.reconcile('unity', later)).toBe(later + 86_400_000);
  expect(told.at(-1)).toMatchObject({ kind: 'calendar.not-extended', subject: 'calendar:unity' });
});
