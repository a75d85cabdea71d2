// What a sweep of the scheduler finds when a wake-up was lost: jobs that are to end, whatever the instance's own alarm says.
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import type { Instant } from '../../../src/model/instant.ts';
import type { Job } from '../../../src/model/job.ts';
import type { Bus } from '../../../src/ports/bus.ts';
import { InstanceController } from '../../../src/scheduler/instance-controller.ts';
import { aJob, T0 } from '../../builders/jobs.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from '../engine/manual-clock.ts';

const bus: Bus = { publish: async () => {}, subscribe: async () => async () => {}, close: async () => {} };

/** When the sweep has each instance looked at. */
async function sweptWith(...jobs: readonly Job[]): Promise<readonly { id: string; at: Instant }[]> {
  const path = join(await temporaryDirectory(), 'berth.sqlite');
  const store = SqliteStore.open({ path, clock: new ManualClock(T0), log: silentLog });
  onTestFinished(() => store.close());
  for (const job of jobs) await store.create('job', job);
  return Array.fromAsync(new InstanceController({ store, bus, recordEvent: async () => {} }).sweep());
}

test('an open job has its instance looked at by its end', async () => {
  expect(await sweptWith(aJob({ endsAt: T0 + 5000 }))).toEqual([{ id: 'room-abc123', at: T0 + 5000 }]);
});

test('an open job without end has its instance looked at now: it may have been disabled', async () => {
  expect(await sweptWith(aJob())).toEqual([{ id: 'room-abc123', at: 0 }]);
});

test('a job that is closed, or whose stop is written, needs nothing of the scheduler', async () => {
  const stop = { by: 'ana', reason: 'enough', at: T0 };
  expect(await sweptWith(aJob({ id: 'a', open: 0 }), aJob({ id: 'b', stop }))).toEqual([]);
});
