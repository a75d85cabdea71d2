// Why nothing is due at an instant.
import { expect, test } from 'vitest';
import { absenceInWords } from '../../../src/scheduler/occurrence-absence.ts';
import type { Timetable } from '../../../src/scheduler/occurrences.ts';
import { aCalendar, aSchedule, aTimetable, aWindow, cron, utc } from './timetables.ts';

const zone = 'Europe/Berlin';
const windows = [aWindow('12345', '08:00', '18:00')];
const holidays = aCalendar(
  'holidays',
  { kind: 'local', summary: 'Easter Monday', from: '2026-04-06T00:00:00', to: '2026-04-07T00:00:00' },
  { kind: 'local', summary: 'Christmas', from: '2026-12-25T00:00:00', to: '2026-12-26T00:00:00' },
);
const hourly = aTimetable(
  aSchedule(cron('0 * * * *'), { zone, windows, calendars: ['holidays'], endAt: utc('2027-01-01') }),
  holidays,
);
const running = aTimetable(aSchedule({ kind: 'continuous' }, { zone, windows, calendars: ['holidays'] }), holidays);
const once = aTimetable(aSchedule({ kind: 'once', at: utc('2026-02-02T08:00') }));

const inChristmas = "it is in 'Christmas' of the calendar holidays (2026-12-24T23:00:00Z to 2026-12-25T23:00:00Z)";
const outside = 'it is outside of the times allowed (between 08:00 and 18:00 on weekdays in Europe/Berlin)';

const table: [string, Timetable, string, string | null][] = [
  ['there is one', hourly, '2026-02-02T08:00', null],
  ['before the start', hourly, '2025-12-31T12:00', 'the schedule begins only at 2026-01-01T00:00:00Z'],
  ['at the end', hourly, '2027-01-01T00:00', 'the schedule ended at 2027-01-01T00:00:00Z'],
  ['outside of the windows', hourly, '2026-02-01T08:00', outside],
  ['in an event', hourly, '2026-12-25T08:00', inChristmas],
  [
    'at no time of the schedule',
    hourly,
    '2026-02-02T08:30',
    'nothing in the schedule says so: the occurrence before it is at 2026-02-02T08:00:00Z, the one after it at 2026-02-02T09:00:00Z',
  ],
  [
    'over a weekend',
    hourly,
    '2026-01-31T08:30',
    'nothing in the schedule says so: the occurrence before it is at 2026-01-30T16:00:00Z, the one after it at 2026-02-02T07:00:00Z',
  ],
  [
    'before its only time',
    once,
    '2026-02-02T07:00',
    'nothing in the schedule says so: no occurrence is before it, the one after it at 2026-02-02T08:00:00Z',
  ],
  [
    'after its only time',
    once,
    '2026-02-02T09:00',
    'nothing in the schedule says so: the occurrence before it is at 2026-02-02T08:00:00Z, none is after it',
  ],
  [
    'in the middle of a run of a continuous instance',
    running,
    '2026-02-02T12:00',
    'nothing in the schedule says so: the occurrence before it is at 2026-02-02T07:00:00Z, the one after it at 2026-02-03T07:00:00Z',
  ],
  ['when a continuous instance is closed', running, '2026-02-01T12:00', outside],
  ['when a continuous instance is forbidden', running, '2026-12-25T08:00', inChristmas],
  [
    'of an instance that waits for others',
    aTimetable(aSchedule({ kind: 'after', instance: 'a', on: 'any' })),
    '2026-02-01T12:00',
    'it runs only after other instances, not at any time',
  ],
];

test.each(table)('%s', (_, timetable, at, words) => {
  expect(absenceInWords(timetable, utc(at))).toBe(words);
});
