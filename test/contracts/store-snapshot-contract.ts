// What a snapshot of a Store holds.
import { expect, test } from 'vitest';
import type { AnyDocument, SnapshotPage, Store } from '../../src/ports/store.ts';
import { anEvent } from './store-documents.ts';

/** Runs this part of the contract on an empty store. */
export function storeSnapshotContract(open: () => Store): void {
  test('a snapshot holds every document, kind by kind and in order', async () => {
    const store = open();
    const ids = Array.from({ length: 450 }, (_, index) => `e${String(index).padStart(4, '0')}`);
    await store.apply(ids.map((id) => ({ do: 'create', kind: 'event', doc: anEvent({ id }) })));
    await store.create('calendar', { id: 'c' } as never);
    const pages = await Array.fromAsync(store.snapshot());
    expect(docsOf(pages, 'event').map(({ id }) => id)).toEqual(ids);
    expect(docsOf(pages, 'calendar')).toEqual([{ id: 'c' }]);
    expect(new Set(pages.map(({ kind }) => kind))).toEqual(new Set(['event', 'calendar']));
  });

  test('kinds that are left out of a snapshot are not in it', async () => {
    const store = open();
    await store.create('event', anEvent({ id: 'e' }));
    await store.create('calendar', { id: 'c' } as never);
    expect((await Array.fromAsync(store.snapshot(['event', 'job']))).map(({ kind }) => kind)).toEqual(['calendar']);
  });

  test('what is written after a snapshot was begun is not in it', async () => {
    const store = open();
    const before = Array.from({ length: 300 }, (_, index) => `e${String(index).padStart(4, '0')}`);
    await store.apply(before.map((id) => ({ do: 'create', kind: 'event', doc: anEvent({ id, text: 'before' }) })));
    const snapshot = store.snapshot()[Symbol.asyncIterator]();
    const first = await snapshot.next();
    await store.update('event', anEvent({ id: 'e0299', text: 'after' }), await versionOf(store, 'e0299'));
    await store.delete('event', 'e0298', await versionOf(store, 'e0298'));
    await store.create('event', anEvent({ id: 'e9999', text: 'after' }));
    await store.create('user', { id: 'late' } as never);
    const rest = await Array.fromAsync({ [Symbol.asyncIterator]: () => snapshot });
    const pages = [...(first.done ? [] : [first.value]), ...rest];
    expect(docsOf(pages, 'event').map(({ id }) => id)).toEqual(before);
    expect(docsOf(pages, 'event').every((doc) => 'text' in doc && doc.text === 'before')).toBe(true);
    expect(docsOf(pages, 'user')).toEqual([]);
  });
}

function docsOf(pages: readonly SnapshotPage[], kind: string): readonly AnyDocument[] {
  return pages.filter((page) => page.kind === kind).flatMap(({ docs }) => docs);
}

async function versionOf(store: Store, id: string): Promise<number> {
  const stored = await store.get('event', id);
  if (!stored) throw new Error(`there is no event ${id}`);
  return stored.version;
}
