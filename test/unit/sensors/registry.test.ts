import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { listSensors, showSensor, showSensorType, wholeRegistry } from '../../../src/sensors/registry-reads.ts';
import { applyRegistry } from '../../../src/sensors/registry-requests.ts';
import { removeSensor, renewCredential, revokeCredential, switchSensor } from '../../../src/sensors/sensor-requests.ts';
import { removeSensorType } from '../../../src/sensors/type-requests.ts';
import { aStatusIn } from '../../builders/bindings.ts';
import { InterleavedStore } from '../applications/interleaved-store.ts';
import { refusal } from '../applications/repository.ts';
import { openSensorPlatform } from './sensor-platform.ts';

const type = (id: string, rateHz = 1) =>
  ({ id, description: '', fields: [{ name: 'v', type: 'number', unit: '' }], rateHz, controls: [] }) as const;
const sensor = (id: string, over: object = {}) => ({
  ...{ id, name: id, type: 'temperature', location: '', tags: [], network: {}, schedule: null },
  ...over,
});

describe('the registry', () => {
  test('takes types and sensors, and tells what became of each', async () => {
    const { parts, told } = await openSensorPlatform();
    const wanted = { types: [type('temperature')], sensors: [sensor('t-1'), sensor('t-2')] };
    expect(await applyRegistry(parts, wanted, 'ann')).toEqual({
      types: [{ id: 'temperature', outcome: 'created' }],
      sensors: [
        { id: 't-1', outcome: 'created' },
        { id: 't-2', outcome: 'created' },
      ],
    });
    const again = { types: [type('temperature', 2)], sensors: [sensor('t-1'), sensor('t-2', { location: 'lab' })] };
    const { types, sensors } = await applyRegistry(parts, again, 'ann');
    expect([...types, ...sensors].map(({ outcome }) => outcome)).toEqual(['changed', 'unchanged', 'changed']);
    expect(told.map(({ text }) => text)).toContain('The sensor t-2 was changed by ann.');
  });

  test('keeps the password of a sensor that is changed, and whether it is enabled unless that is said', async () => {
    const { parts } = await openSensorPlatform();
    await applyRegistry(parts, { types: [type('temperature')], sensors: [sensor('t-1')] }, 'ann');
    await renewCredential(parts, 't-1', 'ann');
    await switchSensor(parts, 't-1', { enabled: false, by: 'ann' });
    await applyRegistry(parts, { types: [], sensors: [sensor('t-1', { location: 'lab' })] }, 'ann');
    const changed = (await showSensor(parts.store, 't-1')).sensor;
    expect(changed).toMatchObject({ location: 'lab', enabled: false, passwordHash: expect.any(String) });
    await applyRegistry(parts, { types: [], sensors: [sensor('t-1', { enabled: true })] }, 'ann');
    expect((await showSensor(parts.store, 't-1')).sensor.enabled).toBe(true);
  });

  test('takes very many at once, and tells of them in one event', async () => {
    const { parts, told } = await openSensorPlatform();
    const sensors = Array.from({ length: 1200 }, (_, index) => sensor(`t-${index}`));
    await applyRegistry(parts, { types: [type('temperature')], sensors }, 'ann');
    expect((await wholeRegistry(parts.store)).sensors).toHaveLength(1200);
    expect(told).toEqual([{ kind: 'sensor.imported', text: 'ann registered 1201 types and sensors and changed 0.' }]);
  });

  test('lists by type, place, tag and state, page by page', async () => {
    const { parts } = await openSensorPlatform();
    const { store } = parts;
    const sensors = [
      sensor('a', { location: 'campus/a', tags: ['x'] }),
      sensor('b', { location: 'campus/a/1' }),
      sensor('c', { location: 'campus/ab', type: 'fan' }),
    ];
    await applyRegistry(parts, { types: [type('temperature'), type('fan')], sensors }, 'ann');
    await store.create('sensorStatus', aStatusIn('b', 'online'));
    const ids = async (query: object) =>
      (await listSensors(store, { limit: 10, ...query })).items.map((view) => view.sensor.id);
    expect(await ids({})).toEqual(['a', 'b', 'c']);
    expect(await ids({ location: 'campus/a' })).toEqual(['a', 'b']);
    expect(await ids({ type: 'fan' })).toEqual(['c']);
    expect(await ids({ tag: 'x' })).toEqual(['a']);
    expect(await ids({ state: 'online' })).toEqual(['b']);
    expect(await ids({ state: 'unknown', location: 'campus' })).toEqual(['a', 'c']);
    const first = await listSensors(store, { limit: 2 });
    expect(first.items).toHaveLength(2);
    expect(await ids({ after: first.next })).toEqual(['c']);
  });
});

describe('a sensor type', () => {
  test('that a sensor is of is not removed', async () => {
    const { parts } = await openSensorPlatform();
    await applyRegistry(parts, { types: [type('temperature')], sensors: [sensor('t-1'), sensor('t-2')] }, 'ann');
    expect((await showSensorType(parts.store, 'temperature')).sensors).toBe(2);
    const error = await refusal(removeSensorType(parts, 'temperature', 'ann'));
    expect([error.code, error.message]).toEqual([
      'sensor.type-in-use',
      'The sensor type temperature cannot be removed: 2 sensors are of it: t-1, t-2.',
    ]);
    for (const id of ['t-1', 't-2']) await removeSensor(parts, id, 'ann');
    await removeSensorType(parts, 'temperature', 'ann');
    expect((await refusal(removeSensorType(parts, 'temperature', 'ann'))).code).toBe('request.not-found');
  });

  test('is put back when a sensor of it was registered in the instant of its removal', async () => {
    const { parts } = await openSensorPlatform();
    await applyRegistry(parts, { types: [type('temperature')], sensors: [] }, 'ann');
    const meanwhile = () =>
      parts.store.create('sensor', {
        ...sensor('t-1'),
        enabled: true,
        passwordHash: null,
        createdAt: 0,
        updatedAt: 0,
        shard: 0,
      });
    const store = new InterleavedStore(parts.store, 'delete', 'sensorType', async () => void (await meanwhile()));
    expect((await refusal(removeSensorType({ ...parts, store }, 'temperature', 'ann'))).code).toBe(
      'sensor.type-in-use',
    );
    expect(await parts.store.get('sensorType', 'temperature')).toBeDefined();
  });

  test('that is gone by the time its sensor is registered takes the sensor with it', async () => {
    const { parts } = await openSensorPlatform();
    const error = await refusal(applyRegistry(parts, { types: [], sensors: [sensor('t-1')] }, 'ann'));
    expect(error.code).toBe('sensor.type-unknown');
    expect(await parts.store.get('sensor', 't-1')).toBeUndefined();
  });
});

describe('the password of a device', () => {
  test('is random, given once, and kept as its SHA-256 alone', async () => {
    const { parts, told } = await openSensorPlatform();
    await applyRegistry(parts, { types: [type('temperature')], sensors: [sensor('t-1')] }, 'ann');
    const first = await renewCredential(parts, 't-1', 'ann');
    const second = await renewCredential(parts, 't-1', 'ann');
    expect(first.password).toMatch(/^[\w-]{32}$/);
    expect(second.password).not.toBe(first.password);
    const hash = createHash('sha256').update(second.password).digest('hex');
    expect((await showSensor(parts.store, 't-1')).sensor.passwordHash).toBe(hash);
    expect(told).toContainEqual({
      kind: 'sensor.credential-made',
      text: 'The sensor t-1 was given a new password by ann.',
    });
    expect(JSON.stringify(told)).not.toContain(second.password);
    expect((await revokeCredential(parts, 't-1', 'ann')).passwordHash).toBeNull();
    expect((await refusal(renewCredential(parts, 'nobody', 'ann'))).code).toBe('request.not-found');
  });
});
