import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import { StoreConflict } from '../../../src/ports/store.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { storeContract } from '../../contracts/store-contract.ts';
import { aLedger, anEvent } from '../../contracts/store-documents.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from './manual-clock.ts';

async function openWatched() {
  const path = join(await temporaryDirectory(), 'berth.sqlite');
  const open = () => new WatchedStore(SqliteStore.open({ path, clock: new ManualClock(), log: silentLog }));
  const store = open();
  const reopen = async () => {
    await store.close();
    return open();
  };
  return { store, reopen };
}

storeContract('SQLite, watched', openWatched);

let store: WatchedStore;
let told: unknown[];
let leave: () => void;

beforeEach(async () => {
  ({ store } = await openWatched());
  told = [];
  leave = store.onWritten((kind, id, doc) => told.push([kind, id, doc]));
  const opened = store;
  onTestFinished(() => opened.close());
});

test('every write that succeeded is told with what was written, a delete with the id alone', async () => {
  const created = await store.create('ledger', aLedger('n1'));
  const updated = await store.update('ledger', aLedger('n1', 'j'), created.version);
  await store.delete('ledger', 'n1', updated.version);
  expect(told).toEqual([
    ['ledger', 'n1', aLedger('n1')],
    ['ledger', 'n1', aLedger('n1', 'j')],
    ['ledger', 'n1', undefined],
  ]);
});

test('writes that were refused are not told', async () => {
  await store.create('ledger', aLedger('n1'));
  told.length = 0;
  await expect(store.create('ledger', aLedger('n1'))).rejects.toThrow(StoreConflict);
  await expect(store.update('ledger', aLedger('n1'), -1)).rejects.toThrow(StoreConflict);
  await expect(store.delete('ledger', 'n1', -1)).rejects.toThrow(StoreConflict);
  expect(told).toEqual([]);
});

test('of a batch those that succeeded are told', async () => {
  const { version } = await store.create('ledger', aLedger('gone'));
  told.length = 0;
  await store.apply([
    { do: 'create', kind: 'event', doc: anEvent({ id: 'e' }) },
    { do: 'create', kind: 'ledger', doc: aLedger('gone') },
    { do: 'delete', kind: 'ledger', id: 'gone', version },
  ]);
  expect(told).toEqual([
    ['event', 'e', anEvent({ id: 'e' })],
    ['ledger', 'gone', undefined],
  ]);
});

test('when it is told, the write can be read', async () => {
  const read = Promise.withResolvers<unknown>();
  store.onWritten((_, id) => read.resolve(store.get('ledger', id)));
  const created = await store.create('ledger', aLedger('n1'));
  expect(await read.promise).toEqual(created);
});

test('who left hears nothing more', async () => {
  leave();
  await store.create('ledger', aLedger('n1'));
  expect(told).toEqual([]);
});
