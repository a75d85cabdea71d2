// What is recorded of a task when its status was written by somebody else since the decision: two processes may own it for a moment.
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import type { TaskStatus } from '../../../src/model/task.ts';
import { taskActs } from '../../../src/nodes/task-acts.ts';
import { StoreConflict } from '../../../src/ports/store.ts';
import { aJob, aTask, aTaskStatus, T0 } from '../../builders/jobs.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from '../engine/manual-clock.ts';
import { aSnapshot, SETTINGS } from './task-snapshots.ts';

const task = aTask(aJob(), 0, 1, 'n1');

/** Acts of a decision that was made on what is stored, or on something older. */
async function actsOver(
  status: TaskStatus,
  finish: () => Promise<readonly string[]> = async () => [],
  decidedOn: TaskStatus = status,
) {
  const clock = new ManualClock(T0);
  const store = SqliteStore.open({ path: join(await temporaryDirectory(), 'berth.sqlite'), clock, log: silentLog });
  onTestFinished(() => store.close());
  await store.create('taskStatus', status);
  const evidence = { follow: () => {}, finish, lost: () => {} };
  const secrets = { taskToken: () => '', imagePassword: () => '' };
  const parts = { store, clock, log: silentLog, recordEvent: async () => {}, evidence, platformUid: 'p', ...secrets };
  return { store, clock, acts: taskActs(parts, aSnapshot({ task, status: decidedOn }), undefined) };
}

const ended = aTaskStatus(task, { state: 'failed', endedAt: T0, container: 'kept' });

test('an end that was recorded is not recorded again with another time', async () => {
  const { store, acts } = await actsOver(aTaskStatus(task, { state: 'failed', endedAt: T0 }));
  const again = acts.record({ do: 'record', change: { state: 'failed', endedAt: T0 + 5000, nextAt: T0 } });
  await expect(again).rejects.toThrow(StoreConflict);
  expect((await store.get('taskStatus', task.id))?.doc.endedAt).toBe(T0);
});

test('what follows an end is recorded', async () => {
  const { store, acts } = await actsOver(ended);
  await acts.record({ do: 'record', change: { container: 'removed', nextAt: null } });
  expect((await store.get('taskStatus', task.id))?.doc).toMatchObject({ endedAt: T0, container: 'removed' });
});

test('what was decided on a task that went on is not recorded of one that has ended meanwhile', async () => {
  const before = aTaskStatus(task, { state: 'starting' });
  const { store, acts } = await actsOver({ ...ended, container: 'removed' }, undefined, before);
  const late = acts.record({ do: 'record', change: { containerId: 'c1', container: 'kept', nextAt: T0 } });
  await expect(late).rejects.toThrow(StoreConflict);
  expect((await store.get('taskStatus', task.id))?.doc.container).toBe('removed');
});

test('a container that was removed does not come back by a record that is late', async () => {
  const { store, acts } = await actsOver({ ...ended, container: 'removed', nextAt: null }, undefined, ended);
  await expect(acts.record({ do: 'record', change: { container: 'kept', nextAt: T0 } })).rejects.toThrow(StoreConflict);
  expect((await store.get('taskStatus', task.id))?.doc).toMatchObject({ container: 'removed', nextAt: null });
});

test('a container does not go while its last moments cannot be had; an end does not wait for them', async () => {
  const { acts } = await actsOver(ended, () => Promise.reject(new Error('the engine is restarting')));
  await expect(acts.gather({ do: 'gather' })).rejects.toThrow('the engine is restarting');
  await acts.collect({ do: 'collect' });
});

test('a container does not go while its last moments are still on their way', async () => {
  const { acts, clock } = await actsOver(ended, () => new Promise(() => {}));
  const gathering = expect(acts.gather({ do: 'gather' })).rejects.toMatchObject({ code: 'machine.timeout' });
  await clock.advance(SETTINGS.evidenceWithinMs);
  await gathering;
});
