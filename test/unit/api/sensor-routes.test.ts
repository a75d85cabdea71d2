import { describe, expect, it } from 'vitest';
import { aThermometer, aTypeOf } from '../../builders/bindings.ts';
import { T0 } from '../../builders/jobs.ts';
import { type ApiWorld, call, callRaw, openApi, refused } from './api-world.ts';

const FILE = `types:
  - { id: temperature, fields: [{ name: celsius, type: number, unit: °C, range: [-30, 60] }] }
sensors:
  - { id: t-1, type: temperature, location: campus/a, tags: [indoor] }
  - { id: t-2, type: temperature, schedule: { kind: continuous, windows: [{ days: daily, from: "08:00", to: "18:00" }] } }
`;
const yaml = (contents: string) => ({ file: { type: 'application/yaml', contents } });

async function withSensors(): Promise<ApiWorld> {
  const world = await openApi();
  await call(world, 'applySensors', yaml(FILE));
  return world;
}

describe('a sensor file', () => {
  it('registers types and sensors, and changes nothing the second time', async () => {
    const world = await openApi();
    expect(await call(world, 'applySensors', yaml(FILE))).toEqual({
      types: [{ id: 'temperature', outcome: 'created' }],
      sensors: [
        { id: 't-1', outcome: 'created' },
        { id: 't-2', outcome: 'created' },
      ],
    });
    const { sensors } = await call(world, 'applySensors', yaml(FILE));
    expect(sensors.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
  });

  it('may be JSON or CSV', async () => {
    const world = await withSensors();
    const one = { id: 't-3', type: 'temperature' };
    expect((await call(world, 'applySensors', { body: one })).sensors).toEqual([{ id: 't-3', outcome: 'created' }]);
    const file = { type: 'text/csv', contents: 'id,type\nt-4,temperature\n' };
    const { sensors } = await call(world, 'applySensors', { query: { form: 'csv' }, file });
    expect(sensors).toEqual([{ id: 't-4', outcome: 'created' }]);
  });

  it('with problems changes nothing, and tells each with its path', async () => {
    const world = await openApi();
    const sensors = [
      { id: 'a', type: 'x' },
      { id: 'B', type: 'y' },
    ];
    const error = await refused(world, 'applySensors', { body: { sensors } });
    expect(error).toMatchObject({ status: 422, code: 'sensor.invalid', problems: [{ path: '$.sensors[1].id' }] });
    expect((await call(world, 'listSensors')).items).toEqual([]);
  });

  it('of several megabytes is taken as JSON', async () => {
    const world = await withSensors();
    const sensors = Array.from({ length: 8000 }, (_, index) => ({
      ...{
        id: `n-${index}`,
        type: 'temperature',
        name: `Room ${index}, by the window on the left`,
        location: 'campus/building-a',
      },
      network: { address: `10.0.${index % 256}.${index >> 8}`, note: 'x'.repeat(60) },
    }));
    const contents = JSON.stringify({ sensors });
    expect(contents.length).toBeGreaterThan(1024 * 1024);
    expect((await call(world, 'applySensors', yaml(contents))).sensors).toHaveLength(8000);
  });

  it('comes out as it went in', async () => {
    const world = await withSensors();
    const text = (await callRaw(world, 'exportSensors', { query: { form: 'yaml' } })).body;
    const other = await openApi();
    await call(other, 'applySensors', yaml(text));
    expect((await callRaw(other, 'exportSensors', { query: { form: 'yaml' } })).body).toBe(text);
    const csv = await callRaw(world, 'exportSensors', { query: { form: 'csv' } });
    expect(csv.headers['content-type']).toBe('text/csv');
    expect(csv.body.split('\r\n')[1]).toBe('t-1,t-1,temperature,campus/a,indoor,true,,');
  });
});

describe('a sensor', () => {
  it('is shown with what is known of it, and its topics', async () => {
    const world = await withSensors();
    const sample = { at: T0, text: '{"celsius":"hot"}', fault: 'celsius is no number' };
    const status = {
      id: 't-1',
      state: 'silent',
      reason: 'it gave nothing for 5 s',
      stateSinceAt: T0,
      lastReadingAt: T0,
    } as const;
    await world.parts.store.create('sensorStatus', {
      ...{ ...status, readings: 7, misfits: 1, samples: [sample], shard: 0, nextAt: null },
    });
    expect(await call(world, 'showSensor', { params: { sensor: 't-1' } })).toMatchObject({
      ...{
        id: 't-1',
        state: 'silent',
        reason: 'it gave nothing for 5 s',
        readings: 7,
        misfits: 1,
        hasCredential: false,
      },
      samples: [{ text: sample.text, fault: sample.fault }],
      topics: { readings: 'berth/t-1/readings', controls: 'berth/t-1/controls/+' },
    });
    const { schedule } = await call(world, 'showSensor', { params: { sensor: 't-2' } });
    expect(schedule?.windows).toEqual([{ days: [1, 2, 3, 4, 5, 6, 7], from: '08:00', to: '18:00' }]);
    expect(await refused(world, 'showSensor', { params: { sensor: 'x' } })).toMatchObject({
      code: 'request.not-found',
    });
  });

  it('is listed by place and state', async () => {
    const world = await withSensors();
    const ids = async (query: Record<string, string>) =>
      (await call(world, 'listSensors', { query })).items.map(({ id }) => id);
    expect(await ids({ location: 'campus' })).toEqual(['t-1']);
    expect(await ids({ state: 'online' })).toEqual([]);
    expect(await ids({ tag: 'indoor', type: 'temperature' })).toEqual(['t-1']);
  });

  it('is switched, given a password once, and forgotten', async () => {
    const world = await withSensors();
    const params = { sensor: 't-1' };
    expect((await call(world, 'disableSensor', { params })).enabled).toBe(false);
    expect((await call(world, 'enableSensor', { params })).enabled).toBe(true);
    const made = await call(world, 'renewSensorCredential', { params });
    expect(made).toMatchObject({ user: 't-1', password: expect.stringMatching(/^[\w-]{32}$/) });
    const shown = await call(world, 'showSensor', { params });
    expect(shown.hasCredential).toBe(true);
    expect(JSON.stringify(shown)).not.toContain(made.password);
    expect((await call(world, 'revokeSensorCredential', { params })).hasCredential).toBe(false);
    expect(await call(world, 'removeSensor', { params })).toEqual({ removed: 't-1' });
    expect(await refused(world, 'removeSensorType', { params: { type: 'temperature' } })).toMatchObject({
      status: 409,
      code: 'sensor.type-in-use',
    });
  });
});

describe('what a package wishes for', () => {
  const wish = { kind: 'type', type: aTypeOf('radar') } as const;
  const request = {
    id: 'type:radar',
    wish,
    packages: ['p'],
    application: 'room',
    state: 'open',
    decision: null,
    createdAt: T0,
  } as const;

  it('is listed, approved and refused by those who may', async () => {
    const world = await openApi();
    await world.parts.store.create('registrationRequest', request);
    const { items } = await call(world, 'listSensorRequests');
    expect(items).toMatchObject([{ id: 'type:radar', wish: { kind: 'type', type: { id: 'radar' } }, decision: null }]);
    const params = { request: 'type:radar' };
    const token = await world.tokenFor('sensors:read', 'sensors:write');
    expect((await refused(world, 'approveSensorRequest', { params, token })).status).toBe(403);
    expect((await refused(world, 'refuseSensorRequest', { params, body: {} })).status).toBe(400);
    const refusedOne = await call(world, 'refuseSensorRequest', { params, body: { reason: 'no' } });
    expect(refusedOne).toMatchObject({ state: 'refused', decision: { by: 'tester', reason: 'no' } });
    expect((await call(world, 'approveSensorRequest', { params })).state).toBe('approved');
    expect((await call(world, 'showSensorType', { params: { type: 'radar' } })).sensors).toBe(0);
    expect((await call(world, 'listSensorTypes')).items).toHaveLength(1);
  });
});

it('the schema of sensor files is published', async () => {
  const world = await openApi();
  expect(await call(world, 'sensorFileSchema')).toMatchObject({ title: 'Sensor file of Berth' });
});

it('an event tells who gave a device a password, without the password', async () => {
  const world = await openApi();
  await world.parts.store.create('sensor', aThermometer('t-1'));
  const { password } = await call(world, 'renewSensorCredential', { params: { sensor: 't-1' } });
  const { items } = await call(world, 'listEvents');
  expect(items.map(({ text }) => text)).toEqual(['The sensor t-1 was given a new password by tester.']);
  expect(JSON.stringify(items)).not.toContain(password);
});
