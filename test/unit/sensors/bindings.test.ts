import { describe, expect, test } from 'vitest';
import { approveRequest } from '../../../src/sensors/registration-requests.ts';
import { applyRegistry } from '../../../src/sensors/registry-requests.ts';
import { switchSensor } from '../../../src/sensors/sensor-requests.ts';
import { needsOfSensors } from '../../builders/bindings.ts';
import { anAlgorithm, aPackage } from '../../builders/jobs.ts';
import { until } from '../../world/until.ts';
import { openSensorPlatform, type SensorPlatform } from './sensor-platform.ts';

const temperature = {
  id: 'temperature',
  description: '',
  fields: [{ name: 'value', type: 'number', unit: '' }],
  rateHz: 1,
  controls: [],
} as const;
const thermometer = (id: string, location = '') => ({
  id,
  name: id,
  type: 'temperature',
  location,
  tags: [],
  network: {},
  schedule: null,
});

const register = ({ parts }: SensorPlatform, ...sensors: readonly ReturnType<typeof thermometer>[]) =>
  applyRegistry(parts, { types: [temperature], sensors }, 'ann');

const two = needsOfSensors({ air: ['temperature', 2] });

describe('a job whose sensors are there', () => {
  test('is bound and placed, and both are told', async () => {
    const platform = await openSensorPlatform();
    await register(platform, thermometer('t-1'), thermometer('t-2'));
    await platform.observe('t-1', 'online');
    await platform.observe('t-2', 'online');
    const job = await platform.run(two);
    expect((await platform.bindingIn(job, 'bound')).sensors).toEqual({ air: ['t-1', 't-2'] });
    await platform.statusIn(job, 'starting');
    expect(platform.told).toContainEqual({
      kind: 'job.sensors-bound',
      text: `Sensors of job ${job.id}: air is t-1 and t-2, of 2 temperature sensors.`,
    });
  });

  test('keeps them when they fall silent', async () => {
    const platform = await openSensorPlatform();
    await register(platform, thermometer('t-1'), thermometer('t-2'), thermometer('t-3'));
    for (const id of ['t-1', 't-2', 't-3']) await platform.observe(id, 'online');
    const job = await platform.run(two);
    const { sensors } = await platform.bindingIn(job, 'bound');
    await platform.observe('t-1', 'silent');
    await platform.statusIn(job, 'starting');
    expect((await platform.bindingIn(job, 'bound')).sensors).toEqual(sensors);
  });
});

describe('a job that waits for a sensor goes on as soon as', () => {
  test('it comes online', async () => {
    const platform = await openSensorPlatform();
    await register(platform, thermometer('t-1'), thermometer('t-2'));
    await platform.observe('t-1', 'online');
    const job = await platform.run(two);
    const waiting = await platform.statusIn(job, 'waiting');
    await until('the reason', 5000, async () => {
      const { reason } = await platform.statusIn(job, 'waiting');
      return reason.includes('t-2 was never heard of') || undefined;
    });
    expect(waiting.slots[0]?.placement).toBeNull();
    await platform.observe('t-2', 'online');
    await platform.statusIn(job, 'starting');
  });

  test('it is enabled, and not while it is disabled', async () => {
    const platform = await openSensorPlatform();
    await register(platform, thermometer('t-1'), thermometer('t-2'));
    for (const id of ['t-1', 't-2']) await platform.observe(id, 'online');
    await switchSensor(platform.parts, 't-2', { enabled: false, by: 'ann' });
    const job = await platform.run(two);
    expect((await platform.bindingIn(job, 'waiting')).reason).toContain('t-2 is disabled');
    await switchSensor(platform.parts, 't-2', { enabled: true, by: 'ann' });
    await platform.bindingIn(job, 'bound');
  });

  test('what a package wished for is approved, and it gives its first reading', async () => {
    const platform = await openSensorPlatform();
    const sensors = [{ id: 't-1', name: 'T', type: 'temperature', location: '', outputType: 'number', network: {} }];
    const whole = aPackage();
    const algorithms = [anAlgorithm({ sensors: [{ name: 'air', type: 'temperature', format: 'number', count: 1 }] })];
    await platform.parts.store.create('package', {
      ...whole,
      config: { ...whole.config, algorithms },
      sensorConfig: { sensors },
    });
    const job = await platform.run(needsOfSensors({ air: ['temperature', 1] }));
    await until('a reason that names the request', 5000, async () => {
      const { reason } = await platform.bindingIn(job, 'waiting');
      return reason.includes('an administrator has to decide on the request type:temperature') || undefined;
    });
    await approveRequest(platform.parts, 'type:temperature', { by: 'ann', reason: '' });
    await approveRequest(platform.parts, 'sensor:t-1', { by: 'ann', reason: '' });
    await until('a reason that names the sensor', 5000, async () => {
      const { reason } = await platform.bindingIn(job, 'waiting');
      return reason.includes('t-1 was never heard of') || undefined;
    });
    await platform.observe('t-1', 'online');
    await platform.statusIn(job, 'starting');
  });
});

describe('a job whose sensors do not come', () => {
  test('fails when it is to be refused', async () => {
    const platform = await openSensorPlatform();
    await register(platform, thermometer('t-1'));
    const job = await platform.run(needsOfSensors({ air: ['temperature', 1] }, { missing: 'refuse' }));
    expect((await platform.statusIn(job, 'failed')).reason).toContain('t-1 was never heard of');
  });

  test('is bound to what is there when it is to run without', async () => {
    const platform = await openSensorPlatform();
    await register(platform, thermometer('t-1'));
    await platform.observe('t-1', 'offline');
    const job = await platform.run(needsOfSensors({ air: ['temperature', 1] }, { missing: 'run-without' }));
    expect((await platform.bindingIn(job, 'bound')).sensors).toEqual({ air: [] });
    await platform.statusIn(job, 'starting');
  });

  test('is stopped while it waits, and its binding is settled', async () => {
    const platform = await openSensorPlatform();
    const { store } = platform.parts;
    await register(platform);
    const job = await platform.run(two);
    await platform.bindingIn(job, 'waiting');
    const stored = await until('the job', 1000, () => store.get('job', job.id));
    await store.update('job', { ...stored.doc, stop: { by: 'ann', reason: 'enough', at: 1 } }, stored.version);
    await platform.statusIn(job, 'stopped');
    expect(await platform.bindingIn(job, 'refused')).toMatchObject({ nextAt: null });
  });
});

test('a job is bound and placed though no write wakes anybody', async () => {
  const platform = await openSensorPlatform({ hears: false, sweepEveryMs: 100 });
  await register(platform, thermometer('t-1'), thermometer('t-2'));
  for (const id of ['t-1', 't-2']) await platform.observe(id, 'online');
  const job = await platform.run(two);
  await platform.bindingIn(job, 'bound');
  await platform.statusIn(job, 'starting');
}, 15_000);

test('a place among very many sensors is found, and so are the first that are online of a large type', async () => {
  const platform = await openSensorPlatform();
  const many = Array.from({ length: 1500 }, (_, index) =>
    thermometer(`t-${String(index).padStart(4, '0')}`, `campus/room-${index % 100}`),
  );
  await register(platform, ...many);
  await platform.parts.store.apply(
    many.map(({ id }) => ({
      do: 'create',
      kind: 'sensorStatus',
      doc: { ...statusOf(id), state: Number(id.slice(2)) >= 700 ? 'online' : 'silent' },
    })),
  );
  const anywhere = await platform.run(two);
  expect((await platform.bindingIn(anywhere, 'bound')).sensors.air).toEqual(['t-0700', 't-0701']);
  const inRoom = needsOfSensors(
    { air: ['temperature', 2] },
    { sensors: { air: { by: 'query', query: { location: 'campus/room-7' } } } },
  );
  const there = await platform.run(inRoom, { id: 'room-abc123.other' });
  expect((await platform.bindingIn(there, 'bound')).sensors.air).toEqual(['t-0707', 't-0807']);
});

function statusOf(id: string) {
  return {
    id,
    reason: '',
    stateSinceAt: 0,
    lastReadingAt: null,
    readings: 0,
    misfits: 0,
    samples: [],
    shard: 0,
    nextAt: null,
  };
}
