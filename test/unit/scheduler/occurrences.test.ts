// When an instance is due: each trigger by itself, several together, what is due after a pause, ends of jobs, and jitter.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Schedule, Trigger } from '../../../src/model/schedule.ts';
import {
  dueOccurrences,
  isOccurrence,
  jitterOf,
  jobEnd,
  nextOccurrence,
  type Timetable,
} from '../../../src/scheduler/occurrences.ts';
import { T0 } from '../../builders/jobs.ts';
import {
  aCalendar,
  aSchedule,
  aTimetable,
  aWindow,
  cron,
  localOccurrences,
  utc,
  walked,
  walkedBack,
} from './timetables.ts';

const S = 1000;
const DAY = 86_400_000;
const YEAR = 365 * DAY;

function fromT0(trigger: Trigger | readonly Trigger[], over: Partial<Schedule> = {}): Timetable {
  return aTimetable(aSchedule(trigger, { startAt: T0, ...over }));
}

function every(everyMs: number): Trigger {
  return { kind: 'interval', everyMs };
}

describe('the next occurrence', () => {
  const table: [string, Timetable, number, number | null][] = [
    ['now: at its start', fromT0({ kind: 'now' }), T0 - 1, T0],
    ['now: never again', fromT0({ kind: 'now' }), T0, null],
    ['once: at its time', fromT0({ kind: 'once', at: T0 + S }), T0, T0 + S],
    ['once: never again', fromT0({ kind: 'once', at: T0 + S }), T0 + S, null],
    ['once: not before the start', fromT0({ kind: 'once', at: T0 - S }), 0, null],
    ['interval: first at its start', fromT0(every(10 * S)), 0, T0],
    ['interval: then on its grid', fromT0(every(10 * S)), T0 + 3 * S, T0 + 10 * S],
    ['interval: strictly after', fromT0(every(10 * S)), T0 + 10 * S, T0 + 20 * S],
    ['interval: none at its end', fromT0(every(10 * S), { endAt: T0 + 20 * S }), T0 + 10 * S, null],
    ['continuous: at its start', fromT0({ kind: 'continuous' }, { startAt: T0 + 5 }), T0, T0 + 5],
    ['continuous: over before it began', fromT0({ kind: 'continuous' }, { endAt: T0 }), T0 - 5, null],
    ['after another instance: never by time', fromT0({ kind: 'after', instance: 'a', on: 'any' }), 0, null],
    ['several: whichever is first', fromT0([every(7 * S), { kind: 'once', at: T0 + 3 * S }]), T0, T0 + 3 * S],
    ['cron: not before the start', fromT0(cron('0 8 * * *'), { startAt: T0 + 1 }), 0, T0 + DAY],
  ];
  test.each(table)('%s', (_, timetable, after, expected) => {
    expect(nextOccurrence(timetable, after)).toBe(expected);
    if (expected !== null) expect(isOccurrence(timetable, expected)).toBe(true);
    if (expected !== null) expect(isOccurrence(timetable, expected + 1)).toBe(false);
  });

  test('of a continuous instance that was enabled again comes when it was enabled', () => {
    const timetable = { ...fromT0({ kind: 'continuous' }), enabledAt: T0 + 9 * S };
    expect(nextOccurrence(timetable, T0 + 8 * S)).toBe(T0 + 9 * S);
  });

  test('that several triggers give is one', () => {
    const timetable = fromT0([every(2 * S), every(3 * S), { kind: 'once', at: T0 + 6 * S }]);
    expect(walked(timetable, T0, T0 + 7 * S).map((at) => (at - T0) / S)).toEqual([0, 2, 3, 4, 6]);
    expect(walkedBack(timetable, T0, T0 + 7 * S).map((at) => (at - T0) / S)).toEqual([0, 2, 3, 4, 6]);
  });
});

test.each([
  ['cron', cron('0 * * * *')],
  ['once', { kind: 'once', at: T0 - S }],
  ['an interval', every(S)],
  ['a step on a calendar', { kind: 'calendar', months: 1, days: 0 }],
] as const)('looking back, %s gives nothing before the start', (_, trigger) => {
  expect(walkedBack(fromT0(trigger), 0, T0)).toEqual([]);
});

describe('months and days on a calendar', () => {
  const table: [string, { months: number; days: number }, string, string, string[]][] = [
    [
      'month ends',
      { months: 1, days: 0 },
      '2027-01-31T08:00',
      'UTC',
      ['2027-01-31', '2027-02-28', '2027-03-31', '2027-04-30'],
    ],
    [
      'month ends in a leap year',
      { months: 1, days: 0 },
      '2028-01-31T08:00',
      'UTC',
      ['2028-01-31', '2028-02-29', '2028-03-31'],
    ],
    [
      '29 February each year',
      { months: 12, days: 0 },
      '2028-02-29T08:00',
      'UTC',
      ['2028-02-29', '2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29'],
    ],
    ['quarters', { months: 3, days: 0 }, '2026-11-30T08:00', 'UTC', ['2026-11-30', '2027-02-28', '2027-05-30']],
    [
      'a month and a day',
      { months: 1, days: 1 },
      '2027-01-31T08:00',
      'UTC',
      ['2027-01-31', '2027-03-01', '2027-04-02', '2027-05-03'],
    ],
    ['days over the turn of the year', { months: 0, days: 1 }, '2026-12-31T08:00', 'UTC', ['2026-12-31', '2027-01-01']],
  ];
  test.each(table)('%s', (_, step, startAt, zone, expected) => {
    const timetable = aTimetable(aSchedule({ kind: 'calendar', ...step }, { startAt: utc(startAt), zone }));
    const found = walked(timetable, 0, utc(startAt) + 40 * YEAR).slice(0, expected.length);
    expect(found.map((at) => new Date(at).toISOString().slice(0, 10))).toEqual(expected);
  });

  test('keep the time of day where clocks change, and move it only over a gap', () => {
    const daily: Trigger = { kind: 'calendar', months: 0, days: 1 };
    const spring = aSchedule(daily, { zone: 'Europe/Berlin', startAt: utc('2026-03-28T01:30') });
    expect(localOccurrences(aTimetable(spring), spring.startAt, 2.5)).toEqual([
      '2026-03-28T02:30+01:00',
      '2026-03-29T03:00+02:00',
      '2026-03-30T02:30+02:00',
    ]);
    const autumn = aSchedule(daily, { zone: 'Europe/Berlin', startAt: utc('2026-10-24T00:30') });
    expect(localOccurrences(aTimetable(autumn), autumn.startAt, 2.5)).toEqual([
      '2026-10-24T02:30+02:00',
      '2026-10-25T02:30+02:00',
      '2026-10-26T02:30+01:00',
    ]);
  });

  test('a start in the second of two equal hours is the first occurrence', () => {
    const startAt = utc('2026-10-25T01:30');
    const schedule = aSchedule({ kind: 'calendar', months: 0, days: 1 }, { zone: 'Europe/Berlin', startAt });
    expect(localOccurrences(aTimetable(schedule), startAt - DAY, 3)).toEqual([
      '2026-10-25T02:30+01:00',
      '2026-10-26T02:30+01:00',
    ]);
  });

  test('are what Temporal adds to the start, however far away', () => {
    const arbitrary = fc.record({
      startAt: fc.integer({ min: utc('2020-01-01'), max: utc('2030-01-01') }),
      months: fc.integer({ min: 0, max: 30 }),
      days: fc.integer({ min: 0, max: 40 }),
      n: fc.integer({ min: 0, max: 400 }),
      zone: fc.constantFrom('Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata'),
    });
    fc.assert(
      fc.property(arbitrary, ({ startAt, months, days, n, zone }) => {
        fc.pre(months + days > 0);
        const start = Temporal.Instant.fromEpochMilliseconds(startAt).toZonedDateTimeISO(zone);
        const local = start.toPlainDateTime().add({ months: n * months, days: n * days });
        const [early, late] = (['earlier', 'later'] as const).map((disambiguation) =>
          local.toZonedDateTime(zone, { disambiguation }),
        );
        fc.pre(n === 0 || (early?.equals(late ?? start) ?? false));
        const at = n === 0 ? startAt : (early?.epochMilliseconds ?? 0);
        const timetable = aTimetable(aSchedule({ kind: 'calendar', months, days }, { startAt, zone }));
        expect([nextOccurrence(timetable, at - 1), isOccurrence(timetable, at)]).toEqual([at, true]);
      }),
    );
  });
});

describe('what is due after a pause', () => {
  const triggers: readonly (readonly Trigger[])[] = [
    [every(7 * S)],
    [every(5 * 60 * S)],
    [every(11 * 60 * S), cron('*/20 * * * *')],
    [cron('0 */2 * * *'), { kind: 'once', at: T0 + 1234 * S }],
    [{ kind: 'calendar', months: 0, days: 1 }],
    [{ kind: 'continuous' }],
    [{ kind: 'now' }],
  ];
  const arbitrary = fc.record({
    triggers: fc.constantFrom(...triggers),
    after: fc.integer({ min: -3600, max: 20_000 }),
    span: fc.integer({ min: 0, max: 90_000 }),
    end: fc.option(fc.integer({ min: 1, max: 90_000 })),
    keep: fc.integer({ min: 0, max: 20 }),
    windows: fc.constantFrom([], [aWindow('1234567', '08:10', '12:00'), aWindow('17', '23:00', '00:30')]),
    event: fc.option(fc.integer({ min: 0, max: 90_000 })),
  });

  test('is counted as walking through it one by one counts it', () => {
    fc.assert(
      fc.property(arbitrary, ({ triggers, after, span, end, keep, windows, event }) => {
        const fromAt = T0 + (event ?? 0) * S;
        const calendar = aCalendar('c', { kind: 'exact', summary: '', fromAt, toAt: fromAt + (event ? 7000 * S : 0) });
        const over = { startAt: T0, windows, ...(end === null ? {} : { endAt: T0 + end * S }) };
        const timetable = aTimetable(aSchedule(triggers, over), calendar);
        const [from, now] = [T0 + after * S, T0 + (after + span) * S];
        const all = walked(timetable, from + 1, now + 1);
        const latest = all.slice(all.length - Math.min(keep, all.length));
        const expected = { firstAt: all[0], lastAt: all.at(-1), count: all.length, latest };
        expect(dueOccurrences(timetable, from, now, keep)).toEqual(all.length === 0 ? null : expected);
      }),
      { numRuns: 300 },
    );
  });

  /** A timetable that counts how often its triggers are asked. */
  function counted(timetable: Timetable): { timetable: Timetable; asked: () => number } {
    let asked = 0;
    const { triggers, ...rest } = timetable.schedule;
    const schedule = {
      ...rest,
      get triggers() {
        asked++;
        return triggers;
      },
    };
    return { timetable: { ...timetable, schedule }, asked: () => asked };
  }

  test('each second for a year is reckoned, not walked through', () => {
    const { timetable, asked } = counted(fromT0(every(S)));
    const due = dueOccurrences(timetable, T0, T0 + YEAR, 3);
    const latest = [2, 1, 0].map((back) => T0 + YEAR - back * S);
    expect(due).toEqual({ firstAt: T0 + S, lastAt: T0 + YEAR, count: YEAR / S, latest });
    expect(asked()).toBeLessThan(10);
  });

  test('each second of working hours for a year is reckoned stretch by stretch', () => {
    const windows = [aWindow('12345', '08:00', '18:00')];
    const { timetable, asked } = counted(fromT0(every(S), { windows, zone: 'Europe/Berlin' }));
    const monday = utc('2026-11-23');
    expect(dueOccurrences(timetable, monday - 1, monday + 364 * DAY, 2)).toEqual({
      ...{ firstAt: utc('2026-11-23T07:00'), lastAt: utc('2027-11-19T16:59:59'), count: 52 * 5 * 36_000 },
      latest: [utc('2027-11-19T16:59:58'), utc('2027-11-19T16:59:59')],
    });
    expect(asked()).toBeLessThan(10);
  });

  test('more than can be counted is still right in its first and its latest', () => {
    const { timetable, asked } = counted(fromT0(cron('* * * * * *')));
    const due = dueOccurrences(timetable, T0, T0 + YEAR, 2);
    expect(due).toMatchObject({ firstAt: T0 + S, lastAt: T0 + YEAR, latest: [T0 + YEAR - S, T0 + YEAR] });
    expect(due?.count).toBe(20_000);
    expect(asked()).toBeLessThan(20_010);
  });
});

describe('the end of a job', () => {
  const table: [string, Timetable, number, number | null][] = [
    ['never without one', fromT0(every(S)), T0, null],
    ['after its duration', fromT0(every(S), { durationMs: 500 }), T0, T0 + 500],
    ['at the end of its schedule', fromT0(every(S), { durationMs: 500, endAt: T0 + 300 }), T0, T0 + 300],
    [
      'not with a window, unless it is continuous',
      fromT0(every(S), { windows: [aWindow('7', '08:00', '09:00')] }),
      T0,
      null,
    ],
    [
      'with its window when it is continuous',
      fromT0({ kind: 'continuous' }, { windows: [aWindow('7', '08:00', '09:00')] }),
      T0,
      T0 + 3600 * S,
    ],
    [
      'of a run by hand outside of the windows: none',
      fromT0({ kind: 'continuous' }, { windows: [aWindow('1', '08:00', '09:00')] }),
      T0,
      null,
    ],
  ];
  test.each(table)('%s', (_, timetable, at, expected) => {
    expect(jobEnd(timetable, at)).toBe(expected);
  });
});

describe('jitter', () => {
  const schedule = aSchedule(every(60 * S), { startAt: T0, jitterMs: 1000 });

  test('is always the same for the same occurrence of the same instance', () => {
    expect(jitterOf('a', schedule, T0)).toBe(jitterOf('a', { ...schedule }, T0));
    const values = [0, 1, 2, 3].map((n) => jitterOf(n % 2 === 0 ? 'a' : 'b', schedule, T0 + (n >> 1)));
    expect(new Set(values).size).toBe(4);
  });

  test('is spread evenly up to its most', () => {
    const small = { ...schedule, jitterMs: 9 };
    const counts = Array.from({ length: 10 }, () => 0);
    for (let n = 0; n < 10_000; n++) {
      const value = jitterOf('a', small, T0 + n * 60 * S);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    expect(counts).toHaveLength(10);
    // The standard deviation of a count is 30.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(180);
  });

  test('never reaches the end of the schedule', () => {
    for (let before = 1; before < 100; before++)
      expect(jitterOf('a', { ...schedule, endAt: T0 + before }, T0)).toBeLessThan(before);
    expect(jitterOf('a', { ...schedule, jitterMs: 0 }, T0)).toBe(0);
  });
});
