// What the form of the console writes into an instance file, and what of a file it shows.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readInstanceFile } from '../../../src/applications/read-instance-file.ts';
import { dailyOf, expressionOf } from '../../../web/src/instances/form/daily-times.ts';
import { rhythmOf, writtenRhythm } from '../../../web/src/instances/form/rhythm.ts';
import { fileOf, type InstanceDraft, triggersOf, withTriggers } from '../../../web/src/instances/instance-draft.ts';
import { readDraft } from '../../../web/src/instances/read-draft.ts';
import { instantOf, localTime } from '../../../web/src/instances/zone-time.ts';

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'];

const minute = fc
  .integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2040, 0, 1) })
  .map((ms) => new Date(ms).toISOString().slice(0, 16));

test('A local time of a zone is the instant that the rules of clocks give it', () => {
  fc.assert(
    fc.property(minute, fc.constantFrom(...ZONES), (local, zone) => {
      const meant = Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'compatible' });
      expect(Date.parse(instantOf(local, zone) ?? '')).toBe(meant.epochMilliseconds);
    }),
  );
  const gap = instantOf('2027-03-28T02:30', 'Europe/Berlin');
  const twice = instantOf('2027-10-31T02:30', 'Europe/Berlin');
  expect([gap, twice]).toEqual(['2027-03-28T03:30:00+02:00', '2027-10-31T02:30:00+02:00']);
  expect(instantOf('', 'UTC')).toBeUndefined();
});

test('An instant of a file is shown as local time of its zone, and written back as the same instant', () => {
  fc.assert(
    fc.property(minute, fc.constantFrom(...ZONES), (utc, zone) => {
      const at = Temporal.Instant.from(`${utc}Z`).toZonedDateTimeISO(zone);
      const local = localTime(at.toInstant().toString(), zone);
      expect(local).toBe(at.toPlainDateTime().toString().slice(0, 16));
    }),
  );
  expect(localTime('tomorrow', 'UTC')).toBe('');
});

describe('days and a time', () => {
  test('are a cron expression, and are found again in it', () => {
    const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), (chosen, hour, at) => {
        const time = `${String(hour).padStart(2, '0')}:${String(at).padStart(2, '0')}`;
        const sorted = chosen.toSorted((a, b) => a - b);
        expect(dailyOf(expressionOf({ days: chosen, time }))).toEqual({ days: sorted, time });
      }),
    );
    expect(dailyOf('5 4 * * 0,6')).toEqual({ days: [6, 7], time: '04:05' });
  });

  test.each(['*/5 * * * *', '0 8 1 * *', '0 25 * * *', '0 8 * * MON', '0 0 8 * * *', ''])(
    'are not found in "%s", which says something else',
    (expression) => expect(dailyOf(expression)).toBeNull(),
  );
});

test.each(['30s', '5m', '12h', 'P1D', 'P2W', 'P1M', 'P1Y'])('The rhythm %s stays what it is', (text) => {
  const rhythm = rhythmOf(text);
  expect(rhythm && writtenRhythm(rhythm)).toBe(text);
});

test.each(['1h30m', 'PT24H', 'P1Y2M', 'often'])('The rhythm %s is left as text', (text) => {
  expect(rhythmOf(text)).toBeNull();
});

describe('a file that the form wrote', () => {
  const read = (draft: InstanceDraft) => readInstanceFile({ name: 'a', contents: Buffer.from(fileOf(draft)) });
  const whole: InstanceDraft = { name: 'a', application: 'b', algorithm: 'c' };

  test('is one that the platform takes, without what was left empty', () => {
    const draft: InstanceDraft = {
      ...whole,
      package: undefined,
      schedule: { ...withTriggers({ zone: 'UTC' }, [{ kind: 'interval', every: 'P1M' }]), duration: '', windows: [] },
      place: { labels: {}, location: '' },
      bindings: { sensors: { t: { location: 'hall', tags: [] }, u: ['x'] }, missing: undefined },
      parameters: { empty: '', five: '5' },
      restart: { tasks: 4, backoff: '' },
      notify: [],
    };
    expect(JSON.parse(fileOf(draft))).toEqual({
      ...whole,
      schedule: { kind: 'interval', every: 'P1M', zone: 'UTC' },
      bindings: { sensors: { t: { location: 'hall' }, u: ['x'] } },
      parameters: { empty: '', five: '5' },
      restart: { tasks: 4 },
    });
    expect(read(draft)).toMatchObject({ parameters: { empty: '', five: '5' } });
  });

  test('keeps its bounds when one time becomes several, and when it is at once', () => {
    const several = [
      { kind: 'cron', expression: '0 8 * * *' },
      { kind: 'interval', every: '1h' },
    ];
    const schedule = withTriggers(
      { kind: 'cron', expression: '0 8 * * *', zone: 'Europe/Berlin', duration: '1m' },
      several,
    );
    expect(triggersOf(schedule)).toEqual(several);
    expect(read({ ...whole, schedule })).toMatchObject({ schedule: { zone: 'Europe/Berlin', duration: 60_000 } });
    expect(read({ ...whole, schedule: withTriggers(schedule, [{ kind: 'now' }]) })).toMatchObject({
      schedule: { triggers: [{ kind: 'now' }], duration: 60_000 },
    });
  });
});

describe('a file that somebody wrote', () => {
  test('is shown by the form, in JSON and in YAML, with what the form does not know', async () => {
    const json = '{ "name": "a", "copies": 2, "resources": { "cpus": 1 }, "later": true }';
    const yaml = 'name: a\ncopies: 2\nresources: { cpus: 1 }\nlater: true\n';
    const draft = { name: 'a', copies: 2, resources: { cpus: 1 }, later: true };
    expect([await readDraft(json), await readDraft(yaml)]).toEqual([{ draft }, { draft }]);
    expect(await readDraft(' ')).toEqual({ draft: {} });
  });

  test.each([
    ['{ "name": 5, "schedule": [] }', 'name, schedule'],
    ['schedule: { windows: daily }', 'schedule.windows'],
    ['[1]', 'an object with named fields'],
    ['{ "name": ', 'JSON'],
    ['name: [', 'line'],
  ])('is not shown by the form when it is %s', async (text, words) => {
    expect(await readDraft(text)).toEqual({ fault: expect.stringContaining(words) });
  });
});
