// Calendars in whose events nothing runs.
import { describe, expect, test } from 'vitest';
import type { CalendarEvent } from '../../../src/model/calendar.ts';
import { coveringEvent } from '../../../src/scheduler/blackouts.ts';
import { jobEnd } from '../../../src/scheduler/occurrences.ts';
import { aCalendar, aSchedule, aTimetable, aWindow, local, localOccurrences, utc, walked } from './timetables.ts';

const HOUR = 3_600_000;
const berlin = 'Europe/Berlin';

function exact(from: string, to: string, summary = 'closed'): CalendarEvent {
  return { kind: 'exact', summary, fromAt: utc(from), toAt: utc(to) };
}

function floating(from: string, to: string, summary = 'closed'): CalendarEvent {
  return { kind: 'local', summary, from, to };
}

function hours(from: string, days: number, zone: string, ...calendars: readonly CalendarEvent[][]): string[] {
  const schedule = aSchedule({ kind: 'interval', everyMs: HOUR }, { zone });
  const named = calendars.map((events, index) => aCalendar(`c${index}`, ...events));
  return localOccurrences(aTimetable(schedule, ...named), utc(from), days).map((each) => each.slice(11, 13));
}

const NIGHT = ['00', '01', '02', '03', '04', '05'];

describe('an event', () => {
  test('forbids its beginning and not its end', () => {
    expect(hours('2026-02-01', 0.25, 'UTC', [exact('2026-02-01T01:00', '2026-02-01T03:00')])).toEqual(
      NIGHT.filter((hour) => hour !== '01' && hour !== '02'),
    );
  });

  test('of a calendar that was replaced forbids until then, and one of the new calendar from then on', () => {
    const before = [exact('2026-02-01T02:00', '2026-02-01T05:00', 'old')];
    const after = [exact('2026-02-01T00:00', '2026-02-01T01:30'), exact('2026-02-01T05:00', '2026-02-01T06:00', 'new')];
    const earlier = [{ events: before, untilAt: utc('2026-02-01T03:30') }];
    const calendar = { ...aCalendar('c', ...after), earlier };
    const timetable = aTimetable(aSchedule({ kind: 'interval', everyMs: HOUR }), calendar);
    const found = localOccurrences(timetable, utc('2026-02-01'), 0.25);
    expect(found.map((each) => each.slice(11, 13))).toEqual(['00', '01', '04']);
    const summaryAt = (at: string) => coveringEvent([calendar], 'UTC', utc(at))?.summary;
    expect(['2026-02-01T03:00', '2026-02-01T04:00', '2026-02-01T05:00'].map(summaryAt)).toEqual([
      'old',
      undefined,
      'new',
    ]);
  });

  test('that is over before it begins, or at once, forbids nothing', () => {
    const events = [exact('2026-02-01T03:00', '2026-02-01T01:00'), exact('2026-02-01T02:00', '2026-02-01T02:00')];
    expect(hours('2026-02-01', 0.25, 'UTC', events)).toEqual(NIGHT);
  });

  test.each([
    ['touch', '2026-02-01T02:00', '2026-02-01T04:00'],
    ['overlap', '2026-02-01T01:30', '2026-02-01T04:00'],
    ['lie in one another', '2026-02-01T00:30', '2026-02-01T03:30'],
  ])('of two that %s neither lets anything through, of one calendar or of two', (_, from, to) => {
    const [first, second] = [exact('2026-02-01T00:30', '2026-02-01T02:00'), exact(from, to)];
    const rest = ['00', '04', '05'];
    expect(hours('2026-02-01', 0.25, 'UTC', [first, second])).toEqual(rest);
    expect(hours('2026-02-01', 0.25, 'UTC', [second], [first])).toEqual(rest);
  });

  test('of local time holds in the zone of the schedule', () => {
    const day = [floating('2026-12-25T00:00:00', '2026-12-26T00:00:00')];
    const missing = (zone: string) => {
      const there = walked(
        aTimetable(aSchedule({ kind: 'interval', everyMs: HOUR }, { zone }), aCalendar('c', ...day)),
        utc('2026-12-24'),
        utc('2026-12-27'),
      );
      const gap = there.findIndex((at, index) => at - (there[index - 1] ?? at) > HOUR);
      return [local(zone, (there[gap - 1] ?? 0) + HOUR), local(zone, there[gap] ?? 0)];
    };
    expect(missing(berlin)).toEqual(['2026-12-25T00:00+01:00', '2026-12-26T00:00+01:00']);
    expect(missing('America/New_York')).toEqual(['2026-12-25T00:00-05:00', '2026-12-26T00:00-05:00']);
  });

  test('of a day on which the clock changes is as long as that day', () => {
    const day = (date: string, next: string) => [floating(`${date}T00:00:00`, `${next}T00:00:00`)];
    expect(hours('2026-03-28T23:00', 1, berlin, day('2026-03-29', '2026-03-30'))).toEqual(['00']);
    expect(hours('2026-10-24T22:00', 25 / 24, berlin, day('2026-10-25', '2026-10-26'))).toEqual([]);
  });
});

describe('a continuous instance', () => {
  function stretches(events: readonly CalendarEvent[][], windows = [aWindow('1234567', '08:00', '18:00')]): string[] {
    const calendars = events.map((each, index) => aCalendar(`c${index}`, ...each));
    const timetable = aTimetable(aSchedule({ kind: 'continuous' }, { windows }), ...calendars);
    return walked(timetable, utc('2026-02-02'), utc('2026-02-03')).map((at) => {
      const end = jobEnd(timetable, at);
      return `${local('UTC', at).slice(11, 16)}-${end === null ? '' : local('UTC', end).slice(11, 16)}`;
    });
  }

  test.each([
    ['in the middle', [[exact('2026-02-02T12:00', '2026-02-02T13:00')]], ['08:00-12:00', '13:00-18:00']],
    ['over the opening', [[exact('2026-02-02T07:00', '2026-02-02T09:00')]], ['09:00-18:00']],
    ['over the closing', [[exact('2026-02-02T17:00', '2026-02-02T23:00')]], ['08:00-17:00']],
    ['over all of it', [[exact('2026-02-02T08:00', '2026-02-02T18:00')]], []],
    ['up to the opening', [[exact('2026-02-02T06:00', '2026-02-02T08:00')]], ['08:00-18:00']],
    [
      'of two calendars that touch',
      [[exact('2026-02-02T12:00', '2026-02-02T13:00')], [exact('2026-02-02T13:00', '2026-02-02T14:00')]],
      ['08:00-12:00', '14:00-18:00'],
    ],
  ])('ends when an event begins and begins when it ends: %s', (_, events, expected) => {
    expect(stretches(events)).toEqual(expected);
  });

  test('without windows runs between events', () => {
    const day = exact('2026-02-02T12:00', '2026-02-02T13:00');
    expect(stretches([[day]], [])).toEqual(['13:00-']);
  });
});
