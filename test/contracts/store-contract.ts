// What every Store must do. Adapters run the whole of it against a real database each.
import { beforeEach, describe, onTestFinished } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { storeListContract } from './store-list-contract.ts';
import { storeModelContract } from './store-model-contract.ts';
import { storeSnapshotContract } from './store-snapshot-contract.ts';
import { storeWriteContract } from './store-write-contract.ts';

/** A store that can be closed and opened again on what it kept. */
export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens another on the same data. */
  readonly reopen: () => Promise<Store>;
}

/** How often a store is compared with a map by itself, each time with other writes. */
const MODEL_ROUNDS = 100;

/** Runs the contract; `open` gives an empty store, and what it gives is closed by the contract. */
export function storeContract(name: string, open: () => Promise<OpenedStore>, modelRounds = MODEL_ROUNDS): void {
  describe(`Store: ${name}`, () => {
    let opened: OpenedStore;
    beforeEach(async () => {
      opened = await open();
      const { store } = opened;
      onTestFinished(() => store.close());
    });
    storeWriteContract(() => opened);
    storeListContract(() => opened.store);
    storeModelContract(() => opened.store, modelRounds);
    storeSnapshotContract(() => opened.store);
  });
}
