import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { tidyLeases } from '../../../src/deployment/tidy-leases.ts';
import { aJob, aTask, aTaskStatus, T0 } from '../../builders/jobs.ts';
import { silentLog as log } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';

async function aStore(): Promise<SqliteStore> {
  const path = join(await temporaryDirectory(), 'berth.sqlite');
  const store = SqliteStore.open({ path, clock: new SystemClock(), log });
  onTestFinished(() => store.close());
  return store;
}

test.each([
  ['of a task that is over and settled', { state: 'lost', nextAt: null }, 1, false],
  ['of a task that is over and may still run somewhere', { state: 'lost', nextAt: T0 }, 1, true],
  ['of a task that runs', { state: 'running', nextAt: null }, 1, true],
  ['of a task that no node has seen, of a job that is open', null, 1, true],
  ['of a task that no node has seen, of a job that is closed', null, 0, false],
] as const)('a lease %s is kept only while it may matter', async (_, status, open, isKept) => {
  const store = await aStore();
  const job = aJob({ open });
  const task = aTask(job, 0, 1, 'n1');
  await store.create('job', job);
  await store.create('task', task);
  if (status) await store.create('taskStatus', aTaskStatus(task, status));
  await store.create('lease', { id: task.id, untilAt: T0, isRevoked: true });
  await tidyLeases(store);
  expect((await store.get('lease', task.id)) !== undefined).toBe(isKept);
});
