// The fleet in memory against what is stored.
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { FleetView } from '../../../src/deployment/fleet-view.ts';
import { aLedger, aNode, aNodeStatus, aReservation, T0 } from '../../builders/jobs.ts';
import { silentLog as log } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';

async function aStore(): Promise<SqliteStore> {
  const store = SqliteStore.open({
    path: join(await temporaryDirectory(), 'berth.sqlite'),
    clock: new SystemClock(),
    log,
  });
  onTestFinished(() => store.close());
  return store;
}

test('reading everything anew drops what is gone and takes over what was missed', async () => {
  const [store, fleet] = [await aStore(), new FleetView()];
  fleet.written('node', 'gone', aNode('gone'));
  await store.create('node', aNode('missed'));
  await store.create('nodeStatus', aNodeStatus('missed'));
  await fleet.refresh(store);
  expect([fleet.size, fleet.get('gone'), fleet.get('missed')?.status?.state]).toEqual([1, undefined, 'ready']);
});

test('what is written while everything is read anew is not overwritten by what was read', async () => {
  const [store, fleet] = [await aStore(), new FleetView()];
  for (const id of ['drained', 'removed']) await store.create('node', aNode(id));
  await fleet.refresh(store);
  const reading = fleet.refresh(store);
  fleet.written('node', 'drained', aNode('drained', { draining: true }));
  fleet.written('node', 'removed', undefined);
  fleet.written('node', 'new', aNode('new'));
  await reading;
  expect([[...fleet.leaving], fleet.get('removed'), fleet.get('new')?.node.id]).toEqual([
    ['drained'],
    undefined,
    'new',
  ]);
});

test('nodes are to be left while they are drained or lost, and a quarantine has an end', () => {
  const fleet = new FleetView();
  for (const id of ['drained', 'lost', 'well']) {
    fleet.written('node', id, aNode(id, { draining: id === 'drained' }));
    fleet.written('nodeStatus', id, aNodeStatus(id, {}, { state: id === 'lost' ? 'lost' : 'ready' }));
  }
  expect([...fleet.left].toSorted()).toEqual(['drained', 'lost']);
  const [soon, later] = [T0 + 60_000, T0 + 120_000];
  fleet.written('nodeStatus', 'lost', aNodeStatus('lost', {}, { quarantinedUntilAt: later }));
  fleet.written('nodeStatus', 'well', aNodeStatus('well', {}, { quarantinedUntilAt: soon }));
  expect([...fleet.left]).toEqual(['drained']);
  expect([T0, soon, later].map((now) => fleet.nextQuarantineEnd(now))).toEqual([soon, later, null]);
});

test('room that is about to be reserved counts until it is in the ledger or refused', () => {
  const fleet = new FleetView();
  for (const id of ['a', 'b']) {
    fleet.written('node', id, aNode(id));
    fleet.written('nodeStatus', id, aNodeStatus(id));
  }
  const first = () => [...fleet.ascending()][0]?.node.id;
  const reservation = aReservation('j1.0.1', { at: T0 });
  const settled = fleet.intend({ node: 'a', reservation, claim: 'j1' });
  expect([first(), fleet.get('a')?.ledger]).toEqual(['b', { id: 'a', claim: 'j1', reservations: [reservation] }]);
  fleet.written('ledger', 'a', { id: 'a', claim: null, reservations: [reservation] });
  expect(fleet.get('a')?.ledger?.reservations).toEqual([reservation]);
  settled();
  expect(fleet.get('a')?.ledger).toEqual({ id: 'a', claim: null, reservations: [reservation] });
  fleet.intend({ node: 'b', reservation: { ...reservation, task: 'j1.0.2' }, claim: null })();
  expect([first(), fleet.get('b')?.ledger]).toEqual(['b', null]);
});

test('who holds the room of a task is known however ledgers change', () => {
  const tasks = fc.uniqueArray(fc.constantFrom('t1', 't2', 't3', 't4', 't5', 't6'));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b'), tasks), { maxLength: 8 }), (writes) => {
      const fleet = new FleetView();
      const truth = new Map<string, readonly string[]>();
      for (const id of ['a', 'b']) fleet.written('node', id, aNode(id));
      for (const [id, names] of writes) {
        const reservations = names.map((name) => aReservation(`${id}-${name}`));
        truth.set(id, names);
        fleet.written('ledger', id, aLedger(id, reservations));
        for (const node of ['a', 'b'])
          for (const name of ['t1', 't2', 't3', 't4', 't5', 't6'])
            expect(fleet.holderOf(`${node}-${name}`)?.node.id).toBe(truth.get(node)?.includes(name) ? node : undefined);
      }
    }),
  );
});
