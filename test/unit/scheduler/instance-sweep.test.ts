// What a sweep of the scheduler finds when a wake-up was lost: jobs that are to end, whatever the instance's own alarm says.
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import type { Unsettled } from '../../../src/engine/controller.ts';
import type { InstanceStatus } from '../../../src/model/instance.ts';
import type { Job } from '../../../src/model/job.ts';
import { shardOf } from '../../../src/model/shard.ts';
import type { Write } from '../../../src/ports/store.ts';
import { InstanceController } from '../../../src/scheduler/instance-controller.ts';
import { newEvent } from '../../builders/events.ts';
import { aJob, anInstance, T0 } from '../../builders/jobs.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from '../engine/manual-clock.ts';

const bus = { publish: async () => {} };

/** When the sweep has each instance looked at. */
async function sweptWith(...jobs: readonly Job[]): Promise<readonly Unsettled[]> {
  return swept(jobs.map((doc) => ({ do: 'create', kind: 'job', doc })));
}

async function swept(writes: readonly Write[]): Promise<readonly Unsettled[]> {
  const path = join(await temporaryDirectory(), 'berth.sqlite');
  const store = SqliteStore.open({ path, clock: new ManualClock(T0), log: silentLog });
  onTestFinished(() => store.close());
  await store.apply(writes);
  return Array.fromAsync(new InstanceController({ store, bus, recordEvent: async () => {}, newEvent }).sweep());
}

/** An instance that was written `writtenAgo` after the scheduler last looked at it; its next occurrence is a second away. */
function seen(id: string, writtenAgo: number): readonly Write[] {
  const shard = shardOf(id);
  const status: InstanceStatus = {
    ...{ id, shard, cursorAt: T0, occurrenceAt: T0 + 1000, nextAt: T0 + 1000 },
    ...{ settledAhead: [], queue: [], upstreamAt: T0, why: 'waits for its next occurrence', seenUpdatedAt: T0 },
  };
  return [
    { do: 'create', kind: 'instance', doc: anInstance({ id, shard, updatedAt: T0 + writtenAgo }) },
    { do: 'create', kind: 'instanceStatus', doc: status },
  ];
}

test('an instance is looked at when its alarm rings, and now if it was never seen or was written since', async () => {
  const never: Write = { do: 'create', kind: 'instance', doc: anInstance({ id: 'never', shard: shardOf('never') }) };
  const found = await swept([...seen('unchanged', 0), ...seen('changed', 1), never]);
  expect(found.toSorted((a, b) => `${a.id}${a.at}`.localeCompare(`${b.id}${b.at}`))).toEqual([
    { id: 'changed', at: 0 },
    { id: 'changed', at: T0 + 1000 },
    { id: 'never', at: 0 },
    { id: 'unchanged', at: T0 + 1000 },
  ]);
});

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
