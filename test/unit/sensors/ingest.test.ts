// Readings on their way in: kept, plotted, handed on, refused, dropped; and what is known of their sensors by that.
import { describe, expect, it } from 'vitest';
import type { KeptReading } from '../../../src/model/sensor.ts';
import { T0 } from '../../builders/jobs.ts';
import { aSensor, aSensorType, CELSIUS, PASSWORD } from '../../builders/sensors.ts';
import { openSensors } from './sensor-world.ts';

const ALL = { fromAt: 0, toAt: T0 * 2, after: 0, limit: 1000 };

describe('readings', () => {
  it('that fit are kept and plotted, and make the sensor online', async () => {
    const { send, readings, series, clock, status } = await openSensors();
    await send('t1', 21);
    await send('t1', [{ celsius: 23, at: T0 - 10_000 }]);
    expect(await readings.range({ sensor: 't1', ...ALL })).toMatchObject([
      { at: T0, values: { celsius: 21 } },
      { at: T0 - 10_000, values: { celsius: 23 } },
    ]);
    expect(await status('t1', ({ state }) => state === 'online')).toMatchObject({
      readings: 2,
      reason: 'its readings come',
    });
    await clock.advance(5000);
    const { points } = await series.range({
      series: 'sensor/t1/celsius',
      fromAt: T0 - 60_000,
      toAt: T0 + 60_000,
      mostPoints: 100,
    });
    expect(points.map(({ mean }) => mean)).toEqual([23, 21]);
  });

  it('that do not fit are counted, and the last few shown, but never passed on', async () => {
    const { send, readings, status } = await openSensors();
    for (let sent = 0; sent < 9; sent++) await send('t1', `warm ${sent}${'!'.repeat(1000)}`);
    const seen = await status('t1', ({ misfits }) => misfits === 9 || misfits > 4);
    expect(seen.samples.length).toBe(5);
    expect(seen.samples[0]?.fault).toContain('instead of a number from -40 to 85 (°C)');
    expect(seen.samples.every(({ text }) => text.length <= 200)).toBe(true);
    expect(await readings.lastSequence()).toBe(0);
    expect(seen.state).toBe('unknown');
  });

  it('of a sensor that is disabled are dropped and counted', async () => {
    const { send, readings, status, clock } = await openSensors([aSensor('t1', { enabled: false })]);
    await send('t1', [1, 2, 3]);
    await clock.advance(61_000);
    expect(await status('t1', ({ dropped }) => dropped === 3)).toMatchObject({ readings: 0, misfits: 0 });
    expect(await readings.lastSequence()).toBe(0);
  });

  it('of a sensor that its schedule closes are dropped, and taken when it is open again', async () => {
    // 2026-11-22 is a Sunday; open from 09:00 to 10:00 UTC.
    const windows = [{ days: [7], fromMinute: 540, toMinute: 600 }];
    const triggers = [{ kind: 'continuous' }] as const;
    const schedule = { triggers, startAt: T0 - 86_400_000, zone: 'UTC', windows, calendars: [], jitterMs: 0 };
    const { send, readings, clock } = await openSensors([aSensor('t1', { schedule })]);
    await send('t1', 1);
    expect(await readings.lastSequence()).toBe(0);
    await clock.advance(3_600_000);
    await send('t1', 2);
    await clock.advance(3_599_000);
    await send('t1', 3);
    await clock.advance(1000);
    await send('t1', 4);
    const kept = await readings.range({ sensor: 't1', ...ALL });
    expect(kept.map(({ values }) => values.celsius)).toEqual([2, 3]);
  });

  it('are checked against a type as it is now', async () => {
    const { send, readings, store } = await openSensors();
    await send('t1', 21);
    const type = await store.get('sensorType', 'thermometer');
    const fields = [{ ...CELSIUS, range: [30, 40] as const }];
    await store.update('sensorType', { ...aSensorType({ fields }), updatedAt: T0 + 1 }, type?.version ?? 0);
    await send('t1', 22);
    await send('t1', 33);
    const kept = await readings.range({ sensor: 't1', ...ALL });
    expect(kept.map(({ values }) => values.celsius)).toEqual([21, 33]);
  });

  it('of nobody are nobody’s, and leave nothing behind', async () => {
    const { send, readings, store, clock } = await openSensors();
    await send('stranger', 1);
    await clock.advance(61_000);
    expect(await readings.lastSequence()).toBe(0);
    expect(await store.count('sensorStatus', {})).toBe(0);
  });

  it('are written into statuses sparsely: a thousand readings in half a minute are a handful of writes', async () => {
    const { send, store, clock } = await openSensors();
    let writes = 0;
    store.onWritten((kind) => {
      if (kind === 'sensorStatus') writes++;
    });
    for (let sent = 0; sent < 1000; sent++) {
      await send('t1', 20);
      await clock.advance(30);
    }
    expect(writes).toBeLessThanOrEqual(3);
  });
});

describe('a device', () => {
  it('signs in with its own password and no other', async () => {
    const { door } = await openSensors([aSensor('t1'), aSensor('bare', { passwordHash: null })]);
    expect(await door.signIn('t1', PASSWORD)).toBe(true);
    expect(await door.signIn('t1', 'guess')).toBe(false);
    expect(await door.signIn('bare', '')).toBe(false);
    expect(await door.signIn('nobody', PASSWORD)).toBe(false);
  });

  it('is put out when its password changes or it is removed, and not when its name changes', async () => {
    const { door, store, cut } = await openSensors();
    await door.signIn('t1', PASSWORD);
    let stored = await store.get('sensor', 't1');
    stored = await store.update('sensor', aSensor('t1', { name: 'kitchen' }), stored?.version ?? 0);
    expect(cut).toEqual([]);
    await store.update('sensor', aSensor('t1', { passwordHash: 'ff' }), stored.version);
    expect(cut).toEqual(['t1']);
  });

  it('that comes, falls silent and goes is online, silent and offline, and people are told', async () => {
    const { door, send, status, events } = await openSensors();
    door.presence('t1', 'online', 'it signed in over MQTT');
    await send('t1', 20);
    await status('t1', ({ state }) => state === 'online');
    const silent = await status('t1', ({ state }) => state === 'silent');
    expect(silent.reason).toBe(
      'it is connected, but no reading of it came for 5 s, and its type promises one every 1 s',
    );
    door.presence('t1', 'offline', 'its last will came: its connection broke');
    await status('t1', ({ state }) => state === 'offline');
    await send('t1', 20);
    await status('t1', ({ state }) => state === 'online');
    expect(events.map(({ kind }) => kind)).toEqual(['sensor.silent', 'sensor.offline', 'sensor.online']);
  });

  it('that signed in shows its first reading within seconds, though it was online before it', async () => {
    const { clock, door, send, status } = await openSensors();
    door.presence('t1', 'online', 'it signed in over MQTT');
    expect(await status('t1', ({ state }) => state === 'online')).toMatchObject({ lastReadingAt: null });
    const sentAt = clock.now();
    await send('t1', { celsius: 5 });
    expect((await status('t1', ({ readings }) => readings > 0)).lastReadingAt).toBe(sentAt);
    expect(clock.now() - sentAt).toBeLessThan(3000);
  });

  it('that was online before the platform was restarted is silent when it does not come back, not at once', async () => {
    const before = {
      state: 'online',
      reason: 'its readings come',
      stateSinceAt: T0 - 5,
      lastReadingAt: T0 - 5,
    } as const;
    const counted = { readings: 7, misfits: 0, samples: [], shard: 0, nextAt: T0 - 1 };
    const { clock, store, status } = await openSensors(undefined, undefined, [{ id: 't1', ...before, ...counted }]);
    await clock.advance(4000);
    expect((await store.get('sensorStatus', 't1'))?.doc.state).toBe('online');
    expect(await status('t1', ({ state }) => state === 'silent')).toMatchObject({ readings: 7 });
  });

  it('that is removed takes its status along', async () => {
    const { store, send, status, clock } = await openSensors();
    await send('t1', 20);
    await status('t1', ({ state }) => state === 'online');
    const stored = await store.get('sensor', 't1');
    await store.delete('sensor', 't1', stored?.version ?? 0);
    await clock.advance(61_000);
    expect(await store.get('sensorStatus', 't1')).toBeUndefined();
  });
});

it('the latest reading of a sensor is there after a restart too', async () => {
  const { room, readings, send } = await openSensors();
  await readings.append([{ sensor: 't1', at: T0 - 5, values: { celsius: 5 } }]);
  const latest = async (): Promise<KeptReading | null> => room.reads.latest('t1');
  expect(await latest()).toMatchObject({ values: { celsius: 5 } });
  await send('t1', 6);
  expect(await latest()).toMatchObject({ values: { celsius: 6 } });
});
