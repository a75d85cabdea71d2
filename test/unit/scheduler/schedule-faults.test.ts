import { describe, expect, test } from 'vitest';
import type { Schedule } from '../../../src/model/schedule.ts';
import { scheduleFaults } from '../../../src/scheduler/schedule-faults.ts';
import { aSchedule, aWindow, cron, utc } from './timetables.ts';

const NOW = utc('2026-11-22T08:00');
const minutely = { kind: 'interval', everyMs: 60_000 } as const;
const afterEndOf = (instance: string) => ({ kind: 'after', instance, on: 'any' }) as const;

function faultsOf(schedule: Schedule): string[] {
  return scheduleFaults(schedule, ['holidays'], NOW).map(
    ({ path, found, expected }) => `${path}: ${found} | ${expected}`,
  );
}

describe('is taken:', () => {
  const table: [string, Schedule][] = [
    ['an interval', aSchedule(minutely)],
    ['cron with a calendar', aSchedule(cron('0 8 * * MON-FRI'), { calendars: ['holidays'], zone: 'Europe/Berlin' })],
    ['cron with seconds', aSchedule(cron('*/10 * * * * *'))],
    ['29 February', aSchedule(cron('0 0 29 2 *'))],
    ['several triggers', aSchedule([cron('0 8 * * *'), minutely, afterEndOf('a'), afterEndOf('b')])],
    ['only after another one', aSchedule(afterEndOf('a'))],
    ['at once', aSchedule({ kind: 'now' }, { startAt: NOW })],
    ['continuous in windows', aSchedule({ kind: 'continuous' }, { windows: [aWindow('7', '22:00', '06:00')] })],
    [
      'once, with others that are over',
      aSchedule([
        { kind: 'once', at: NOW - 5 },
        { kind: 'once', at: NOW + 5 },
      ]),
    ],
  ];
  test.each(table)('%s', (_, schedule) => {
    expect(faultsOf(schedule)).toEqual([]);
  });
});

describe('is not taken:', () => {
  const table: [string, Schedule, string[]][] = [
    ['no triggers', aSchedule([]), ['triggers: none | at least one trigger']],
    [
      'an unknown zone',
      aSchedule(minutely, { zone: 'Europe/Atlantis' }),
      ["zone: 'Europe/Atlantis' | an IANA time zone"],
    ],
    ['an offset for a zone', aSchedule(minutely, { zone: '+01:00' }), ["zone: '+01:00' | an IANA time zone"]],
    ['no zone', aSchedule(minutely, { zone: '' }), ["zone: '' | an IANA time zone"]],
    [
      'a cron field out of range',
      aSchedule([minutely, cron('0 25 * * *')]),
      ["triggers[1].expression: '25' for the hour in '0 25 * * *' | 0 to 23"],
    ],
    [
      'a cron field of seconds out of range',
      aSchedule(cron('61 0 0 * * *')),
      ["triggers[0].expression: '61' for the second in '61 0 0 * * *' | 0 to 59"],
    ],
    [
      'a day of month out of range',
      aSchedule(cron('0 0 32 * *')),
      ["triggers[0].expression: '32' for the day of month"],
    ],
    ['a month that is none', aSchedule(cron('0 0 1 FOO *')), ["triggers[0].expression: 'FOO' for the month"]],
    ['a sixth Monday', aSchedule(cron('0 0 * * 1#6')), ["triggers[0].expression: '1#6' for the day of week"]],
    ['a range backwards', aSchedule(cron('30-10 * * * *')), ["triggers[0].expression: '30-10' for the minute"]],
    [
      'four fields',
      aSchedule(cron('0 8 * *')),
      ["triggers[0].expression: '0 8 * *' with 4 fields | five fields (minute"],
    ],
    ['seven fields', aSchedule(cron('0 0 8 * * * 2026')), ["triggers[0].expression: '0 0 8 * * * 2026' with 7 fields"]],
    ['an empty expression', aSchedule(cron(' ')), ["triggers[0].expression: ' ' with 0 fields"]],
    [
      'a date for cron',
      aSchedule(cron('2026-01-01T00:00')),
      ["triggers[0].expression: '2026-01-01T00:00' with 1 field |"],
    ],
    ['a nickname that is none', aSchedule(cron('@reboot')), ["triggers[0].expression: '@reboot' with 1 field |"]],
    ['31 February', aSchedule(cron('0 0 31 2 *')), ["triggers[0].expression: '0 0 31 2 *': no such date ever comes"]],
    [
      '31 February among others',
      aSchedule([minutely, cron('0 0 30,31 2 *')]),
      ["triggers[1].expression: '0 0 30,31 2 *': no such date ever comes"],
    ],
    [
      'an interval of nothing',
      aSchedule({ kind: 'interval', everyMs: 0 }),
      ['triggers[0].everyMs: 0 | a whole number'],
    ],
    ['steps of nothing', aSchedule({ kind: 'calendar', months: 0, days: 0 }), ['triggers[0]: 0 months and 0 days |']],
    ['steps back', aSchedule({ kind: 'calendar', months: -1, days: 40 }), ['triggers[0]: -1 months and 40 days |']],
    [
      'now with others',
      aSchedule([{ kind: 'now' }, minutely]),
      ["triggers[0].kind: 'now' together with 1 other | 'now' stands alone"],
    ],
    [
      'continuous with others',
      aSchedule([minutely, { kind: 'continuous' }, afterEndOf('a')]),
      ["triggers[1].kind: 'continuous' together with 2 other | 'continuous' stands alone"],
    ],
    [
      'twice after the same one',
      aSchedule([afterEndOf('a'), afterEndOf('a')]),
      ["triggers[1].instance: a second 'after' of 'a' |"],
    ],
    [
      'windows on no day',
      aSchedule(minutely, { windows: [aWindow('', '08:00', '09:00')] }),
      ['windows[0].days: no days |'],
    ],
    [
      'an eighth day',
      aSchedule(minutely, { windows: [aWindow('18', '08:00', '09:00')] }),
      ['windows[0].days[1]: 8 | a day'],
    ],
    [
      'a window from 24:00',
      aSchedule(minutely, { windows: [aWindow('1', '24:00', '09:00')] }),
      ['windows[0].fromMinute: 1440 |'],
    ],
    [
      'an end before the start',
      aSchedule(minutely, { endAt: 0 }),
      ['endAt: 1970-01-01T00:00:00Z | an end after the start, 2026-01-01'],
    ],
    ['no duration', aSchedule(minutely, { durationMs: 0 }), ['durationMs: 0 |']],
    ['negative jitter', aSchedule(minutely, { jitterMs: -1 }), ['jitterMs: -1 |']],
    [
      'a calendar that is not there',
      aSchedule(minutely, { calendars: ['holidays', 'hols'] }),
      ["calendars[1]: 'hols' | a calendar that exists: there are holidays"],
    ],
    [
      'what is over',
      aSchedule({ kind: 'once', at: NOW - 1 }),
      [
        'triggers: once at 2026-11-22T07:59:59.999Z: it never runs | at least one occurrence from 2026-11-22T08:00:00Z on',
      ],
    ],
    ['an end that is over', aSchedule(minutely, { endAt: NOW - 60_000 }), ['triggers: every 1 min from']],
    [
      'times of day outside of the windows',
      aSchedule(cron('0 7 * * *'), { windows: [aWindow('1', '08:00', '09:00')] }),
      ['triggers: cron 0 7 * * * in UTC, between 08:00 and 09:00 on Mon: it never runs'],
    ],
    [
      'several at once',
      aSchedule([cron('x'), cron('0 0 * * 9')], { zone: 'x' }),
      ["zone: 'x'", "triggers[0].expression: 'x' with 1 field", "triggers[1].expression: '9' for the day of week"],
    ],
  ];
  test.each(table)('%s', (_, schedule, expected) => {
    const found = faultsOf(schedule);
    expect(found.map((fault, index) => fault.slice(0, expected[index]?.length))).toEqual(expected);
  });
});
