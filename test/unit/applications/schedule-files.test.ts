// What an instance file may say of time, and what becomes of each form of it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createInstance } from '../../../src/applications/instance-requests.ts';
import { pushPackage } from '../../../src/applications/package-requests.ts';
import type { Instance } from '../../../src/model/instance.ts';
import { openRepository, type Repository, refusal, zipStream } from './repository.ts';

let repository: Repository;
beforeEach(async () => {
  repository = await openRepository();
  await pushPackage(repository.parts, zipStream());
});
afterEach(() => repository.end());

const FILE = { name: 'hourly', application: 'weather', algorithm: 'report' };

const create = (fields: object) =>
  createInstance(repository.parts, { name: 'a.json', contents: { value: { ...FILE, ...fields } } });

async function problemOf(fields: object): Promise<string> {
  const { problems } = await refusal(create(fields));
  return problems.map(({ path, found, expected }) => `${path}: ${found} → ${expected}`).join('\n');
}

describe('a trigger', () => {
  test.each<[object, Instance['schedule']['triggers'][number]]>([
    [
      { kind: 'interval', every: '1d' },
      { kind: 'interval', everyMs: 86_400_000 },
    ],
    [
      { kind: 'interval', every: 'PT24H' },
      { kind: 'interval', everyMs: 86_400_000 },
    ],
    [
      { kind: 'interval', every: 'P1D' },
      { kind: 'calendar', months: 0, days: 1 },
    ],
    [
      { kind: 'interval', every: 'P2W' },
      { kind: 'calendar', months: 0, days: 14 },
    ],
    [
      { kind: 'interval', every: 'P1Y2M3D' },
      { kind: 'calendar', months: 14, days: 3 },
    ],
    [
      { kind: 'cron', expression: '0 8 * * MON-FRI' },
      { kind: 'cron', expression: '0 8 * * MON-FRI' },
    ],
    [{ kind: 'continuous' }, { kind: 'continuous' }],
  ])('%j is read as %j', async (schedule, trigger) => {
    expect((await create({ schedule })).schedule.triggers).toEqual([trigger]);
  });

  test('stands alone or in a list, with the same bounds', async () => {
    const bounds = {
      start: '2030-01-01T00:00:00Z',
      end: '2031-01-01T00:00:00Z',
      duration: '10m',
      zone: 'Europe/Berlin',
      windows: [
        { days: 'weekdays', from: '08:00', to: '18:00' },
        { days: ['sun', 'sat'], from: '22:00', to: '24:00' },
      ],
      jitter: '30s',
    };
    const trigger = { kind: 'interval', every: '1h' };
    const alone = await create({ schedule: { ...trigger, ...bounds } });
    const listed = await create({ name: 'listed', schedule: { triggers: [trigger], ...bounds } });
    expect(listed.schedule).toEqual(alone.schedule);
    expect(alone.schedule).toEqual({
      triggers: [{ kind: 'interval', everyMs: 3_600_000 }],
      startAt: Date.parse('2030-01-01T00:00:00Z'),
      endAt: Date.parse('2031-01-01T00:00:00Z'),
      durationMs: 600_000,
      zone: 'Europe/Berlin',
      windows: [
        { days: [1, 2, 3, 4, 5], fromMinute: 480, toMinute: 1080 },
        { days: [6, 7], fromMinute: 1320, toMinute: 1440 },
      ],
      calendars: [],
      jitterMs: 30_000,
    });
  });

  test.each<[object, string]>([
    [{ kind: 'interval', every: 'P1DT1H' }, '$.schedule.every: "P1DT1H" → a length of time'],
    [{ kind: 'interval', every: 'P100Y' }, '$.schedule.every: "P100Y" → a length of time'],
    [{ kind: 'cron' }, '$.schedule.expression: nothing → a string'],
    [{ kind: 'cron', expression: '0 25 * * *' }, '$.schedule.expression:'],
    [{ triggers: [] }, '$.schedule.triggers: [] → at least 1 entry'],
    [{ triggers: [{ kind: 'cron', expression: '61 * * * *' }] }, '$.schedule.triggers[0].expression:'],
    [{ triggers: [{ kind: 'now' }, { kind: 'continuous' }] }, '$.schedule.triggers[0].kind:'],
    [{ triggers: [{ kind: 'soon' }] }, '$.schedule.triggers[0].kind: "soon" → one of "now", "once"'],
    [
      { triggers: [{ kind: 'now' }], every: '1h' },
      '$.schedule.every: an unknown field → one of the fields triggers, start, end, duration, zone',
    ],
    [{ kind: 'interval', every: '1h', zone: 'Europe/Bern' }, '$.schedule.zone: "Europe/Bern" → a time zone'],
    [{ kind: 'interval', every: '1h', zone: '+01:00' }, '$.schedule.zone: "+01:00" → a time zone'],
    [{ kind: 'interval', every: '1h', calendars: ['holidays'] }, "$.schedule.calendars[0]: 'holidays' → a calendar"],
    [
      { kind: 'interval', every: '1h', windows: [{ days: ['monday'], from: '8:00', to: '25:00' }] },
      '$.schedule.windows[0].days[0]: "monday" → one of "mon", "tue"',
    ],
    [
      { kind: 'interval', every: '1h', windows: [{ days: 'always', from: '08:00', to: '25:00' }] },
      '$.schedule.windows[0].days: "always" → a list of mon, tue',
    ],
    [
      { kind: 'interval', every: '1h', windows: [{ days: 'daily', from: '08:00', to: '25:00' }] },
      '$.schedule.windows[0].to: "25:00" → a time of day',
    ],
    [{ kind: 'after', instance: 'nobody' }, '$.schedule.instance: "nobody" → the name of another instance'],
    [{ kind: 'after', instance: 'hourly' }, '$.schedule.instance: a circle: hourly → hourly →'],
    [{ kind: 'after', instance: 'x', on: 'error' }, '$.schedule.on: "error" → one of "success", "failure", "any"'],
  ])('%j is refused', async (schedule, expected) => {
    expect(await problemOf({ schedule })).toContain(expected);
  });
});

describe('a policy', () => {
  const schedule = { kind: 'interval', every: '1h' };

  test.each<[object, Partial<Instance>]>([
    [
      { missed: 'skip', overlap: 'replace' },
      { missed: { kind: 'skip' }, overlap: { kind: 'replace' } },
    ],
    [
      { missed: 'run-all', overlap: 'queue' },
      { missed: { kind: 'run-all', max: 10, maxAgeMs: 86_400_000 }, overlap: { kind: 'queue', max: 10 } },
    ],
    [
      { missed: { policy: 'run-all', max: 3, maxAge: '6h' }, overlap: { policy: 'queue', max: 5 } },
      { missed: { kind: 'run-all', max: 3, maxAgeMs: 21_600_000 }, overlap: { kind: 'queue', max: 5 } },
    ],
    [
      { missed: { policy: 'run-latest' }, overlap: { policy: 'allow' } },
      { missed: { kind: 'run-latest' }, overlap: { kind: 'allow' } },
    ],
  ])('%j is read', async (fields, expected) => {
    expect(await create({ schedule, ...fields })).toMatchObject(expected);
  });

  test.each<[object, string]>([
    [{ missed: 'all' }, '$.missed: "all" → "skip", "run-latest", "run-all" or an object with "policy"'],
    [{ missed: { policy: 'run-all', max: 0 } }, '$.missed.max: 0 → at least 1'],
    [{ missed: { policy: 'skip', max: 1 } }, '$.missed.max: an unknown field → one of the fields policy'],
    [{ overlap: { policy: 'wait' } }, '$.overlap.policy: "wait" → one of "allow", "skip", "queue", "replace"'],
    [{ overlap: { policy: 'queue', max: 1000 } }, '$.overlap.max: 1000 → at most 100'],
    [{ priority: 11 }, '$.priority: 11 → at most 10'],
    [{ lead: '2d' }, '$.lead: "2d" → a length of time'],
    [{ place: { location: '/campus' } }, '$.place.location: "/campus" → a path such as'],
  ])('%j is refused', async (fields, expected) => {
    expect(await problemOf({ schedule, ...fields })).toContain(expected);
  });

  test('holds containers ready on shared machines alone, unless it is asked for', async () => {
    expect(await create({ schedule })).toMatchObject({ leadMs: 15_000 });
    expect(await create({ schedule, name: 'b', machine: 'standalone' })).toMatchObject({ leadMs: 0 });
    expect(await create({ schedule, name: 'c', machine: 'standalone', lead: '1m' })).toMatchObject({ leadMs: 60_000 });
  });
});
