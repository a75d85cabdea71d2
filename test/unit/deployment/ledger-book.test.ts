// Changes of a ledger that come together are made together, and each is answered for itself.
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { FleetView } from '../../../src/deployment/fleet-view.ts';
import { LedgerBook, type ReservationRequest } from '../../../src/deployment/ledger-book.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import { StoreConflict } from '../../../src/ports/store.ts';
import { T0 } from '../../builders/jobs.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from '../engine/manual-clock.ts';

async function openStore(): Promise<WatchedStore> {
  return openAt(join(await temporaryDirectory(), 'berth.sqlite'));
}

function openAt(path: string): WatchedStore {
  const store = new WatchedStore(SqliteStore.open({ path, clock: new ManualClock(T0), log: silentLog }));
  onTestFinished(() => store.close());
  return store;
}

function request(task: string, most = Number.POSITIVE_INFINITY): ReservationRequest {
  return {
    node: 'n',
    claim: null,
    reservation: { task, job: `job of ${task}`, cpus: 1, memoryBytes: 1, diskBytes: 1, at: T0 } as never,
    refusalOf: ({ reservations }) => (reservations.length >= most ? 'full' : undefined),
  };
}

test('a hundred reservations that come at once are a few writes, and all of them are there in their order', async () => {
  const store = await openStore();
  let writes = 0;
  store.onWritten(() => writes++);
  const book = new LedgerBook(store, new FleetView());
  const tasks = Array.from({ length: 100 }, (_, index) => `t${index}`);
  await Promise.all(tasks.map((task) => book.reserve(request(task))));
  const ledger = (await store.get('ledger', 'n'))?.doc;
  expect(ledger?.reservations.map(({ task }) => task)).toEqual(tasks);
  expect(writes).toBeLessThanOrEqual(4);
});

test('one for which there is no room is refused, and those around it are not', async () => {
  const store = await openStore();
  const book = new LedgerBook(store, new FleetView());
  const outcomes = await Promise.allSettled([
    book.reserve(request('a')),
    book.reserve(request('b', 1)),
    book.reserve(request('c')),
    book.release('n', 'a'),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect((await store.get('ledger', 'n'))?.doc.reservations.map(({ task }) => task)).toEqual(['c']);
});

test('two books over one database lose nothing to each other', async () => {
  const store = await openStore();
  const [one, two] = [new LedgerBook(store, new FleetView()), new LedgerBook(store, new FleetView())];
  const tasks = Array.from({ length: 20 }, (_, index) => `t${index}`);
  const outcomes = await Promise.allSettled(tasks.map((task, index) => (index % 2 ? one : two).reserve(request(task))));
  const kept = (await store.get('ledger', 'n'))?.doc.reservations.map(({ task }) => task) ?? [];
  const answered = tasks.filter((_, index) => outcomes[index]?.status === 'fulfilled');
  expect(kept.toSorted()).toEqual(answered.toSorted());
  expect(answered.length).toBeGreaterThan(10);
});

test('what another process wrote to a ledger stands, though this one was not told and knew the ledger as it had left it', async () => {
  const path = join(await temporaryDirectory(), 'berth.sqlite');
  const [here, elsewhere] = [openAt(path), openAt(path)];
  const fleet = new FleetView();
  here.onWritten((kind, id, doc) => fleet.written(kind, id, doc));
  const [book, other] = [new LedgerBook(here, fleet), new LedgerBook(elsewhere, new FleetView())];
  const tasks = async () => (await elsewhere.get('ledger', 'n'))?.doc.reservations.map(({ task }) => task);
  await book.reserve(request('a'));
  await book.reserve(request('b'));
  await other.reserve(request('c'));
  await book.release('n', 'c');
  expect(await tasks()).toEqual(['a', 'b']);
  await other.release('n', 'a');
  await book.reserve(request('d', 2));
  expect(await tasks()).toEqual(['b', 'd']);
  await other.reserve(request('e'));
  await expect(book.reserve(request('f', 3))).rejects.toThrow(StoreConflict);
  await book.reserve(request('g'));
  expect(await tasks()).toEqual(['b', 'd', 'e', 'g']);
});
