// Forgets what an instance kept. Its tasks are over by then, so that nothing is added meanwhile; what a crash leaves hangs on an instance
// that is still found, and is forgotten with it the next time.
import { BerthError } from '../model/errors.ts';
import type { Store } from '../ports/store.ts';

const AT_ONCE = 500;

/** More than an instance may keep, with room for writes that come in between. */
const MOST_ROUNDS = 20;

/** Deletes every value that an instance kept. @throws platform.store-conflict when somebody keeps writing */
export async function forgetStates(store: Store, instance: string): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { items } = await store.list('instanceState', { where: { instance }, orderBy: 'key', limit: AT_ONCE });
    if (items.length === 0) return;
    await store.apply(items.map(({ doc: { id }, version }) => ({ do: 'delete', kind: 'instanceState', id, version })));
  }
  throw new BerthError('platform.store-conflict', { kind: 'instanceState', id: instance });
}
