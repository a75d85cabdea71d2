// Readings as tasks see them: by declared names, live and resumed, without loss, thinned where they wish it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeptReading } from '../../../src/model/sensor.ts';
import { LiveReadings } from '../../../src/sensors/live-readings.ts';
import { SimReadings } from '../../../src/sim/sim-readings.ts';
import { aJob, aSpec, aTask, T0 } from '../../builders/jobs.ts';
import { aBinding, aSensor } from '../../builders/sensors.ts';
import { openSensors } from './sensor-world.ts';

const wishes = { sensors: {}, controls: {}, missing: 'wait' } as const;
const sensorNeeds = {
  sensors: [{ name: 'room', type: 'thermometer', format: 'number', count: 2 }],
  controls: [{ name: 'fan', type: 'thermometer' }],
  wishes,
} as const;
const JOB = aJob({ spec: aSpec({ sensorNeeds }) });
const TASK = aTask(JOB, 0, 1, 'n1');
const ALL = { index: null, after: null, rateHz: null };

async function feeds() {
  const world = await openSensors([aSensor('t1', { location: 'campus/a' }), aSensor('t2')]);
  await world.store.create(
    'jobBinding',
    aBinding(JOB.id, { sensors: { room: ['t2', 't1'] }, controls: { fan: ['t1'] } }),
  );
  return { ...world, feeds: world.room.feeds };
}

/** Takes batches until there are so many readings. */
async function take(stream: AsyncIterable<readonly KeptReading[]>, count: number): Promise<KeptReading[]> {
  const taken: KeptReading[] = [];
  for await (const batch of stream) {
    taken.push(...batch);
    if (taken.length >= count) break;
  }
  return taken;
}

const celsius = (readings: readonly KeptReading[]) => readings.map(({ values }) => values.celsius);

describe('a task', () => {
  it('is told what its names stand for', async () => {
    const { feeds: of } = await feeds();
    const described = await of.describe(TASK);
    expect(described.sensors).toMatchObject([
      {
        name: 'room',
        type: 'thermometer',
        sensors: [
          { id: 't2', rateHz: 1 },
          { id: 't1', location: 'campus/a' },
        ],
      },
    ]);
    expect(described.controls).toMatchObject([{ name: 'fan', sensors: [{ id: 't1' }], controls: [{ name: 'fan' }] }]);
  });

  it('reads the latest and a window of each of its sensors, and of no other', async () => {
    const { feeds: of, send, clock } = await feeds();
    expect(await of.latest(TASK, 'room', 0)).toBeNull();
    await send('t2', 1);
    await clock.advance(60_000);
    await send('t2', 2);
    await send('t1', 3);
    expect(await of.latest(TASK, 'room', 0)).toMatchObject({ sensor: 't2', values: { celsius: 2 } });
    expect(celsius(await of.window(TASK, 'room', 0, 90))).toEqual([1, 2]);
    expect(celsius(await of.window(TASK, 'room', 0, 30))).toEqual([2]);
    await expect(of.latest(TASK, 'room', 2)).rejects.toMatchObject({ code: 'sensor.no-such-index' });
    await expect(of.latest(TASK, 'cellar', 0)).rejects.toMatchObject({ code: 'sensor.not-bound' });
    await expect(of.latest(TASK, 'constructor', 0)).rejects.toMatchObject({ code: 'sensor.not-bound' });
  });

  it('streams what comes from now on, of one sensor or of all of a name', async () => {
    const { feeds: of, send } = await feeds();
    await send('t1', 0);
    const both = take(of.stream(TASK, 'room', ALL, new AbortController().signal), 2);
    const one = take(of.stream(TASK, 'room', { ...ALL, index: 1 }, new AbortController().signal), 1);
    await new Promise((resolve) => setImmediate(resolve));
    await send('t2', 1);
    await send('t1', 2);
    expect(celsius(await both)).toEqual([1, 2]);
    expect(celsius(await one)).toEqual([2]);
  });

  it('goes on after a sequence as if nothing had been', async () => {
    const { feeds: of, send } = await feeds();
    for (const value of [1, 2, 3]) await send('t1', value);
    const first = await take(of.stream(TASK, 'room', { ...ALL, after: 0 }, new AbortController().signal), 3);
    const after = first[0]?.sequence ?? 0;
    const resumed = take(of.stream(TASK, 'room', { ...ALL, after }, new AbortController().signal), 3);
    await send('t1', 4);
    expect(celsius(await resumed)).toEqual([2, 3, 4]);
  });

  it('gets fewer when it wishes so, but of each sensor', async () => {
    const { feeds: of, send, clock } = await feeds();
    const thin = take(of.stream(TASK, 'room', { ...ALL, rateHz: 0.5 }, new AbortController().signal), 6);
    await new Promise((resolve) => setImmediate(resolve));
    for (let second = 0; second < 6; second++) {
      await send('t1', second);
      await send('t2', second);
      await clock.advance(1000);
    }
    expect(celsius(await thin)).toEqual([0, 0, 2, 2, 4, 4]);
  });

  it('is let go when its signal aborts', async () => {
    const { feeds: of } = await feeds();
    const leaving = new AbortController();
    const nothing = take(of.stream(TASK, 'room', ALL, leaving.signal), 1);
    await new Promise((resolve) => setImmediate(resolve));
    leaving.abort();
    expect(await nothing).toEqual([]);
  });
});

it('however slowly somebody reads, nothing is lost and nothing comes twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 12_000 }), { minLength: 1, maxLength: 8 }),
      fc.nat(9),
      async (bursts, pauses) => {
        const readings = new SimReadings();
        const live = new LiveReadings(readings);
        const total = bursts.reduce((sum, burst) => sum + burst, 0);
        const stream = live.follow({ sensors: ['a'], after: 0, rateHz: null }, new AbortController().signal);
        const taking = (async () => {
          const taken: number[] = [];
          for await (const batch of stream) {
            taken.push(...batch.map(({ sequence }) => sequence));
            if (taken.length >= total) break;
            for (let pause = 0; pause < pauses; pause++) await new Promise((resolve) => setImmediate(resolve));
          }
          return taken;
        })();
        for (const burst of bursts) {
          const kept = await readings.append(
            Array.from({ length: burst }, () => ({ sensor: 'a', at: T0, values: {} })),
          );
          live.publish(kept);
          await new Promise((resolve) => setImmediate(resolve));
        }
        expect(await taking).toEqual(Array.from({ length: total }, (_, index) => index + 1));
        expect(live.followed).toBe(0);
      },
    ),
    { numRuns: 25 },
  );
});

it('what several processes keep reaches a follower whole and in one order, whatever the order in which they tell of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), async (isLate) => {
      const readings = new SimReadings();
      const live = new LiveReadings(readings);
      const stream = live.follow({ sensors: ['a', 'b'], after: 0, rateHz: null }, new AbortController().signal);
      const taking = take(stream, isLate.length);
      const late: (readonly KeptReading[])[] = [];
      for (const [index, each] of isLate.entries()) {
        const kept = await readings.append([{ sensor: index % 3 === 0 ? 'a' : 'b', at: T0, values: {} }]);
        if (each) late.push(kept);
        else live.announce(kept);
        await new Promise((resolve) => setImmediate(resolve));
      }
      for (const kept of late.toReversed()) live.announce(kept);
      const sequences = (await taking).map(({ sequence }) => sequence);
      expect(sequences).toEqual(Array.from({ length: isLate.length }, (_, index) => index + 1));
      expect((await live.latest('a'))?.sequence).toBe(Math.floor((isLate.length - 1) / 3) * 3 + 1);
    }),
    { numRuns: 25 },
  );
});
