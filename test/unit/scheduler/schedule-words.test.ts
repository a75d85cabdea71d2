import { expect, test } from 'vitest';
import type { Schedule } from '../../../src/model/schedule.ts';
import { scheduleInWords } from '../../../src/scheduler/schedule-words.ts';
import { aSchedule, aWindow, cron, utc } from './timetables.ts';

const startAt = utc('2026-11-22T08:00');
const zone = 'Europe/Berlin';

const table: [Schedule, string][] = [
  [aSchedule({ kind: 'now' }), 'at once'],
  [aSchedule({ kind: 'once', at: startAt }), 'once at 2026-11-22T08:00:00Z'],
  [aSchedule({ kind: 'interval', everyMs: 600_000 }, { startAt }), 'every 10 min from 2026-11-22T08:00:00Z'],
  [
    aSchedule({ kind: 'interval', everyMs: 90_000 }, { startAt: startAt + 5 }),
    'every 90 s from 2026-11-22T08:00:00.005Z',
  ],
  [aSchedule({ kind: 'continuous' }, { startAt }), 'continuously from 2026-11-22T08:00:00Z'],
  [
    aSchedule({ kind: 'calendar', months: 1, days: 0 }, { startAt, zone }),
    'every month from 2026-11-22 09:00 in Europe/Berlin',
  ],
  [
    aSchedule({ kind: 'calendar', months: 24, days: 3 }, { startAt }),
    'every 2 years and 3 days from 2026-11-22 08:00 in UTC',
  ],
  [aSchedule({ kind: 'calendar', months: 0, days: 2 }, { startAt }), 'every 2 days from 2026-11-22 08:00 in UTC'],
  [aSchedule({ kind: 'after', instance: 'import-1', on: 'success' }), 'after import-1 succeeds'],
  [
    aSchedule([cron('0 8 * * *'), { kind: 'after', instance: 'import-1', on: 'failure' }], { zone }),
    'cron 0 8 * * * and after import-1 fails in Europe/Berlin',
  ],
  [
    aSchedule(cron('0 8 * * 1-5'), { zone, windows: [aWindow('12345', '08:00', '18:00')], calendars: ['holidays'] }),
    'cron 0 8 * * 1-5 in Europe/Berlin, between 08:00 and 18:00 on weekdays, not in holidays',
  ],
  [
    aSchedule(
      { kind: 'continuous' },
      {
        startAt,
        zone,
        windows: [aWindow('67', '08:00', '24:00'), aWindow('31', '22:30', '06:00')],
        calendars: ['a', 'b'],
      },
    ),
    'continuously from 2026-11-22T08:00:00Z, between 08:00 and 24:00 at weekends or between 22:30 and 06:00 on Mon, Wed in Europe/Berlin, not in a or b',
  ],
  [
    aSchedule({ kind: 'now' }, { endAt: startAt, durationMs: 7_200_000, jitterMs: 1500 }),
    'at once, until 2026-11-22T08:00:00Z, for 2 h, up to 1500 ms late',
  ],
];

test.each(table)('%# is one line for people', (schedule, words) => {
  expect(scheduleInWords(schedule)).toBe(words);
});
