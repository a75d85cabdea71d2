import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSensorFile, type SentSensorFile } from '../../../src/applications/read-sensor-file.ts';
import { writeSensorFile } from '../../../src/applications/sensor-file-reads.ts';
import { planRegistry, type SensorWish } from '../../../src/applications/sensor-file-requests.ts';
import type { Sensor, SensorType } from '../../../src/model/sensor.ts';
import { aThermometer, aTypeOf } from '../../builders/bindings.ts';
import { T0 } from '../../builders/jobs.ts';
import { openRepository, type Repository, refusal } from './repository.ts';

let repository: Repository;
beforeEach(async () => {
  repository = await openRepository();
});
afterEach(() => repository.end());

const sent = (contents: string | { value: unknown }, form: SentSensorFile['form'] = 'text'): SentSensorFile => ({
  name: 'sensors.yaml',
  form,
  contents: typeof contents === 'string' ? Buffer.from(contents) : contents,
});
const plan = (file: SentSensorFile) => planRegistry(repository.parts, file, T0);
async function problemsOf(file: SentSensorFile): Promise<string[]> {
  const error = await refusal(plan(file));
  expect(error.code).toBe('sensor.invalid');
  return error.problems.map(({ path, found, expected }) => `${path}: ${found} → ${expected}`);
}

const TYPE = { id: 'temperature', fields: [{ name: 'celsius', type: 'number' }] };
const with1 = (sensor: object) =>
  sent({ value: { types: [TYPE], sensors: [{ id: 't-1', type: 'temperature', ...sensor }] } });

describe('a sensor file', () => {
  test('is read with its defaults filled in', async () => {
    const { types, sensors } = await plan(with1({ tags: ['b', 'a'] }));
    expect(types).toEqual([
      {
        id: 'temperature',
        description: '',
        fields: [{ name: 'celsius', type: 'number', unit: '' }],
        rateHz: 1,
        controls: [],
      },
    ]);
    expect(sensors).toEqual([
      { id: 't-1', name: 't-1', type: 'temperature', location: '', tags: ['a', 'b'], network: {}, schedule: null },
    ]);
  });

  test.each([
    ['YAML', 'types:\n  - { id: t, fields: [{ name: v, type: number }] }\nsensors:\n  - { id: t-1, type: t }\n'],
    ['JSON', '{"types":[{"id":"t","fields":[{"name":"v","type":"number"}]}],"sensors":[{"id":"t-1","type":"t"}]}'],
  ])('may be %s', async (_, text) => {
    expect((await plan(sent(text))).sensors.map(({ id }) => id)).toEqual(['t-1']);
  });

  test('may hold one sensor, or one type, alone', async () => {
    await repository.parts.store.create('sensorType', aTypeOf('temperature'));
    expect((await plan(sent('id: t-1\ntype: temperature\n'))).sensors).toMatchObject([{ id: 't-1' }]);
    expect((await plan(sent({ value: TYPE }))).types).toMatchObject([{ id: 'temperature' }]);
    expect(await problemsOf(sent('id: t-1\ntype: radar\nplace: here\n'))).toEqual([
      expect.stringMatching(/^\$\.place: an unknown field → one of the fields id, name, type, location/),
    ]);
  });

  test('has a schedule that means the same whenever it is read', async () => {
    const schedule = { kind: 'cron', expression: '0 8 * * *', duration: '1h', zone: 'Europe/Berlin' };
    const [sensor] = (await plan(with1({ schedule }))).sensors;
    expect(sensor?.schedule).toMatchObject({ startAt: 0, durationMs: 3_600_000, zone: 'Europe/Berlin' });
    expect((await plan(with1({ schedule: 'always' }))).sensors[0]?.schedule).toBeNull();
  });
});

describe('a sensor file that does not fit', () => {
  test.each<[string, object, string]>([
    [
      'a type that nobody registered',
      { type: 'radar' },
      '$.sensors[0].type: "radar" → a sensor type that is registered: temperature',
    ],
    [
      'a place in words',
      { location: 'second floor, left' },
      '$.sensors[0].location: "second floor, left" → a path such as',
    ],
    ['a tag twice', { tags: ['a', 'a'] }, '$.sensors[0].tags: ["a","a"] → each tag once'],
    ['a tag in capitals', { tags: ['A'] }, '$.sensors[0].tags[0]: "A" → a tag'],
    ['an id that no topic can have', { id: 'a/b' }, '$.sensors[0].id: "a/b" → a plain name'],
    [
      'a schedule after another instance',
      { schedule: { kind: 'after', instance: 'x' } },
      '$.sensors[0].schedule.kind: "after" → one of "continuous"',
    ],
    [
      'a schedule without a length',
      { schedule: { kind: 'interval', every: '1h' } },
      '$.sensors[0].schedule.duration: nothing → a length of time',
    ],
    [
      'a schedule that is none',
      { schedule: 'sometimes' },
      '$.sensors[0].schedule: "sometimes" → "always", or a schedule as in instance files',
    ],
    [
      'a calendar that is not there',
      { schedule: { kind: 'continuous', calendars: ['x'] } },
      "$.sensors[0].schedule.calendars[0]: 'x' → a calendar that exists",
    ],
    [
      'an expression that is none',
      { schedule: { kind: 'cron', expression: '61 * * * *', duration: '1m' } },
      '$.sensors[0].schedule.expression: ',
    ],
    ['a password', { password: 'x' }, '$.sensors[0].password: an unknown field'],
  ])('%s', async (_, sensor, expected) => {
    expect(await problemsOf(with1(sensor))).toEqual([expect.stringContaining(expected)]);
  });

  test.each<[string, object, string]>([
    [
      'a range of words',
      { fields: [{ name: 'v', type: 'string', range: [0, 1] }] },
      '$.types[0].fields[0].range: [0,1] → no range, because its type is no number',
    ],
    [
      'a range upside down',
      { fields: [{ name: 'v', type: 'number', range: [1, 0] }] },
      '$.types[0].fields[0].range: [1,0] → the lower bound, then the upper',
    ],
    [
      'a field twice',
      {
        fields: [
          { name: 'v', type: 'number' },
          { name: 'v', type: 'string' },
        ],
      },
      '$.types[0].fields[1].name: "v" → its own name; v stands before',
    ],
    [
      'a control twice',
      { controls: [{ name: 'on' }, { name: 'on' }] },
      '$.types[0].controls[1].name: "on" → its own name',
    ],
    ['neither fields nor controls', {}, '$.types[0].fields: nothing → at least one field, or one control'],
    ['a rate of nothing', { fields: [{ name: 'v', type: 'number' }], rateHz: 0 }, '$.types[0].rateHz: 0 → more than 0'],
  ])('%s', async (_, type, expected) => {
    expect(await problemsOf(sent({ value: { types: [{ id: 't', ...type }] } }))).toEqual([
      expect.stringContaining(expected),
    ]);
  });

  test('has all its problems told at once, and ids that stand twice', async () => {
    const sensors = [
      { id: 'a', type: 'temperature' },
      { id: 'a', type: 'temperature' },
    ];
    expect(await problemsOf(sent({ value: { types: [TYPE, TYPE], sensors } }))).toEqual([
      '$.types[1].id: "temperature", as in $.types[0] → its own id',
      '$.sensors[1].id: "a", as in $.sensors[0] → its own id',
    ]);
    const other = [
      { id: 'a', type: 'x' },
      { id: 'b', type: 'y' },
    ];
    expect(await problemsOf(sent({ value: { sensors: other } }))).toHaveLength(2);
  });

  test('would make a sensor one of another type', async () => {
    await repository.parts.store.create('sensor', aThermometer('t-1', { type: 'humidity' }));
    expect(await problemsOf(with1({}))).toEqual([
      '$.sensors[0].type: "temperature" → "humidity", as it is; to change it, remove the sensor first',
    ]);
  });

  test('is empty', async () => {
    expect(await problemsOf(sent(''))).toEqual([': nothing → a sensor file']);
  });
});

describe('a table of sensors', () => {
  const csv = (text: string) => sent(text, 'csv');

  test('has a row for each, its columns in any order', async () => {
    await repository.parts.store.create('sensorType', aTypeOf('t'));
    const text =
      'type,id,tags,enabled,network,name\r\nt,t-1,b a,false,"{""bus"":""x""}","One, ""the first"""\r\n\r\nt,t-2,,,,\r\n';
    const plain = { type: 't', location: '', schedule: null };
    expect((await plan(csv(text))).sensors).toEqual([
      { ...plain, id: 't-1', name: 'One, "the first"', tags: ['a', 'b'], enabled: false, network: { bus: 'x' } },
      { ...plain, id: 't-2', name: 't-2', tags: [], network: {} },
    ]);
  });

  test.each([
    ['an unknown column', 'id,typ\na,t\n', 'line 1: the column "typ" → columns of id, name'],
    ['a quote that never ends', 'id,type\na,"t\n', 'line 2: a quote within a cell → cells in quotes'],
    ['neither true nor false', 'id,type,enabled\na,t,maybe\n', '$.sensors[0].enabled: "maybe" → true or false'],
    ['no JSON', 'id,type,network\na,t,x\n', '$.sensors[0].network: "x" at line 1, column 1 → a value of JSON'],
  ])('that is wrong in one place is told so: %s', async (_, text, expected) => {
    await repository.parts.store.create('sensorType', aTypeOf('t'));
    expect((await problemsOf(csv(text)))[0]).toContain(expected.split(' → ')[0]);
  });
});

describe('what is registered', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const schedule = fc.constantFrom<Sensor['schedule'][]>(
    null,
    scheduleWith({
      triggers: [{ kind: 'continuous' }],
      windows: [{ days: [1, 5], fromMinute: 420, toMinute: 1440 }],
      zone: 'Europe/Berlin',
    }),
    scheduleWith({ triggers: [{ kind: 'interval', everyMs: 90_500 }], durationMs: 1500, jitterMs: 10, startAt: T0 }),
    scheduleWith({
      triggers: [
        { kind: 'calendar', months: 1, days: 2 },
        { kind: 'cron', expression: '0 8 * * 1' },
      ],
      durationMs: 60_000,
      endAt: T0 + 9e10,
    }),
  );
  const sensor = fc.record({
    id: name,
    name: fc.constantFrom('One', 'a, b', '"quoted"', 'é; ü'),
    location: fc.constantFrom('', 'campus/a'),
    tags: fc.constantFrom([], ['a', 'b']),
    network: fc.constantFrom({}, { bus: 'x,"y"', port: '1' }),
    enabled: fc.boolean(),
    schedule,
  });

  test('is the same when it was written as a file and read again, in every form', async () => {
    const type: SensorType = aTypeOf('t', {
      controls: [{ name: 'on', parameters: [{ name: 'v', type: 'integer', unit: '%', range: [0, 9] }] }],
    });
    await repository.parts.store.create('sensorType', type);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(sensor, { selector: ({ id }) => id, maxLength: 5 }), async (wanted) => {
        const sensors = wanted.map(({ id, ...over }) =>
          aThermometer(id, { ...over, type: 't', passwordHash: 'secret' }),
        );
        for (const form of ['json', 'yaml', 'csv'] as const) {
          const text = writeSensorFile({ types: [type], sensors }, form);
          expect(text).not.toContain('secret');
          const read = await plan(sent(text, form === 'csv' ? 'csv' : 'text'));
          expect(read.sensors).toEqual(sensors.map(wishOf));
          if (form !== 'csv') expect(read.types).toEqual([typeWish(type)]);
        }
      }),
      { numRuns: 30 },
    );
  });
});

function scheduleWith(over: Partial<NonNullable<Sensor['schedule']>>): NonNullable<Sensor['schedule']> {
  return { triggers: [], startAt: 0, zone: 'UTC', windows: [], calendars: [], jitterMs: 0, ...over };
}

function wishOf({ id, name, type, location, tags, network, enabled, schedule }: Sensor): SensorWish {
  return { id, name, type, location, tags, network, enabled, schedule };
}

function typeWish({ id, description, fields, rateHz, controls }: SensorType) {
  return { id, description, fields, rateHz, controls };
}

test('a file of ten thousand sensors is read within a few seconds', () => {
  const sensors = Array.from({ length: 10_000 }, (_, index) => ({
    id: `t-${index}`,
    type: 'temperature',
    location: `campus/room-${index}`,
  }));
  const file = readSensorFile(sent(JSON.stringify({ types: [TYPE], sensors })));
  expect(file.sensors).toHaveLength(10_000);
});
