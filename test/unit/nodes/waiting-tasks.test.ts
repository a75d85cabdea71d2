// Which tasks are looked at when their node is reached again.
import { expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { waitingTasks } from '../../../src/nodes/session-sweep.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from '../engine/manual-clock.ts';
import { aStatus, NOW } from './task-snapshots.ts';

test('a node that is reached again has its open tasks looked at, and the ended ones whose container is due to go', async () => {
  const clock = new ManualClock(NOW);
  const store = SqliteStore.open({ path: `${await temporaryDirectory()}/berth.db`, clock, log: silentLog });
  onTestFinished(() => store.close());
  const ended = { state: 'completed', container: 'kept' } as const;
  for (const status of [
    aStatus({ id: 'running', state: 'running', container: 'kept', nextAt: NOW - 1 }),
    aStatus({ id: 'due', ...ended, nextAt: NOW }),
    aStatus({ id: 'kept-for-a-while', ...ended, nextAt: NOW + 1 }),
    aStatus({ id: 'removed', ...ended, container: 'removed', nextAt: null }),
    aStatus({ id: 'elsewhere', ...ended, node: 'n2', nextAt: NOW }),
  ])
    await store.create('taskStatus', status);
  expect(await waitingTasks({ store, clock }, 'n1')).toEqual(['running', 'due']);
});
