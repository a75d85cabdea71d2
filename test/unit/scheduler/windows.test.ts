// Windows of the week: which instants lie in them, where clocks change too, and what `continuous` makes of them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CalendarEvent } from '../../../src/model/calendar.ts';
import type { TimeWindow } from '../../../src/model/schedule.ts';
import { isOccurrence, jobEnd } from '../../../src/scheduler/occurrences.ts';
import { clockOf } from './brute-force-calendar.ts';
import {
  aCalendar,
  aSchedule,
  aTimetable,
  aWindow,
  cron,
  local,
  localOccurrences,
  utc,
  walked,
  walkedBack,
} from './timetables.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const hourly = { kind: 'interval', everyMs: HOUR } as const;
const continuous = { kind: 'continuous' } as const;
const berlin = 'Europe/Berlin';

/** Beginnings and ends of the jobs of a continuous instance, in local time, from a UTC date for some days. */
function stretches(windows: readonly TimeWindow[], from: string, days: number, zone = berlin): string[] {
  const timetable = aTimetable(aSchedule(continuous, { zone, windows }));
  localOccurrences(timetable, utc(from), days);
  return walked(timetable, utc(from), utc(from) + days * DAY).map((at) => {
    const end = jobEnd(timetable, at);
    return `${local(zone, at)} ${end === null ? 'for ever' : local(zone, end)}`;
  });
}

describe('an interval in windows', () => {
  test('counts only in them: they hold their beginning and not their end', () => {
    const windows = [aWindow('12345', '08:00', '10:00')];
    const timetable = aTimetable(aSchedule(hourly, { windows }));
    // 2026-01-02 is a Friday.
    expect(localOccurrences(timetable, utc('2026-01-02'), 4)).toEqual([
      '2026-01-02T08:00+00:00',
      '2026-01-02T09:00+00:00',
      '2026-01-05T08:00+00:00',
      '2026-01-05T09:00+00:00',
    ]);
  });

  test('across midnight: the day is the one on which it opens', () => {
    const timetable = aTimetable(aSchedule(hourly, { windows: [aWindow('7', '23:00', '01:00')] }));
    expect(localOccurrences(timetable, utc('2026-01-01'), 10)).toEqual([
      '2026-01-04T23:00+00:00',
      '2026-01-05T00:00+00:00',
    ]);
  });

  test.each([
    ['opens and closes at the same time: a whole day', '06:00', '06:00', 24],
    ['ends at 24:00', '20:00', '24:00', 4],
    ['is a whole day', '00:00', '24:00', 24],
  ])('that %s', (_, from, to, count) => {
    const timetable = aTimetable(aSchedule(hourly, { windows: [aWindow('3', from, to)] }));
    expect(localOccurrences(timetable, utc('2026-01-05'), 7)).toHaveLength(count);
  });

  test('of which some lie in others or touch', () => {
    const windows = [aWindow('1', '08:00', '12:00'), aWindow('1', '09:00', '10:00'), aWindow('1', '12:00', '13:00')];
    const timetable = aTimetable(aSchedule(hourly, { windows }));
    expect(localOccurrences(timetable, utc('2026-01-05'), 7)).toHaveLength(5);
  });

  test('on no day never', () => {
    const windows = [{ days: [], fromMinute: 0, toMinute: 1440 }];
    expect(walked(aTimetable(aSchedule(hourly, { windows })), 0, utc('2030-01-01'))).toEqual([]);
  });

  test('in which no occurrence falls never: the search gives up', () => {
    const windows = [aWindow('1234567', '08:10', '08:50')];
    expect(walked(aTimetable(aSchedule(hourly, { windows })), 0, utc('2030-01-01'))).toEqual([]);
  });
});

describe('a continuous instance', () => {
  test('runs from each opening to its closing', () => {
    expect(stretches([aWindow('12345', '08:00', '18:00')], '2026-01-02', 4)).toEqual([
      '2026-01-02T08:00+01:00 2026-01-02T18:00+01:00',
      '2026-01-05T08:00+01:00 2026-01-05T18:00+01:00',
    ]);
  });

  test('runs through windows that touch, over the end of the week too', () => {
    const windows = [aWindow('7', '20:00', '24:00'), aWindow('1', '00:00', '04:00'), aWindow('1', '04:00', '05:00')];
    expect(stretches(windows, '2026-01-02', 7)).toEqual(['2026-01-04T20:00+01:00 2026-01-05T05:00+01:00']);
  });

  test('begins in the middle of a window when it is enabled there', () => {
    const schedule = aSchedule(continuous, { windows: [aWindow('1234567', '08:00', '18:00')] });
    const enabled = (text: string) => ({ schedule, calendars: [], enabledAt: utc(text) });
    expect(walked(enabled('2026-01-02T12:34'), 0, utc('2026-01-04'))).toEqual(
      ['2026-01-02T12:34', '2026-01-03T08:00'].map(utc),
    );
    expect(walked(enabled('2026-01-02T18:00'), 0, utc('2026-01-04'))).toEqual([utc('2026-01-03T08:00')]);
  });

  test('runs once and for ever when windows cover the whole week', () => {
    expect(stretches([aWindow('1234567', '00:00', '24:00')], '2026-01-01', 30)).toEqual([
      '2026-01-01T01:00+01:00 for ever',
    ]);
  });

  test('runs once and for ever without windows', () => {
    expect(stretches([], '2026-01-01', 30)).toEqual(['2026-01-01T01:00+01:00 for ever']);
  });
});

describe('clock changes', () => {
  const table: [string, string, TimeWindow[], string, string[]][] = [
    ['opens in the gap', berlin, [aWindow('7', '02:30', '05:00')], '2026-03-28', ['03:00+02:00 05:00+02:00']],
    ['closes in the gap', berlin, [aWindow('7', '01:00', '02:30')], '2026-03-28', ['01:00+01:00 03:00+02:00']],
    ['lies in the gap', berlin, [aWindow('7', '02:10', '02:50')], '2026-03-28', []],
    [
      'leaves a hole only in the gap',
      berlin,
      [aWindow('7', '01:00', '02:10'), aWindow('7', '02:50', '04:00')],
      '2026-03-28',
      ['01:00+01:00 04:00+02:00'],
    ],
    ['opens in the doubled hour', berlin, [aWindow('7', '02:30', '05:00')], '2026-10-24', ['02:30+02:00 05:00+01:00']],
    ['closes in the doubled hour', berlin, [aWindow('7', '01:00', '02:30')], '2026-10-24', ['01:00+02:00 02:30+02:00']],
    ['spans the doubled hour', berlin, [aWindow('7', '01:00', '03:00')], '2026-10-24', ['01:00+02:00 03:00+01:00']],
    [
      'opens in the half hour that is doubled',
      'Australia/Lord_Howe',
      [aWindow('7', '01:45', '03:00')],
      '2026-04-04',
      ['01:45+11:00 03:00+10:30'],
    ],
  ];
  test.each(table)('a window that %s', (_, zone, windows, from, expected) => {
    const found = stretches(windows, from, 2, zone);
    expect(found.map((each) => each.replaceAll(/\d{4}-\d{2}-\d{2}T/g, ''))).toEqual(expected);
  });
});

const CHANGES = [
  [berlin, '2026-03-29T01:00'],
  [berlin, '2026-10-25T01:00'],
  ['America/New_York', '2026-03-08T07:00'],
  ['America/New_York', '2026-11-01T06:00'],
  ['Australia/Lord_Howe', '2026-04-04T15:00'],
  ['Australia/Lord_Howe', '2026-10-03T15:30'],
  ['America/Nuuk', '2026-03-29T01:00'],
  ['Asia/Kolkata', '2026-03-29T01:00'],
] as const;

/** Minutes around the hours of changes, and any. */
const minute = fc.oneof(fc.integer({ min: 0, max: 240 }), fc.integer({ min: 0, max: 1439 }));
const aRandomWindow = fc.record({
  days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
  fromMinute: minute,
  toMinute: fc.oneof(minute, fc.constant(1440)),
});

function eventsAround(at: number): fc.Arbitrary<CalendarEvent[]> {
  const span = fc.record({ from: fc.integer({ min: -1500, max: 1500 }), minutes: fc.integer({ min: 0, max: 600 }) });
  const exact = span.map(({ from, minutes }): CalendarEvent => {
    const fromAt = at + from * MINUTE;
    return { summary: '', kind: 'exact', fromAt, toAt: fromAt + minutes * MINUTE };
  });
  const text = (wall: number) => new Date(wall).toISOString().slice(0, 19);
  const floating = span.map(({ from, minutes }): CalendarEvent => {
    const wall = at + from * MINUTE;
    return { summary: '', kind: 'local', from: text(wall), to: text(wall + minutes * MINUTE) };
  });
  return fc.array(fc.oneof(exact, floating), { maxLength: 5 });
}

const scenes = fc.constantFrom(...CHANGES).chain(([zone, text]) =>
  fc.record({
    zone: fc.constant(zone),
    changesAt: fc.constant(utc(text)),
    windows: fc.array(aRandomWindow, { maxLength: 3 }),
    events: fc.tuple(eventsAround(utc(text)), eventsAround(utc(text))),
    step: fc.integer({ min: 1, max: 90 }),
    expression: fc.constantFrom('30 2 * * *', '*/10 * * * *', '0,30 0-5 * * *', '*/15 1-3 * * *', '0 */3 * * 0'),
  }),
);

test('windows and events forbid what a clock that is read minute by minute says they forbid', () => {
  fc.assert(
    fc.property(scenes, ({ zone, changesAt, windows, events, step, expression }) => {
      const [from, until] = [changesAt - 1.5 * DAY, changesAt + 1.5 * DAY];
      const clock = clockOf(zone, from - 2 * DAY, until + 2 * DAY);
      const [open, dark] = [clock.inWindows(windows), clock.inEvents(events.flat())];
      const isAllowed = (at: number) => open.has(at) && !dark.has(at);
      const calendars = events.map((each, index) => aCalendar(`c${index}`, ...each));
      const over = { zone, windows, startAt: from, endAt: until };
      const minutes = clock.ticks.map(({ at }) => at).filter((at) => at >= from && at < until);

      const interval = aTimetable(aSchedule({ kind: 'interval', everyMs: step * MINUTE }, over), ...calendars);
      const onGrid = minutes.filter((at) => (at - from) % (step * MINUTE) === 0 && isAllowed(at));
      expect(walked(interval, from, until)).toEqual(onGrid);
      expect(walkedBack(interval, from, until)).toEqual(onGrid);

      const byCron = aTimetable(aSchedule(cron(expression), over), ...calendars);
      const matching = clock.cron(expression).filter((at) => at >= from && at < until && isAllowed(at));
      expect(walked(byCron, from, until)).toEqual(matching);
      expect(walkedBack(byCron, from, until)).toEqual(matching);

      const running = aTimetable(aSchedule(continuous, over), ...calendars);
      const begins = minutes.filter((at) => isAllowed(at) && (at === from || !isAllowed(at - MINUTE)));
      expect(walked(running, from, until)).toEqual(begins);
      expect(walkedBack(running, from, until)).toEqual(begins);
      expect(minutes.filter((at) => isOccurrence(running, at))).toEqual(begins);
      const ends = begins.map((at) => minutes.find((later) => later > at && !isAllowed(later)) ?? until);
      expect(begins.map((at) => jobEnd(running, at))).toEqual(ends);
    }),
    { numRuns: 200 },
  );
});
