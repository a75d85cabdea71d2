// Room that no slot names is taken back, and never from under a decision that is being written, however long that takes.
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { acceptedStatus } from '../../../src/deployment/decide-job.ts';
import { FleetController } from '../../../src/deployment/fleet-controller.ts';
import { FleetView } from '../../../src/deployment/fleet-view.ts';
import { LedgerBook } from '../../../src/deployment/ledger-book.ts';
import { taskId } from '../../../src/model/job.ts';
import { StoreConflict } from '../../../src/ports/store.ts';
import { aJob, aLedger, aNode, aReservation, T0 } from '../../builders/jobs.ts';
import { silentLog as log } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from '../engine/manual-clock.ts';

const MINUTE = 60_000;
const job = aJob();
const task = taskId(job.id, 0, 1);
const reservation = aReservation(task, { job: job.id, slot: 0, at: T0 });

/** A node with room for a task that no slot names yet, and the fleet's controller over the same store. */
async function aFleet() {
  const clock = new ManualClock(T0);
  const store = SqliteStore.open({ path: join(await temporaryDirectory(), 'berth.sqlite'), clock, log });
  onTestFinished(() => store.close());
  await store.create('node', aNode('n1'));
  await store.create('job', job);
  await store.create('ledger', aLedger('n1', [reservation]));
  const tidy = () =>
    new FleetController({ store, clock, fleet: new FleetView(), wake: () => {} }).reconcile('all', T0 + MINUTE);
  const reserved = async () => (await store.get('ledger', 'n1'))?.doc.reservations ?? [];
  return { store, tidy, reserved };
}

test('what a process decided before its room was taken back is refused, and it decides again', async () => {
  const { store, tidy, reserved } = await aFleet();
  const status = acceptedStatus(job, T0);
  const { version } = await store.create('jobStatus', status);
  await tidy();
  expect(await reserved()).toEqual([]);
  await expect(store.update('jobStatus', { ...status, state: 'starting' }, version)).rejects.toThrow(StoreConflict);
});

test('so is the first decision about a job', async () => {
  const { store, tidy, reserved } = await aFleet();
  await tidy();
  expect(await reserved()).toEqual([]);
  await expect(store.create('jobStatus', acceptedStatus(job, T0))).rejects.toThrow(StoreConflict);
});

test('a job that has ended is left as it is', async () => {
  const { store, tidy, reserved } = await aFleet();
  const { version } = await store.create('jobStatus', { ...acceptedStatus(job, T0), state: 'failed' });
  await tidy();
  expect(await reserved()).toEqual([]);
  expect((await store.get('jobStatus', job.id))?.version).toBe(version);
});

test('room that is reserved once more while it is being taken back stays', async () => {
  const { store, tidy, reserved } = await aFleet();
  await store.create('jobStatus', acceptedStatus(job, T0));
  const book = new LedgerBook(store, new FleetView());
  const again = { ...reservation, at: T0 + MINUTE };
  // The process that stood still is refused, decides once more, and comes to the same task on the same node.
  const update = store.update.bind(store);
  store.update = async (kind, doc, version) => {
    if (kind === 'ledger') {
      store.update = update;
      await book.reserve({ node: 'n1', reservation: again, claim: null, refusalOf: () => undefined });
    }
    return update(kind, doc, version);
  };
  await tidy();
  expect(await reserved()).toEqual([again]);
});
