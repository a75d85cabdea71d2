import { describe, expect, test } from 'vitest';
import type { SensorConfig } from '../../../src/model/package.ts';
import { decideRequest, requestId, wishesOf } from '../../../src/sensors/decide-registrations.ts';
import { approveRequest, listRegistrationRequests, refuseRequest } from '../../../src/sensors/registration-requests.ts';
import { applyRegistry } from '../../../src/sensors/registry-requests.ts';
import { anAlgorithm, aPackage, T0 } from '../../builders/jobs.ts';
import { until } from '../../world/until.ts';
import { refusal } from '../applications/repository.ts';
import { openSensorPlatform, type SensorPlatform } from './sensor-platform.ts';

const declared = (id: string, over: object = {}) => ({
  ...{ id, name: id, type: 'temperature', location: 'lab', outputType: 'number', network: {} },
  ...over,
});

const packageWith = (sensorConfig: SensorConfig, over: Parameters<typeof anAlgorithm>[0] = {}, id = 'a'.repeat(64)) => {
  const whole = aPackage({ id });
  return { ...whole, config: { ...whole.config, algorithms: [anAlgorithm(over)] }, sensorConfig };
};

describe('what a package names', () => {
  test('are its types as it describes them, and its sensors', () => {
    const type = {
      id: 'temperature',
      description: 'x',
      fields: [],
      rateHz: 4,
      controls: [{ name: 'go', parameters: [] }],
    };
    const wishes = wishesOf(packageWith({ types: [type], sensors: [declared('t-1', { tags: ['b', 'a'] })] }));
    expect(wishes).toEqual([
      { kind: 'type', type },
      {
        kind: 'sensor',
        sensor: { id: 't-1', name: 't-1', type: 'temperature', location: 'lab', tags: ['a', 'b'], network: {} },
      },
    ]);
  });

  test('are types that its sensors and algorithms only name, guessed from what they give and expect', () => {
    const needs = {
      sensors: [{ name: 'in', type: 'presence', format: 'boolean', count: 1 }],
      controls: [{ name: 'fan', type: 'fan' }],
    } as const;
    const sensor = declared('t-1', { outputRange: [-40, 85], dataRateHz: 2 });
    const types = wishesOf(packageWith({ sensors: [sensor] }, needs)).flatMap((wish) =>
      wish.kind === 'type' ? [wish.type] : [],
    );
    const plain = { description: '', rateHz: 1, controls: [] };
    expect(types).toEqual([
      {
        ...plain,
        id: 'temperature',
        fields: [{ name: 'value', type: 'number', unit: '', range: [-40, 85] }],
        rateHz: 2,
      },
      { ...plain, id: 'presence', fields: [{ name: 'value', type: 'boolean', unit: '' }] },
      { ...plain, id: 'fan', fields: [] },
    ]);
  });
});

describe('a request', () => {
  const [wish] = wishesOf(packageWith({ sensors: [declared('t-1')] }));
  const [other] = wishesOf(packageWith({ sensors: [declared('t-1', { outputRange: [0, 1] })] }));
  if (!wish || !other) throw new Error('the packages name something');
  const open = decideRequest(wish, { id: 'p1', application: 'room' }, undefined, T0);
  const refused = { ...open, state: 'refused' as const, decision: { by: 'ann', at: T0, reason: 'no' } };

  test('is opened once, whoever asks how often', () => {
    expect(open).toMatchObject({ id: 'type:temperature', state: 'open', packages: ['p1'], createdAt: T0 });
    expect(decideRequest(wish, { id: 'p1', application: 'room' }, open, T0 + 1)).toBe(open);
    expect(decideRequest(wish, { id: 'p2', application: 'other' }, open, T0 + 1)).toMatchObject({
      ...{ packages: ['p1', 'p2'], application: 'other', createdAt: T0 },
    });
  });

  test('that was refused stays so for the same wish, and is opened again for another', () => {
    expect(decideRequest(wish, { id: 'p2', application: 'room' }, refused, T0 + 1)).toMatchObject({
      state: 'refused',
      packages: ['p1', 'p2'],
    });
    const again = decideRequest(other, { id: 'p2', application: 'room' }, refused, T0 + 1);
    expect(again).toMatchObject({ state: 'open', decision: null, wish: other, createdAt: T0 + 1 });
  });

  test('that was approved is opened again when what it registered is gone', () => {
    const approved = { ...refused, state: 'approved' as const };
    expect(decideRequest(wish, { id: 'p1', application: 'room' }, approved, T0 + 1).state).toBe('open');
  });

  test('has an id that tells what it is for', () => {
    const [, sensor] = wishesOf(packageWith({ sensors: [declared('t-1')] }));
    expect(sensor && requestId(sensor)).toBe('sensor:t-1');
  });
});

describe('an administrator', () => {
  async function asked(): Promise<SensorPlatform> {
    const platform = await openSensorPlatform();
    await platform.parts.store.create('package', packageWith({ sensors: [declared('t-1')] }));
    await until('the requests', 5000, async () => ((await openIds(platform)).length === 2 ? true : undefined));
    return platform;
  }
  const openIds = async ({ parts }: SensorPlatform) =>
    (await listRegistrationRequests(parts.store, { state: 'open', limit: 10 })).items.map(({ id }) => id);
  const ann = { by: 'ann', reason: '' };

  test('finds what packages wish for, and registers it, types first', async () => {
    const platform = await asked();
    const { parts, told } = platform;
    expect((await refusal(approveRequest(parts, 'sensor:t-1', ann))).code).toBe('sensor.type-unknown');
    await approveRequest(parts, 'type:temperature', ann);
    const approved = await approveRequest(parts, 'sensor:t-1', ann);
    expect(approved).toMatchObject({ state: 'approved', decision: { by: 'ann' } });
    expect((await parts.store.get('sensor', 't-1'))?.doc).toMatchObject({
      location: 'lab',
      enabled: true,
      schedule: null,
    });
    expect(await openIds(platform)).toEqual([]);
    expect((await refusal(approveRequest(parts, 'sensor:t-1', ann))).code).toBe('sensor.request-approved');
    expect(told.map(({ kind }) => kind)).toEqual([
      'sensor.requested',
      'sensor.request-approved',
      'sensor.request-approved',
    ]);
  });

  test('refuses with a reason, and may think better of it', async () => {
    const { parts } = await asked();
    const refused = await refuseRequest(parts, 'type:temperature', { by: 'ann', reason: 'not here' });
    expect(refused).toMatchObject({ state: 'refused', decision: { by: 'ann', reason: 'not here' } });
    const again = await refusal(refuseRequest(parts, 'type:temperature', { by: 'bob', reason: 'x' }));
    expect([again.code, again.message]).toEqual([
      'sensor.request-refused',
      'The request type:temperature was refused already, by ann: not here',
    ]);
    expect((await approveRequest(parts, 'type:temperature', ann)).state).toBe('approved');
    expect((await refusal(refuseRequest(parts, 'type:temperature', ann))).code).toBe('sensor.request-approved');
    expect((await refusal(approveRequest(parts, 'type:radar', ann))).code).toBe('request.not-found');
  });

  test('who registers by a file settles the request for it', async () => {
    const platform = await asked();
    const type = {
      id: 'temperature',
      description: '',
      fields: [{ name: 'v', type: 'number', unit: '' }],
      rateHz: 1,
      controls: [],
    } as const;
    await applyRegistry(platform.parts, { types: [type], sensors: [] }, 'ann');
    expect(await openIds(platform)).toEqual(['sensor:t-1']);
    const { items } = await listRegistrationRequests(platform.parts.store, { state: 'approved', limit: 10 });
    expect(items.map(({ decision }) => decision?.reason)).toEqual(['It was registered directly.']);
  });
});

test('a package of which everything is registered asks for nothing', async () => {
  const platform = await openSensorPlatform();
  const { parts } = platform;
  const type = {
    id: 'temperature',
    description: '',
    fields: [{ name: 'v', type: 'number', unit: '' }],
    rateHz: 1,
    controls: [],
  } as const;
  await applyRegistry(parts, { types: [type], sensors: [] }, 'ann');
  await parts.store.create(
    'package',
    packageWith({ sensors: [] }, { controls: [{ name: 'fan', type: 'temperature' }] }),
  );
  await until('the package to be looked at', 5000, () => (platform.engine.backlog().running === 0 ? true : undefined));
  expect(await parts.store.count('registrationRequest', {})).toBe(0);
});
