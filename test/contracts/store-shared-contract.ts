// What every store of several processes keeps, each over a connection of its own to the same database.
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { aLedger } from './store-documents.ts';

/** A database that several stores open. */
export interface SharedDatabase {
  /** The address of one that nobody has opened. */
  readonly untouched: () => Promise<string>;
  /** The address of one without documents. */
  readonly empty: () => Promise<string>;
  readonly open: (url: string) => Promise<Store>;
}

const ROUNDS = 40;

/** Runs the suite under a name. */
export function sharedStoreContract(name: string, { untouched, empty, open }: SharedDatabase): void {
  const opened = async (url: string, many: number) => {
    const stores = await Promise.all(Array.from({ length: many }, () => open(url)));
    onTestFinished(async () => void (await Promise.all(stores.map((store) => store.close()))));
    return stores;
  };
  const two = async () => (await opened(await empty(), 2)) as [Store, Store];

  describe(`${name}, several processes`, () => {
    test('stores that open an empty database at once agree on what it is made of', async () => {
      const stores = await opened(await untouched(), 4);
      for (const [index, store] of stores.entries()) await store.create('ledger', aLedger(`n${index}`));
      expect(await stores[0]?.count('ledger', {})).toBe(4);
    });

    test('they see each other and never give a version twice', async () => {
      const [here, there] = await two();
      const written = await Promise.all(
        Array.from({ length: 200 }, (_, n) => (n % 2 ? here : there).create('ledger', aLedger(`n${n}`))),
      );
      expect(new Set(written.map(({ version }) => version)).size).toBe(200);
      const ids = written.map(({ doc }) => doc.id);
      expect(await there.getMany('ledger', ids)).toEqual(written);
    });

    test('two that write the same documents crosswise both know what they won', async () => {
      const [here, there] = await two();
      const ids = ['a', 'b', 'c', 'd'];
      await Promise.all(ids.map((id) => here.create('ledger', aLedger(id, '0'))));
      const won = await Promise.all([updatesWon(here, ids), updatesWon(there, ids.toReversed())]);
      const total = (await here.getMany('ledger', ids)).reduce((sum, { doc }) => sum + Number(doc.claim), 0);
      expect(total).toBe(won[0] + won[1]);
    });
  });
}

async function updatesWon(store: Store, order: readonly string[]): Promise<number> {
  let won = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const read = await store.getMany('ledger', order);
    const writes = read.map(({ doc, version }) => {
      const claim = String(Number(doc.claim) + 1);
      return { do: 'update', kind: 'ledger', doc: { ...doc, claim }, version } as const;
    });
    won += (await store.apply(writes)).filter(({ ok }) => ok).length;
  }
  return won;
}
