// The Series contract over databases, and what several processes on one database see of each other.
import { describe, expect, test } from 'vitest';
import { StoreSeries } from '../../src/adapters/store-series/store-series.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store.ts';
import { ManualClock } from '../unit/engine/manual-clock.ts';
import { mariadbKept, type OpenAgain, sqliteKept } from './kept-store.ts';
import { seriesContract } from './series-contract.ts';
import { silentLog } from './silent-log.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const T0 = Date.UTC(2026, 0, 5, 12);

const mariadb = mariadbKept(['seriesSpan']);

function seriesIn(store: Store, clock: Clock): StoreSeries {
  return new StoreSeries({ store, clock, log: silentLog });
}

for (const [name, database] of [
  ['SQLite store', sqliteKept],
  ['MariaDB store', mariadb],
] as const) {
  seriesContract(name, async (clock) => {
    const series = seriesIn(await (await database())(), clock);
    return { series, end: () => series.close() };
  });
}

const databases: readonly (readonly [string, () => Promise<OpenAgain>])[] = [
  ['SQLite', sqliteKept],
  ['MariaDB', mariadb],
];

describe.each(databases)('Series in a database: %s', (_name, database) => {
  const query = { series: 'a', fromAt: T0, toAt: T0 + HOUR, mostPoints: 1000 };

  test('two processes that measure the same add up, whoever is asked', async () => {
    const open = await database();
    const clock = new ManualClock(T0 + 10 * MINUTE);
    const [one, two] = [seriesIn(await open(), clock), seriesIn(await open(), clock)];
    const readings = (value: number) =>
      Array.from({ length: 100 }, (_, index) => ({ series: 'a', at: T0 + index * 5 * SECOND, value }));
    await Promise.all([one.append(readings(1)), two.append(readings(3))]);
    await Promise.all([one.close(), two.close()]);
    const third = seriesIn(await open(), clock);
    const { points } = await third.range(query);
    expect(points).toHaveLength(100);
    expect(new Set(points.map(({ mean }) => mean))).toEqual(new Set([2]));
    await third.close();
  });

  test('what one process took is there for another after a flush, a minute later in all tiers', async () => {
    const open = await database();
    const clock = new ManualClock(T0);
    const [one, two] = [seriesIn(await open(), clock), seriesIn(await open(), clock)];
    await one.append([{ series: 'a', at: T0, value: 7 }]);
    await clock.advance(10 * SECOND);
    await expect.poll(async () => (await two.range(query)).points).toMatchObject([{ mean: 7 }]);
    for (let flush = 0; flush < 6; flush++) {
      await clock.advance(10 * SECOND);
      await expect.poll(() => clock.pending).toBe(2);
    }
    const week = { ...query, fromAt: T0 - 2 * DAY };
    expect((await two.range(week)).points).toMatchObject([{ mean: 7 }]);
    await Promise.all([one.close(), two.close()]);
  });

  test('what is too old goes from the database', async () => {
    const store = await (await database())();
    const clock = new ManualClock(T0);
    const series = seriesIn(store, clock);
    await series.append([{ series: 'a', at: T0, value: 7 }]);
    await series.range(query);
    await clock.advance(MINUTE + 1);
    await expect.poll(() => store.count('seriesSpan', {})).toBe(3);
    clock.jump(20 * DAY);
    for (let flush = 0; flush < 6; flush++) {
      await expect.poll(() => clock.pending).toBe(1);
      await clock.advance(10 * SECOND);
    }
    await expect.poll(() => store.count('seriesSpan', {})).toBe(1);
    await series.close();
  });

  test('series with very long names are kept apart', async () => {
    const clock = new ManualClock(T0);
    const series = seriesIn(await (await database())(), clock);
    const [a, b] = [`${'x'.repeat(300)}a`, `${'x'.repeat(300)}b`];
    await series.append([
      { series: a, at: T0, value: 1 },
      { series: b, at: T0, value: 2 },
    ]);
    expect((await series.range({ ...query, series: b })).points).toMatchObject([{ mean: 2 }]);
    await series.close();
  });
});

test('while the database is away what was measured waits, and is written when it is back', async () => {
  const store = await (await sqliteKept())();
  const clock = new ManualClock(T0);
  let isAway = true;
  const flaky = new Proxy(store, {
    get: (target, name) => {
      if (name === 'apply' && isAway) return () => Promise.reject(new Error('away'));
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const series = seriesIn(flaky, clock);
  await series.append([{ series: 'a', at: T0, value: 1 }]);
  await clock.advance(10 * SECOND);
  await expect.poll(() => clock.pending).toBe(1);
  await series.append([{ series: 'a', at: T0, value: 3 }]);
  isAway = false;
  const { points } = await series.range({ series: 'a', fromAt: T0, toAt: T0 + MINUTE, mostPoints: 10 });
  expect(points).toEqual([{ at: T0, min: 1, mean: 2, max: 3 }]);
  await series.close();
});
