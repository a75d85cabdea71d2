// Cron in zones: the fields by tables, the clock changes by tables and against a calendar that is worked out minute by minute.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextCron, previousCron } from '../../../src/scheduler/cron.ts';
import { clockOf } from './brute-force-calendar.ts';
import { aSchedule, aTimetable, cron, localOccurrences, utc, walked, walkedBack } from './timetables.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('clock changes', () => {
  const spring = [
    ['Europe/Berlin', '30 2 * * *', '2026-03-29', ['2026-03-29T03:00+02:00']],
    ['Europe/Berlin', '0,30 2 * * *', '2026-03-29', ['2026-03-29T03:00+02:00']],
    ['Europe/Berlin', '*/15 2 * * *', '2026-03-29', ['2026-03-29T03:00+02:00']],
    ['Europe/Berlin', '0 1-4 * * *', '2026-03-29', ['01:00+01:00', '03:00+02:00', '04:00+02:00']],
    ['Europe/Berlin', '30 */1 * * *', '2026-03-29', 23],
    ['Europe/Berlin', '0 */2 * * *', '2026-03-29', 11],
    ['America/New_York', '15 2 * * *', '2026-03-08', ['2026-03-08T03:00-04:00']],
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-04', ['2026-10-04T02:30+11:00']],
    ['Australia/Lord_Howe', '15,45 2 * * *', '2026-10-04', ['2026-10-04T02:30+11:00', '02:45+11:00']],
    ['Africa/Cairo', '0 0 * * *', '2026-04-24', ['2026-04-24T01:00+03:00']],
    ['Asia/Kolkata', '30 2 * * *', '2026-03-29', ['2026-03-29T02:30+05:30']],
  ] as const;
  const autumn = [
    ['Europe/Berlin', '30 2 * * *', '2026-10-25', ['2026-10-25T02:30+02:00']],
    ['Europe/Berlin', '*/30 2 * * *', '2026-10-25', ['2026-10-25T02:00+02:00', '02:30+02:00']],
    ['Europe/Berlin', '30 * * * *', '2026-10-25', 25],
    ['Europe/Berlin', '0 */2 * * *', '2026-10-25', 13],
    ['America/New_York', '30 1 * * *', '2026-11-01', ['2026-11-01T01:30-04:00']],
    ['America/New_York', '30 * * * *', '2026-11-01', 25],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-05', ['2026-04-05T01:45+11:00']],
    ['Australia/Lord_Howe', '45 * * * *', '2026-04-05', 25],
    ['Australia/Lord_Howe', '15 * * * *', '2026-04-05', 24],
  ] as const;

  test.each([...spring, ...autumn])('%s: %s on %s', (zone, expression, day, expected) => {
    const from = Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds;
    const hours = Temporal.PlainDate.from(day).toZonedDateTime(zone).hoursInDay;
    const timetable = aTimetable(aSchedule(cron(expression), { zone }));
    const found = localOccurrences(timetable, from, hours / 24);
    if (typeof expected === 'number') expect(found).toHaveLength(expected);
    else expect(found).toEqual(expected.map((each) => (each.includes('T') ? each : `${day}T${each}`)));
  });

  test('a time of day whose gap ends on the next day is at that midnight', () => {
    const timetable = aTimetable(aSchedule(cron('30 23 * * *'), { zone: 'America/Nuuk' }));
    expect(localOccurrences(timetable, utc('2026-03-27T12:00'), 3)).toEqual([
      '2026-03-27T23:30-02:00',
      '2026-03-29T00:00-01:00',
      '2026-03-29T23:30-01:00',
    ]);
  });
});

describe('fields', () => {
  const table: [string, string, number, string[]][] = [
    ['the last day of the month', '0 0 L * *', 92, ['2026-01-31', '2026-02-28', '2026-03-31']],
    ['the second Monday', '0 0 * * 1#2', 92, ['2026-01-12', '2026-02-09', '2026-03-09']],
    ['the last Friday', '0 0 * * 5L', 92, ['2026-01-30', '2026-02-27', '2026-03-27']],
    ['the weekday nearest to the 15th', '0 0 15W * *', 92, ['2026-01-15', '2026-02-16', '2026-03-16']],
    ['names', '0 0 1 JAN-MAR *', 92, ['2026-01-01', '2026-02-01', '2026-03-01']],
    ['names of days', '0 0 * FEB MON', 40, ['2026-02-02', '2026-02-09']],
    ['day of month or day of week', '0 0 1 * 1', 14, ['2026-01-01', '2026-01-05', '2026-01-12']],
    ['both Sundays', '0 0 * * 0,7', 14, ['2026-01-04', '2026-01-11']],
    ['29 February', '0 0 29 2 *', 3000, ['2028-02-29', '2032-02-29']],
    ['a nickname', '@monthly', 40, ['2026-01-01', '2026-02-01']],
  ];
  test.each(table)('%s', (_, expression, days, expected) => {
    const timetable = aTimetable(aSchedule(cron(expression), { zone: 'Europe/Berlin', startAt: 0 }));
    const found = localOccurrences(timetable, utc('2025-12-31T23:00'), days);
    expect(found.map((each) => each.slice(0, 10))).toEqual(expected);
  });

  test('six fields begin with seconds', () => {
    expect(nextCron({ expression: '30 0 8 * * *', zone: 'UTC' }, utc('2026-01-01'))).toBe(utc('2026-01-01T08:00:30'));
  });

  test('a date that no month has never comes', () => {
    expect(nextCron({ expression: '0 0 31 2 *', zone: 'Europe/Berlin' }, 0)).toBeNull();
    expect(previousCron({ expression: '0 * 30 2 *', zone: 'Europe/Berlin' }, 0)).toBeNull();
  });

  test('a date is no cron expression', () => {
    expect(() => nextCron({ expression: '2026-01-01T00:00:00', zone: 'UTC' }, 0)).toThrow('a date');
  });
});

/** Around changes of the clock, and one zone without. */
const CHANGES = [
  ['Europe/Berlin', '2026-03-29T01:00'],
  ['Europe/Berlin', '2026-10-25T01:00'],
  ['America/New_York', '2026-03-08T07:00'],
  ['America/New_York', '2026-11-01T06:00'],
  ['Australia/Lord_Howe', '2026-04-04T15:00'],
  ['Australia/Lord_Howe', '2026-10-03T15:30'],
  ['America/Nuuk', '2026-03-29T01:00'],
  ['America/Nuuk', '2026-10-25T01:00'],
  ['Africa/Cairo', '2026-04-23T22:00'],
  ['Africa/Cairo', '2026-10-29T21:00'],
  ['Antarctica/Troll', '2026-03-29T01:00'],
  ['Antarctica/Troll', '2026-10-25T01:00'],
  ['Asia/Kolkata', '2026-03-29T01:00'],
] as const;

function field(least: number, most: number): fc.Arbitrary<string> {
  const value = fc.integer({ min: least, max: most });
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  return fc.oneof(
    { weight: 3, arbitrary: value.map(String) },
    fc.constant('*'),
    fc.integer({ min: 2, max: Math.max(2, most >> 1) }).map((step) => `*/${step}`),
    range,
    fc.tuple(range, fc.integer({ min: 1, max: 7 })).map(([word, step]) => `${word}/${step}`),
    fc.array(value, { minLength: 2, maxLength: 4 }).map((values) => values.join(',')),
  );
}

const hours = fc.oneof(field(0, 23), field(0, 4), field(20, 23));
const days = fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, field(1, 31));
const weekdays = fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, field(0, 6));
const months = fc.oneof({ weight: 6, arbitrary: fc.constant('*') }, field(1, 12));
const change = fc.constantFrom(...CHANGES);

test('around every change of the clock cron is due when a clock that is read minute by minute says so', () => {
  const expression = fc.tuple(field(0, 59), hours, days, months, weekdays).map((words) => words.join(' '));
  fc.assert(
    fc.property(change, expression, ([zone, changesAt], words) => {
      const [from, until] = [utc(changesAt) - 1.5 * DAY, utc(changesAt) + 1.5 * DAY];
      const clock = clockOf(zone, from - 3 * HOUR, until);
      const timetable = aTimetable(aSchedule(cron(words), { zone }));
      const expected = clock.cron(words).filter((at) => at >= from);
      expect(walked(timetable, from, until)).toEqual(expected);
      expect(walkedBack(timetable, from, until)).toEqual(expected);
    }),
    { numRuns: 400 },
  );
});

test('with seconds it is due when a clock that is read second by second says so', () => {
  const second = fc.constantFrom('0', '30', '15,45', '*/20', '10-50/40');
  const expression = fc.tuple(second, field(0, 59), hours).map((words) => `${words.join(' ')} * * *`);
  fc.assert(
    fc.property(change, expression, ([zone, changesAt], words) => {
      const [from, until] = [utc(changesAt) - HOUR, utc(changesAt) + 2 * HOUR];
      const clock = clockOf(zone, from - 3 * HOUR, until, 1000);
      const timetable = aTimetable(aSchedule(cron(words), { zone }));
      const expected = clock.cron(words).filter((at) => at >= from);
      expect(walked(timetable, from, until)).toEqual(expected);
      expect(walkedBack(timetable, from, until)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});
