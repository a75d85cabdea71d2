// The contract of Readings over SQLite and in memory, and what only a file can show.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SqliteReadings } from '../../src/adapters/sqlite-readings/sqlite-readings.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SimReadings } from '../../src/sim/sim-readings.ts';
import { ManualClock } from '../unit/engine/manual-clock.ts';
import { LoopStalls } from './loop-stalls.ts';
import { aReading, readingsContract } from './readings-contract.ts';
import { silentLog } from './silent-log.ts';
import { temporaryDirectory } from './temporary-directory.ts';

readingsContract('in memory', async () => {
  const readings = new SimReadings();
  return { readings, end: () => readings.close() };
});

readingsContract('SQLite', async (now) => {
  const path = join(await temporaryDirectory(), 'readings.sqlite');
  const readings = SqliteReadings.open({ path, clock: new ManualClock(now), log: silentLog });
  return { readings, end: () => readings.close() };
});

async function opened() {
  const path = join(await temporaryDirectory(), 'readings.sqlite');
  const parts = { path, clock: new SystemClock(), log: silentLog };
  return { path, open: () => SqliteReadings.open(parts) };
}

test('a file of readings is its owner’s, and the next process goes on behind its last sequence', async () => {
  const { path, open } = await opened();
  const first = open();
  const [kept] = await first.append([aReading('a', 0)]);
  await first.forgetBefore(Number.MAX_SAFE_INTEGER, 10);
  await first.close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const second = open();
  const [next] = await second.append([aReading('a', 1)]);
  expect(next?.sequence).toBe((kept?.sequence ?? 0) + 1);
  await second.close();
});

test('what was answered is there for whoever reads the file next, though nobody closed it', async () => {
  const { open } = await opened();
  const first = open();
  const kept = await first.append(Array.from({ length: 50 }, (_, index) => aReading('a', index)));
  const second = open();
  expect(await second.since(['a'], 0, 100)).toEqual(kept);
  await second.close();
  await first.close();
});

test('forty thousand readings become durable, and the loop is never held up for long', async () => {
  const { open } = await opened();
  const readings = open();
  await readings.append([aReading('warm', 0)]);
  const stalls = new LoopStalls();
  const append = (round: number) =>
    Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        readings.append(Array.from({ length: 10 }, (_, each) => aReading(`s${(index * 10 + each) % 500}`, round))),
      ),
    );
  for (let round = 0; round < 20; round++) await append(round);
  expect(stalls.end()).toBeLessThan(250);
  await readings.close();
});
