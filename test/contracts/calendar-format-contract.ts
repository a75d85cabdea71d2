// What every CalendarFormat must do.
import { describe, expect, test } from 'vitest';
import type { CalendarEvent } from '../../src/model/calendar.ts';
import { BerthError } from '../../src/model/errors.ts';
import type { CalendarFormat, CalendarWindow } from '../../src/ports/calendar-format.ts';
import { calendarOf, eventOf, HOLIDAYS, maintenance, VENDOR_ZONE } from './calendar-files.ts';

const YEAR_2026: CalendarWindow = { fromAt: Date.UTC(2026, 0, 1), untilAt: Date.UTC(2027, 0, 1) };

/** An event on one line. */
function told(event: CalendarEvent): string {
  const iso = (at: number) => new Date(at).toISOString().replace(':00.000Z', 'Z');
  const [from, to] = event.kind === 'exact' ? [iso(event.fromAt), iso(event.toAt)] : [event.from, event.to];
  return `${event.summary}: ${from} to ${to}`;
}

/** Runs the contract. */
export function calendarFormatContract(name: string, format: CalendarFormat): void {
  const read = (source: string, window = YEAR_2026) => format.events(source, window).map(told);
  const refusal = (source: string) => {
    try {
      return `${format.events(source, YEAR_2026).length} events`;
    } catch (error) {
      if (error instanceof BerthError) return `${error.code}: ${error.message}`;
      throw error;
    }
  };
  describe(`CalendarFormat: ${name}`, () => {
    files(read);
    series(read);
    zones(read);
    refusing(refusal);
    bounds(refusal);
  });
}

type Read = (source: string, window?: CalendarWindow) => readonly string[];

function files(read: Read): void {
  test('holidays are local days; what is cancelled or leaves people free is not there', () => {
    expect(read(HOLIDAYS)).toEqual([
      'Neujahr: 2026-01-01T00:00:00 to 2026-01-02T00:00:00',
      'Tag der Deutschen Einheit: 2026-10-03T00:00:00 to 2026-10-04T00:00:00',
      'Erster und zweiter Weihnachtstag: 2026-12-25T00:00:00 to 2026-12-27T00:00:00',
    ]);
  });

  test('a file with other ends of lines, with a byte order mark and lower-case names is the same', () => {
    expect(read(`\uFEFF${HOLIDAYS.replaceAll('\r\n', '\n').replace('BEGIN:VCALENDAR', 'begin:vcalendar')}`)).toEqual(
      read(HOLIDAYS),
    );
  });

  test('an event that began before the window and reaches into it is there, one that ended is not', () => {
    const source = calendarOf(
      eventOf('DTSTART:20251231T220000Z', 'DURATION:PT4H', 'SUMMARY:party'),
      eventOf('DTSTART:20251231T220000Z', 'DURATION:PT1H', 'SUMMARY:early'),
      eventOf('DTSTART:20270101T000000Z', 'DURATION:PT1H', 'SUMMARY:late'),
    );
    expect(read(source)).toEqual(['party: 2025-12-31T22:00Z to 2026-01-01T02:00Z']);
  });

  test('a floating time is local, one in UTC is not; an event without length forbids nothing', () => {
    const source = calendarOf(
      eventOf('DTSTART:20260601T080000', 'DTEND:20260601T093000', 'SUMMARY:floating'),
      eventOf('DTSTART:20260602T080000Z', 'DTEND:20260602T093000Z', 'SUMMARY:exact'),
      eventOf('DTSTART:20260603T080000Z', 'SUMMARY:moment'),
    );
    expect(read(source)).toEqual([
      'floating: 2026-06-01T08:00:00 to 2026-06-01T09:30:00',
      'exact: 2026-06-02T08:00Z to 2026-06-02T09:30Z',
    ]);
  });
}

const MAINTENANCE = [
  'Wartung: 2026-03-01T01:00Z to 2026-03-01T03:00Z',
  'Wartung (verschoben): 2026-03-16T21:00Z to 2026-03-16T22:00Z',
  'Wartung: 2026-03-22T01:00Z to 2026-03-22T03:00Z',
  // The night in which clocks go from two to three.
  'Wartung: 2026-03-29T01:00Z to 2026-03-29T03:00Z',
  'Wartung: 2026-04-12T00:00Z to 2026-04-12T02:00Z',
  'Wartung: 2026-04-19T00:00Z to 2026-04-19T02:00Z',
  'Wartung: 2026-04-26T00:00Z to 2026-04-26T02:00Z',
];

function series(read: Read): void {
  test('a weekly series keeps its local time over the change of clocks, without what is left out, moved or cancelled', () => {
    expect(read(maintenance('Europe/Berlin', ''))).toEqual(MAINTENANCE);
  });

  test('a yearly series with a rule of weekdays', () => {
    const source = calendarOf(
      eventOf('DTSTART;VALUE=DATE:20101125', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', 'SUMMARY:thanks'),
    );
    const window = { fromAt: Date.UTC(2026, 0, 1), untilAt: Date.UTC(2029, 0, 1) };
    expect(read(source, window).map((line) => line.slice(8, 18))).toEqual(['2026-11-26', '2027-11-25', '2028-11-23']);
  });

  test('COUNT counts from the beginning, dates are added, and days that a rule ends on count whole', () => {
    const source = calendarOf(
      eventOf('DTSTART:20251230T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=4', 'SUMMARY:counted'),
      eventOf('DTSTART:20260301T100000Z', 'DURATION:PT1H', 'RDATE:20260305T120000Z,20260301T100000Z', 'SUMMARY:dated'),
      eventOf('DTSTART:20260501T100000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;UNTIL=20260502', 'SUMMARY:ended'),
    );
    expect(read(source).map((line) => line.split(' to ')[0])).toEqual([
      'counted: 2026-01-01T10:00Z',
      'counted: 2026-01-02T10:00Z',
      'dated: 2026-03-01T10:00Z',
      'dated: 2026-03-05T12:00Z',
      'ended: 2026-05-01T10:00:00',
      'ended: 2026-05-02T10:00:00',
    ]);
  });

  test('a series of every second week or third day that began years ago is in step with its beginning', () => {
    const source = calendarOf(
      eventOf('DTSTART:20000103T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU', 'SUMMARY:week'),
      eventOf('DTSTART:20000101T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;INTERVAL=3', 'SUMMARY:day'),
    );
    const window = { fromAt: Date.UTC(2026, 0, 1), untilAt: Date.UTC(2026, 0, 20) };
    const days = (summary: string) =>
      read(source, window).flatMap((line) =>
        line.startsWith(summary) ? [line.slice(summary.length + 2, summary.length + 12)] : [],
      );
    // 13,584 days, which is 970 times two weeks and 4 days, lie between 2000-01-03 (a Monday) and 2026-01-11.
    expect(days('week')).toEqual(
      everyMatching(window, Date.UTC(2000, 0, 3), (day) => day % 14 === 0 || day % 14 === 6),
    );
    expect(days('day')).toEqual(everyMatching(window, Date.UTC(2000, 0, 1), (day) => day % 3 === 0));
  });
}

/** The days of a window whose number since a beginning is wanted. */
function everyMatching({ fromAt, untilAt }: CalendarWindow, begin: number, isWanted: (day: number) => boolean) {
  const dayMs = 86_400_000;
  const days = Array.from({ length: (untilAt - fromAt) / dayMs }, (_, index) => fromAt + index * dayMs);
  return days.filter((at) => isWanted((at - begin) / dayMs)).map((at) => new Date(at).toISOString().slice(0, 10));
}

function zones(read: Read): void {
  test('a zone that the file defines under a name of its own', () => {
    expect(read(maintenance('"W. Europe Standard Time"', VENDOR_ZONE))).toEqual(MAINTENANCE);
  });

  test('an hour that does not exist counts with the offset before the gap, one that exists twice is the first', () => {
    for (const [zone, definition] of [
      ['Europe/Berlin', []],
      ['"W. Europe Standard Time"', [VENDOR_ZONE]],
    ] as const) {
      const source = calendarOf(
        ...definition,
        eventOf(`DTSTART;TZID=${zone}:20260329T023000`, 'DURATION:PT15M', 'SUMMARY:gap'),
        eventOf(`DTSTART;TZID=${zone}:20261025T023000`, 'DURATION:PT15M', 'SUMMARY:twice'),
      );
      expect(read(source)).toEqual([
        'gap: 2026-03-29T01:30Z to 2026-03-29T01:45Z',
        'twice: 2026-10-25T00:30Z to 2026-10-25T00:45Z',
      ]);
    }
  });

  test('a day of duration is a day of the calendar, 24 hours until an end are 24 hours', () => {
    const source = calendarOf(
      eventOf('DTSTART;TZID=Europe/Berlin:20260328T120000', 'DURATION:P1D', 'SUMMARY:day'),
      eventOf(
        'DTSTART;TZID=Europe/Berlin:20260328T120000',
        'DTEND;TZID=Europe/Berlin:20260329T120000',
        'RRULE:FREQ=DAILY;COUNT=2',
        'SUMMARY:hours',
      ),
    );
    expect(read(source)).toEqual([
      'day: 2026-03-28T11:00Z to 2026-03-29T10:00Z',
      'hours: 2026-03-28T11:00Z to 2026-03-29T10:00Z',
      'hours: 2026-03-29T10:00Z to 2026-03-30T09:00Z',
    ]);
  });
}

function refusing(refusal: (source: string) => string): void {
  test.each([
    ['', 'line 1: there is no BEGIN:VCALENDAR in it'],
    ['<html>', 'line 1: it stands outside of any calendar; a calendar begins with BEGIN:VCALENDAR'],
    ['BEGIN:VCARD\nEND:VCARD', 'line 1: a calendar begins with BEGIN:VCALENDAR, not with BEGIN:VCARD'],
    ['BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T000000Z', 'line 2: its BEGIN:VEVENT has no END'],
    ['BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR', 'line 3: END:VCALENDAR where BEGIN:VEVENT of line 2 should end'],
    [calendarOf(eventOf('SUMMARY:when?')), 'line 4: the event has no DTSTART'],
    [calendarOf(eventOf('DTSTART;VALUE=DATE:20260230')), 'line 6: there is no such time as 2026-02-30'],
    [
      calendarOf(eventOf('DTSTART:20260101T000000Z', 'DTEND:20251231T000000Z')),
      'line 7: the event ends before it begins',
    ],
    [
      calendarOf(eventOf('DTSTART;VALUE=DATE:20260101', 'DTEND:20260102T000000Z')),
      'line 7: DTEND is not written the same way as DTSTART: as a day, a local time, or a time in a zone',
    ],
    [
      calendarOf(eventOf('DTSTART;TZID=Mars/Olympus:20260101T000000', 'DURATION:PT1H')),
      'line 6: the time zone Mars/Olympus is neither defined in the file nor the IANA name of a zone',
    ],
    [calendarOf(eventOf('DTSTART:20260101T000000Z', 'DURATION:PT1H', 'RRULE:INTERVAL=2')), 'line 8: RRULE has no FREQ'],
    [calendarOf(eventOf('DTSTART:20260101T000000Z', 'DURATION:-PT1H')), 'line 7: a duration cannot be negative'],
  ])('%j is refused', (source, reason) => {
    expect(refusal(source)).toBe(`calendar.invalid: The calendar cannot be read: ${reason}.`);
  });

  test('a rule that its line spells wrong is refused with that line', () => {
    const source = calendarOf(eventOf('DTSTART:20260101T000000Z', 'DURATION:PT1H', 'RRULE:FREQ=SOMETIMES'));
    expect(refusal(source)).toMatch(/^calendar.invalid: The calendar cannot be read: line 8: .*SOMETIMES/);
  });
}

function bounds(refusal: (source: string) => string): void {
  const ruled = (rule: string, start = '20260101T000000Z') =>
    calendarOf(eventOf(`DTSTART:${start}`, 'DURATION:PT1S', `RRULE:${rule}`));

  test('a file of more than a mebibyte is refused', () => {
    expect(refusal(calendarOf(`X-COMMENT:${'x'.repeat(1024 * 1024)}`))).toMatch(
      /^calendar.too-large: .* bytes, at most 1048576/,
    );
  });

  test('more than 20,000 events in the window are refused', () => {
    expect(refusal(ruled('FREQ=MINUTELY'))).toMatch(/^calendar.too-large: .*more than 20000 events/);
  });

  test.each([
    'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=SECONDLY;COUNT=999999999',
    'FREQ=HOURLY;INTERVAL=99999999999;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;INTERVAL=999999999',
    'FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2',
    'FREQ=YEARLY;BYDAY=1MO;BYMONTHDAY=20;BYMONTH=4',
    'FREQ=YEARLY;BYWEEKNO=54',
    'FREQ=YEARLY;INTERVAL=999999999',
    'FREQ=MONTHLY;BYDAY=5MO;BYMONTH=2;INTERVAL=12',
    `FREQ=MONTHLY;BYDAY=${Array.from({ length: 350 }, () => '5SU').join(',')};BYMONTH=2`,
    `FREQ=YEARLY;BYDAY=${Array.from({ length: 5000 }, () => 'MO').join(',')}`,
    'FREQ=WEEKLY;BYWEEKNO=1;BYDAY=MO;BYMONTH=7',
  ])('the rule %s ends within moments', (rule) => {
    for (const start of ['20260101T000000Z', '19700101T000000Z']) {
      const before = process.hrtime.bigint();
      expect(refusal(ruled(rule, start))).toMatch(/events|^calendar\./);
      expect(Number(process.hrtime.bigint() - before) / 1e9).toBeLessThan(10);
    }
  });

  test('a zone that changes its offset every second is refused', () => {
    const zone = VENDOR_ZONE.replaceAll('FREQ=YEARLY;INTERVAL=1', 'FREQ=SECONDLY');
    expect(refusal(maintenance('"W. Europe Standard Time"', zone))).toMatch(/^calendar.too-large/);
  });
}
