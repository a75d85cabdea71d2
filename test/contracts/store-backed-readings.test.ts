// The contract of Readings over databases, and what followers see while several processes write.
import { describe, expect, test } from 'vitest';
import { StoreReadings } from '../../src/adapters/store-readings/store-readings.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import type { KeptReading } from '../../src/model/sensor.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store.ts';
import { ManualClock } from '../unit/engine/manual-clock.ts';
import { mariadbKept, type OpenAgain, sqliteKept } from './kept-store.ts';
import { aReading, readingsContract } from './readings-contract.ts';
import { silentLog } from './silent-log.ts';

const mariadb = mariadbKept(['readingBatch', 'sequence']);

function readingsIn(store: Store, clock: Clock = new ManualClock()): StoreReadings {
  return new StoreReadings({ store, clock, random: new SystemRandom(), log: silentLog });
}

for (const [name, database] of [
  ['SQLite store', sqliteKept],
  ['MariaDB store', mariadb],
] as const) {
  readingsContract(name, async (now) => {
    const readings = readingsIn(await (await database())(), new ManualClock(now));
    return { readings, end: () => readings.close() };
  });
}

/** A store whose next batch of writes waits until it is let go, as that of a process that was paused. */
function pausable(store: Store) {
  const gate = { reached: Promise.withResolvers<void>(), opened: Promise.withResolvers<void>(), isClosed: false };
  const paused = new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: readonly unknown[]) => {
        const [writes] = args;
        if (name === 'apply' && gate.isClosed && Array.isArray(writes) && writes.length > 1) {
          gate.reached.resolve();
          await gate.opened.promise;
        }
        return Reflect.apply(member, target, args);
      };
    },
  });
  return { paused, gate };
}

async function follow(readings: StoreReadings, sensors: readonly string[], isOver: () => boolean) {
  const seen: KeptReading[] = [];
  for (let wasOver = false; ; ) {
    const some = await readings.since(sensors, seen.at(-1)?.sequence ?? 0, 100);
    seen.push(...some);
    if (wasOver && some.length === 0) return seen;
    wasOver = isOver();
    // Reading from SQLite is synchronous: without a turn of the loop the writers would never come.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const databases: readonly (readonly [string, () => Promise<OpenAgain>])[] = [
  ['SQLite', sqliteKept],
  ['MariaDB', mariadb],
];

describe.each(databases)('Readings in a database: %s', (_name, database) => {
  test('a follower misses nothing and sees nothing twice while two processes write the same sensors', async () => {
    const open = await database();
    const clock = new SystemClock();
    const writers = [readingsIn(await open(), clock), readingsIn(await open(), clock)];
    const follower = readingsIn(await open());
    let left = writers.length;
    const sensors = ['a', 'b', 'c'];
    const write = async (readings: StoreReadings) => {
      for (let round = 0; round < 40; round++) {
        const some = sensors.slice(0, 1 + (round % 3)).map((sensor) => aReading(sensor, round));
        const [kept] = await Promise.all([readings.append(some), readings.append(some)]);
        // What was answered is there for everybody.
        const first = kept[0]?.sequence ?? 0;
        expect(await follower.since(sensors, first - 1, 1)).toEqual([kept[0]]);
      }
      left--;
    };
    const following = follow(follower, sensors, () => left === 0);
    await Promise.all(writers.map(write));
    const seen = await following;
    const all = await Promise.all(
      sensors.map((sensor) =>
        follower.range({ sensor, fromAt: 0, toAt: Number.MAX_SAFE_INTEGER, after: 0, limit: 999 }),
      ),
    );
    expect(seen.map(({ sequence }) => sequence)).toEqual(
      all
        .flat()
        .map(({ sequence }) => sequence)
        .toSorted((a, b) => a - b),
    );
    expect(seen).toHaveLength(2 * 2 * (14 * 1 + 13 * 2 + 13 * 3));
    expect(await follower.lastSequence()).toBe(seen.at(-1)?.sequence);
  });

  test('followers wait for a block that was taken before, and go on when its process is dead', async () => {
    const open = await database();
    const { paused, gate } = pausable(await open());
    const clock = new ManualClock();
    const store = await open();
    const [slow, quick, follower] = [readingsIn(paused), readingsIn(store, clock), readingsIn(await open(), clock)];
    gate.isClosed = true;
    const late = slow.append([aReading('a', 1)]);
    await gate.reached.promise;
    const answered: KeptReading[] = [];
    const keeping = quick.append([aReading('a', 2)]).then((kept) => answered.push(...kept));
    await expect.poll(() => store.count('readingBatch', {})).toBe(1);
    expect(await follower.since(['a'], 0, 10)).toEqual([]);
    expect(await follower.lastSequence()).toBe(0);
    await clock.advance(14_000);
    expect(await follower.since(['a'], 0, 10)).toEqual([]);
    expect(answered).toEqual([]);
    const passing = async () => {
      await clock.advance(1000);
      return answered.length;
    };
    await expect.poll(passing).toBe(1);
    await keeping;
    const [kept] = answered;
    expect(await follower.since(['a'], 0, 10)).toEqual([kept]);
    // It was not dead but paused: what it has taken comes behind what was seen.
    gate.opened.resolve();
    const [lateKept] = await late;
    expect(lateKept?.sequence).toBeGreaterThan(kept?.sequence ?? 0);
    expect(await follower.since(['a'], kept?.sequence ?? 0, 10)).toEqual([lateKept]);
    expect(await follower.range({ sensor: 'a', fromAt: 0, toAt: 9e15, after: 0, limit: 9 })).toEqual([kept, lateKept]);
  });

  test('a range of long ago begins where it was kept, and finds all of it', async () => {
    const store = await (await database())();
    const clock = new ManualClock(Date.UTC(2026, 0, 5, 12));
    const readings = readingsIn(store, clock);
    for (let minute = 0; minute < 30; minute++) {
      await readings.append([aReading('a', minute * 60_000), aReading('a', minute * 60_000 + 59_000)]);
      await clock.advance(60_000);
    }
    const fromAt = Date.UTC(2026, 0, 5, 12, 20);
    const found = await readings.range({ sensor: 'a', fromAt, toAt: fromAt + 60_000, after: 0, limit: 10 });
    expect(found.map(({ at }) => at)).toEqual([fromAt, fromAt + 59_000]);
    expect(await readings.recent('a', fromAt, 100)).toHaveLength(20);
    expect(await store.count('sequence', {})).toBe(31);
    await readings.forgetBefore(fromAt, 1000);
    expect(await store.count('sequence', {})).toBe(11);
  });

  test('what could not be written is told to whoever asked, and what comes after is kept', async () => {
    const store = await (await database())();
    let isAway = false;
    const flaky = new Proxy(store, {
      get: (target, name) => {
        if (name === 'apply' && isAway) return () => Promise.reject(new Error('away'));
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    const readings = readingsIn(flaky);
    const [first] = await readings.append([aReading('a', 1)]);
    isAway = true;
    await expect(readings.append([aReading('a', 2)])).rejects.toThrow('away');
    isAway = false;
    const [third] = await readings.append([aReading('a', 3)]);
    expect(await readings.since(['a'], 0, 10)).toEqual([first, third]);
    await readings.close();
    await expect(readings.append([aReading('a', 4)])).rejects.toThrow('closed');
  });
});
