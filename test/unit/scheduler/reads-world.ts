// A real database with documents in it, for reads and requests of the scheduler.
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import type { EventText } from '../../../src/engine/event-recorder.ts';
import type { Documents, Kind } from '../../../src/model/kinds.ts';
import type { Store, Write } from '../../../src/ports/store.ts';
import { T0 } from '../../builders/jobs.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from '../engine/manual-clock.ts';

/** An empty store; it closes with the test. */
export async function openStore(): Promise<SqliteStore> {
  const path = join(await temporaryDirectory(), 'berth.sqlite');
  const store = SqliteStore.open({ path, clock: new ManualClock(T0), log: silentLog });
  onTestFinished(() => store.close());
  return store;
}

/** Creates documents of a kind. */
export async function keep<K extends Kind>(store: Store, kind: K, ...docs: readonly Documents[K][]): Promise<void> {
  const results = await store.apply(docs.map((doc) => ({ do: 'create', kind, doc }) as Write));
  if (results.some(({ ok }) => !ok)) throw new Error(`a ${kind} was there already`);
}

/** A recorder of events, with what it was told. */
export function listener() {
  const told: EventText[] = [];
  return { told, recordEvent: async (event: EventText) => void told.push(event) };
}
