import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyInstance } from '../../../src/applications/apply-requests.ts';
import { pushPackage } from '../../../src/applications/package-requests.ts';
import { jobOf } from '../../../src/scheduler/job-of.ts';
import { aThermometer } from '../../builders/bindings.ts';
import { anAlgorithm, anInstance, aPackage, T0 } from '../../builders/jobs.ts';
import { rawZip } from './raw-zip.ts';
import { appConfig, inPieces, openRepository, type Repository, refusal } from './repository.ts';

let repository: Repository;
beforeEach(async () => {
  repository = await openRepository();
  const algorithms = [
    {
      ...{ id: 'climate', script: 'report.py', actions: ['notify'] },
      sensors: [
        { name: 'air', type: 'temperature', format: 'number', count: 2 },
        { name: 'presence', type: 'occupancy', format: 'boolean' },
      ],
      controls: [{ name: 'fan', type: 'fan' }],
    },
  ];
  const config = { name: 'app_config.json', contents: appConfig({ name: 'room', algorithms }) };
  const declared = { id: 'brought', name: 'B', type: 'temperature', outputType: 'number' };
  const sensorConfig = { name: 'sensor_config.json', contents: JSON.stringify({ sensors: [declared] }) };
  await pushPackage(repository.parts, inPieces(rawZip([config, sensorConfig, { name: 'report.py', contents: '' }])));
  const { store } = repository.parts;
  for (const id of ['t-1', 't-2', 't-3']) await store.create('sensor', aThermometer(id));
  await store.create('sensor', aThermometer('fan-1', { type: 'fan' }));
  await store.create('user', { id: 'ann', displayName: 'Ann', email: null, mailsNotices: false, createdAt: T0 });
  const sensor = { id: 'wished', name: 'W', type: 'temperature', location: '', tags: [], network: {} };
  const undecided = { packages: [], application: 'room', state: 'open', decision: null, createdAt: T0 } as const;
  await store.create('registrationRequest', { id: 'sensor:wished', wish: { kind: 'sensor', sensor }, ...undecided });
});
afterEach(() => repository.end());

const FILE = { name: 'room-12', application: 'room', algorithm: 'climate', schedule: { kind: 'continuous' } };
const apply = (fields: object) =>
  applyInstance(repository.parts, { name: 'room.yaml', contents: { value: { ...FILE, ...fields } } });
async function problemsOf(fields: object): Promise<string[]> {
  const error = await refusal(apply(fields));
  expect(error.code).toBe('instance.invalid');
  return error.problems.map(({ path, found, expected }) => `${path}: ${found} → ${expected}`);
}

describe('bindings of an instance file', () => {
  test('stand for sensors by id, or for what a query finds', async () => {
    const { instance } = await apply({
      bindings: {
        sensors: { air: ['t-2', 't-1'], presence: { location: 'campus/a', tags: ['x'] } },
        controls: { fan: ['fan-1'] },
      },
      notify: ['ann'],
      actions: { perHour: { email: 3 }, quiet: { from: '22:00', to: '06:00' } },
    });
    expect(instance.bindings).toEqual({
      sensors: {
        air: { by: 'id', sensors: ['t-2', 't-1'] },
        presence: { by: 'query', query: { location: 'campus/a', tags: ['x'] } },
      },
      controls: { fan: { by: 'id', sensors: ['fan-1'] } },
      missing: 'wait',
    });
    expect(instance.actionRules).toEqual({
      notify: ['ann'],
      perHour: { email: 3 },
      quiet: { fromMinute: 1320, toMinute: 360 },
    });
  });

  test('may name a sensor that an administrator is asked for, or that the package itself brings along', async () => {
    expect((await apply({ bindings: { sensors: { air: ['t-1', 'wished'] } } })).outcome).toBe('created');
    expect((await apply({ bindings: { sensors: { air: ['t-1', 'brought'] } } })).outcome).toBe('changed');
  });

  test('are gone when a newer file has none, and told as a change', async () => {
    await apply({ bindings: { missing: 'refuse' }, notify: ['ann'] });
    const { changes, instance } = await apply({});
    expect(changes).toEqual(['bindings', 'notify and actions']);
    expect(instance).not.toHaveProperty('bindings');
    expect(instance).not.toHaveProperty('actionRules');
    expect((await apply({})).outcome).toBe('unchanged');
  });

  test.each<[string, object, readonly string[]]>([
    [
      'a name that is not declared',
      { sensors: { ari: ['t-1'] } },
      ['$.bindings.sensors.ari: an unknown name → one of the sensors of climate: air, presence'],
    ],
    [
      'a sensor as a control',
      { controls: { air: ['t-1'] } },
      ['$.bindings.controls.air: an unknown name → one of the controls of climate: fan'],
    ],
    ['too few', { sensors: { air: ['t-1'] } }, ['$.bindings.sensors.air: 1 sensors → 2 of the type temperature']],
    [
      'too many',
      { sensors: { air: ['t-1', 't-2', 't-3'] } },
      ['$.bindings.sensors.air: 3 sensors → 2 of the type temperature'],
    ],
    [
      'one twice',
      { sensors: { air: ['t-1', 't-1'] } },
      ['$.bindings.sensors.air[1]: "t-1" a second time → each sensor once'],
    ],
    [
      'one of another type',
      { sensors: { air: ['t-1', 'fan-1'] } },
      ['$.bindings.sensors.air[1]: "fan-1", which is of the type fan → a sensor of the type temperature'],
    ],
    [
      'several at once',
      { sensors: { air: ['t-9', 't-1'], x: {} }, controls: { fan: ['t-1'] } },
      [
        '$.bindings.sensors.air[0]: "t-9" → a sensor of the type temperature that is registered, or asked for',
        '$.bindings.sensors.x: an unknown name → one of the sensors of climate: air, presence',
        '$.bindings.controls.fan[0]: "t-1", which is of the type temperature → a sensor of the type fan',
      ],
    ],
    [
      'a place in words',
      { sensors: { air: { location: 'up there' } } },
      [
        '$.bindings.sensors.air.location: "up there" → a path such as campus/building-a/room-12: names of letters, digits, ".", "_" and "-"',
      ],
    ],
    ['another policy', { missing: 'hope' }, ['$.bindings.missing: "hope" → one of "wait", "run-without", "refuse"']],
    [
      'nothing that is known',
      { sensors: { air: 't-1' } },
      ['$.bindings.sensors.air: "t-1" → a list of ids of sensors, or an object with "location" and "tags"'],
    ],
  ])('do not fit: %s', async (_, bindings, expected) => {
    expect(await problemsOf({ bindings })).toEqual(expected);
  });

  test('stand beside users who are known, and times of day that differ', async () => {
    expect(await problemsOf({ notify: ['ann', 'bob', 'ann'] })).toEqual([
      '$.notify[1]: "bob" → a user whom the platform knows',
      '$.notify[2]: "ann" a second time → each user once',
    ]);
    expect(await problemsOf({ actions: { quiet: { from: '08:00', to: '08:00' } } })).toEqual([
      expect.stringContaining('$.actions.quiet: '),
    ]);
    expect(await problemsOf({ actions: { perHour: { fax: 1 } } })).toEqual([
      expect.stringContaining('$.actions.perHour.fax: an unknown field'),
    ]);
  });
});

describe('a job', () => {
  const needs = { sensors: [{ name: 'air', type: 'temperature', format: 'number', count: 1 }], controls: [] } as const;
  const made = (algorithm: Parameters<typeof anAlgorithm>[0], over: Parameters<typeof anInstance>[0] = {}) => {
    const origin = { kind: 'occurrence', at: T0 } as const;
    const times = { origin, startsAt: T0, endsAt: null, parameters: {}, why: '' };
    return jobOf({ instance: anInstance(over), package: aPackage(), algorithm: anAlgorithm(algorithm), ...times }, T0)
      .spec;
  };

  test('needs what its algorithm declares, bound as its instance says', () => {
    const bindings = { sensors: {}, controls: {}, missing: 'refuse' } as const;
    expect(made({ ...needs, actions: ['sms'] }, { bindings })).toMatchObject({
      sensorNeeds: { ...needs, wishes: bindings },
      actions: ['sms'],
    });
    expect(made(needs).sensorNeeds?.wishes).toEqual({ sensors: {}, controls: {}, missing: 'wait' });
  });

  test('of an algorithm that declares nothing needs nothing', () => {
    const spec = made({});
    expect(spec).not.toHaveProperty('sensorNeeds');
    expect(spec).not.toHaveProperty('actions');
    expect(spec).not.toHaveProperty('runtime');
  });
});
