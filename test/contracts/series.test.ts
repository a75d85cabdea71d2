// The Series contract over SQLite and in memory, and what only a file can show.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SqliteSeries } from '../../src/adapters/sqlite-series/sqlite-series.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SimSeries } from '../../src/sim/sim-series.ts';
import { LoopStalls } from './loop-stalls.ts';
import { seriesContract } from './series-contract.ts';
import { temporaryDirectory } from './temporary-directory.ts';

seriesContract('in memory', async (clock) => {
  const series = new SimSeries(clock);
  return { series, end: () => series.close() };
});

seriesContract('SQLite', async (clock) => {
  const series = SqliteSeries.open({ path: join(await temporaryDirectory(), 'series.sqlite'), clock });
  return { series, end: () => series.close() };
});

test('a file of series is its owner’s, and is there for the next process', async () => {
  const clock = new SystemClock();
  const path = join(await temporaryDirectory(), 'series.sqlite');
  const first = SqliteSeries.open({ path, clock });
  const at = clock.now();
  await first.append([{ series: 'a', at, value: 7 }]);
  await first.close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const second = SqliteSeries.open({ path, clock });
  const { points } = await second.range({ series: 'a', fromAt: at, toAt: at + 1, mostPoints: 10 });
  expect(points).toMatchObject([{ mean: 7 }]);
  await second.close();
});

test('the load of a thousand nodes is appended without holding up the loop', async () => {
  const clock = new SystemClock();
  const series = SqliteSeries.open({ path: join(await temporaryDirectory(), 'series.sqlite'), clock });
  const names = Array.from({ length: 4000 }, (_, index) => `node/n${index >> 2}/${index & 3}`);
  await series.append(names.map((name) => ({ series: name, at: clock.now(), value: 0.5 })));
  const stalls = new LoopStalls();
  await series.append(names.map((name) => ({ series: name, at: clock.now() + 5000, value: 0.5 })));
  const longestMs = stalls.end();
  await series.close();
  expect(longestMs).toBeLessThan(250);
});
