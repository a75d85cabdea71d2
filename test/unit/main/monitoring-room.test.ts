// Monitoring as it is put together for one process.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { MemoryBus } from '../../../src/adapters/memory-bus/memory-bus.ts';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import { buildMonitoringRoom } from '../../../src/main/monitoring-room.ts';
import { measuredStore, openMetrics } from '../../../src/main/open-metrics.ts';
import { ROLE_OF_PREFIX } from '../../../src/model/role.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from '../engine/manual-clock.ts';

async function room() {
  const directory = await temporaryDirectory();
  const clock = new ManualClock();
  const metrics = openMetrics();
  const sqlite = SqliteStore.open({ path: join(directory, 'berth.db'), clock, log: silentLog });
  const store = new WatchedStore(measuredStore(sqlite, clock, metrics));
  const bus = new MemoryBus({ clock, log: silentLog, limit: 100, backoff: { firstMs: 1, maxMs: 1 } });
  onTestFinished(async () => {
    await bus.close();
    await store.close();
  });
  const statusDirectory = join(directory, 'status');
  mkdirSync(statusDirectory);
  const status = { name: 'two', roles: ['nodes'], restarts: 7, keepsDying: true, state: 'waiting' };
  writeFileSync(join(statusDirectory, 'two.json'), JSON.stringify(status));
  writeFileSync(join(statusDirectory, 'supervisor.json'), JSON.stringify({ problems: [] }));
  const built = buildMonitoringRoom({
    ...{ store, bus, clock, log: silentLog, metrics, dataDirectory: directory, statusDirectory, host: null },
    identity: { id: 'one', run: 'r1', roles: ['monitoring'], machine: 'm1', version: '1.2.3', pid: 7 },
    recordEvent: async () => {},
    backlog: () => ({ waiting: 1, running: 0, alarms: 0 }),
    beatAt: () => clock.now(),
    shards: () => ({ monitoring: 64 }),
    sendByChannel: async () => ({ isTaken: true, said: '' }),
  });
  return { ...built, store, clock };
}

test('a process is ready between its start and its end, and stands in the list with all that is known of it', async () => {
  const { probes, start, stopping, close, store, clock } = await room();
  expect((await probes.problems()).map(({ part }) => part)).toEqual(['start']);
  await start('http://127.0.0.1:1');
  expect(await probes.problems()).toEqual([]);
  expect((await store.get('component', 'one'))?.doc).toMatchObject({
    ...{ address: 'http://127.0.0.1:1', state: 'running', backlog: 1, shards: { monitoring: 64 } },
    disk: { totalBytes: expect.any(Number), freeBytes: expect.any(Number) },
    supervised: [{ name: 'two', roles: ['nodes'], restarts: 7, keepsDying: true }],
  });
  const { text } = await probes.metrics();
  expect(text).toContain('berth_components{state="running"} 1');
  expect(text).toContain('berth_store_operation_duration_seconds_count{operation="create"} 1');
  await stopping();
  expect((await probes.problems()).map(({ part }) => part)).toEqual(['start']);
  await close();
  expect(await store.get('component', 'one')).toBeUndefined();
  expect(clock.pending).toBe(0);
});

test('all that it looks after is of the role monitoring', async () => {
  const { controllers, close } = await room();
  for (const { prefix } of controllers) expect([prefix, ROLE_OF_PREFIX[prefix]]).toEqual([prefix, 'monitoring']);
  await close();
});
