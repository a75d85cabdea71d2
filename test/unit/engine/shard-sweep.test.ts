import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { pages, sweepByNextAt } from '../../../src/engine/shard-sweep.ts';
import { SHARDS, shardOf } from '../../../src/model/shard.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { aJobStatus, anEvent } from '../../contracts/store-documents.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from './manual-clock.ts';

async function openStore(): Promise<SqliteStore> {
  const path = join(await temporaryDirectory(), 'berth.sqlite');
  const store = SqliteStore.open({ path, clock: new ManualClock(), log: silentLog });
  onTestFinished(() => store.close());
  return store;
}

test('a sweep gives everything with a next time, of every shard and page, and nothing that is settled', async () => {
  const store = await openStore();
  const ids = Array.from({ length: 3000 }, (_, index) => `job-${index}`);
  const docs = ids.map((id, index) =>
    aJobStatus({ id, shard: index < 1500 ? 5 : shardOf(id), nextAt: index % 10 === 0 ? null : index }),
  );
  await store.apply(docs.map((doc) => ({ do: 'create', kind: 'jobStatus', doc })));
  const found = new Map<string, number>();
  for await (const { id, at } of sweepByNextAt(store, 'jobStatus')) {
    expect(found.has(id)).toBe(false);
    found.set(id, at);
  }
  const expected = docs.flatMap(({ id, nextAt }): [string, number][] => (nextAt === null ? [] : [[id, nextAt]]));
  expect(found).toEqual(new Map(expected));
  expect(new Set(docs.map(({ shard }) => shard)).size).toBe(SHARDS);
});

test('pages give every document of a list in its order', async () => {
  const store = await openStore();
  const at = Array.from({ length: 25 }, (_, index) => (index * 7) % 10);
  for (const [index, value] of at.entries()) await store.create('event', anEvent({ id: `e${index}`, at: value }));
  const seen: number[] = [];
  for await (const event of pages(store, 'event', { orderBy: 'at', limit: 4 })) seen.push(event.at);
  expect(seen).toEqual(at.toSorted((a, b) => a - b));
});
