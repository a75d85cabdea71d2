// Writes of a Store: versions, conflicts, batches, durability.
import { expect, onTestFinished, test } from 'vitest';
import { type Store, StoreConflict, type Write } from '../../src/ports/store.ts';
import type { OpenedStore } from './store-contract.ts';
import { aJobStatus, aLedger, anEvent } from './store-documents.ts';

/** The part of the store contract that is about writes. */
export function storeWriteContract(opened: () => OpenedStore): void {
  const store = (): Store => opened().store;
  versions(store);
  conflicts(store);
  batches(store);
  contents(store);
  reading(store);
  durability(opened);
}

function versions(store: () => Store): void {
  test('a document is read back as it was written, with the version that its write answered', async () => {
    const created = await store().create('ledger', aLedger('n1', 'job:a'));
    expect(created.doc).toEqual(aLedger('n1', 'job:a'));
    expect(await store().get('ledger', 'n1')).toEqual(created);
    const updated = await store().update('ledger', aLedger('n1', 'job:b'), created.version);
    expect(updated.version).not.toBe(created.version);
    expect(await store().get('ledger', 'n1')).toEqual({ doc: aLedger('n1', 'job:b'), version: updated.version });
  });

  test('what does not exist is undefined', async () => {
    expect(await store().get('ledger', 'nobody')).toBeUndefined();
  });

  test('one id names different documents in different kinds', async () => {
    await store().create('ledger', aLedger('x'));
    await store().create('event', anEvent({ id: 'x', text: 'the event' }));
    expect((await store().get('ledger', 'x'))?.doc).toEqual(aLedger('x'));
    expect((await store().get('event', 'x'))?.doc.text).toBe('the event');
  });

  test('a document is written as it was when the write was asked for', async () => {
    const reservations: never[] = [];
    const doc = { ...aLedger('n1'), claim: 'before', reservations };
    const write = store().create('ledger', doc);
    doc.claim = 'after';
    await write;
    expect((await store().get('ledger', 'n1'))?.doc.claim).toBe('before');
  });

  test('a document without an id, or with an object in an indexed field, is refused', async () => {
    await expect(store().create('ledger', aLedger(''))).rejects.toThrow(TypeError);
    await expect(store().create('jobStatus', aJobStatus({ id: 'j', nextAt: Number.NaN }))).rejects.toThrow(TypeError);
    expect(await store().get('jobStatus', 'j')).toBeUndefined();
  });
}

function conflicts(store: () => Store): void {
  test('creating what exists is a conflict that changes nothing', async () => {
    const first = await store().create('ledger', aLedger('n1', 'first'));
    const second = store().create('ledger', aLedger('n1', 'second'));
    await expect(second).rejects.toThrow(StoreConflict);
    await expect(second).rejects.toMatchObject({ kind: 'ledger', id: 'n1' });
    expect(await store().get('ledger', 'n1')).toEqual(first);
  });

  test('updating a stale version is a conflict that changes nothing', async () => {
    const first = await store().create('ledger', aLedger('n1'));
    const second = await store().update('ledger', aLedger('n1', 'second'), first.version);
    await expect(store().update('ledger', aLedger('n1', 'late'), first.version)).rejects.toThrow(StoreConflict);
    expect(await store().get('ledger', 'n1')).toEqual(second);
  });

  test('updating or deleting what does not exist is a conflict', async () => {
    await expect(store().update('ledger', aLedger('n1'), 1)).rejects.toThrow(StoreConflict);
    await expect(store().delete('ledger', 'n1', 1)).rejects.toThrow(StoreConflict);
    expect(await store().get('ledger', 'n1')).toBeUndefined();
  });

  test('deleting takes the version that is stored and no other', async () => {
    const { version } = await store().create('ledger', aLedger('n1'));
    await expect(store().delete('ledger', 'n1', version + 1)).rejects.toThrow(StoreConflict);
    await store().delete('ledger', 'n1', version);
    expect(await store().get('ledger', 'n1')).toBeUndefined();
    await expect(store().delete('ledger', 'n1', version)).rejects.toThrow(StoreConflict);
  });

  test('a document that was deleted and created again refuses writes decided on the earlier one', async () => {
    const earlier = await store().create('ledger', aLedger('n1'));
    await store().delete('ledger', 'n1', earlier.version);
    const later = await store().create('ledger', aLedger('n1', 'later'));
    await expect(store().update('ledger', aLedger('n1', 'stale'), earlier.version)).rejects.toThrow(StoreConflict);
    expect(await store().get('ledger', 'n1')).toEqual(later);
  });

  test('of many writers with the same version one wins, and the others know that they lost', async () => {
    const { version } = await store().create('ledger', aLedger('n1'));
    const claims = Array.from({ length: 50 }, (_, writer) => `job:${writer}`);
    const outcomes = await Promise.allSettled(
      claims.map((claim) => store().update('ledger', aLedger('n1', claim), version)),
    );
    const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(won).toHaveLength(1);
    expect(await store().get('ledger', 'n1')).toEqual(won[0]);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(StoreConflict);
    }
  });

  test('writers that read again after a conflict lose no change', async () => {
    await store().create('ledger', aLedger('n1', '0'));
    await Promise.all(Array.from({ length: 20 }, () => increment(store())));
    expect((await store().get('ledger', 'n1'))?.doc.claim).toBe('20');
  });
}

async function increment(store: Store): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const read = await store.get('ledger', 'n1');
    if (!read) throw new Error('The ledger is gone');
    try {
      await store.update('ledger', aLedger('n1', String(Number(read.doc.claim) + 1)), read.version);
      return;
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
    }
  }
  throw new Error('Still in conflict after 100 attempts');
}

function batches(store: () => Store): void {
  test('each write of a batch is judged alone and answered in its place', async () => {
    const kept = await store().create('ledger', aLedger('kept'));
    const gone = await store().create('ledger', aLedger('gone'));
    const results = await store().apply([
      { do: 'create', kind: 'ledger', doc: aLedger('kept', 'taken') },
      { do: 'create', kind: 'event', doc: anEvent({ id: 'new' }) },
      { do: 'update', kind: 'ledger', doc: aLedger('kept', 'changed'), version: kept.version },
      { do: 'update', kind: 'ledger', doc: aLedger('kept', 'stale'), version: kept.version },
      { do: 'delete', kind: 'ledger', id: 'gone', version: gone.version },
      { do: 'delete', kind: 'ledger', id: 'nobody', version: 1 },
    ]);
    expect(results.map((result) => result.ok)).toEqual([false, true, true, false, true, false]);
    expect(results[0]).toEqual({ ok: false, reason: 'conflict' });
    const changed = await store().get('ledger', 'kept');
    expect(results[2]).toEqual({ ok: true, version: changed?.version });
    expect(changed?.doc.claim).toBe('changed');
    expect(await store().get('ledger', 'gone')).toBeUndefined();
  });

  test('writes of a batch see those before them', async () => {
    const results = await store().apply([
      { do: 'create', kind: 'ledger', doc: aLedger('n1', 'first') },
      { do: 'create', kind: 'ledger', doc: aLedger('n1', 'second') },
    ]);
    expect(results.map((result) => result.ok)).toEqual([true, false]);
    expect((await store().get('ledger', 'n1'))?.doc.claim).toBe('first');
  });

  test('an empty batch is answered', async () => {
    expect(await store().apply([])).toEqual([]);
  });

  test('a batch of thousands is written whole', async () => {
    const ids = Array.from({ length: 2500 }, (_, index) => `e${String(index).padStart(5, '0')}`);
    const writes = ids.map((id): Write => ({ do: 'create', kind: 'event', doc: anEvent({ id }) }));
    const results = await store().apply(writes);
    expect(results.every((result) => result.ok)).toBe(true);
    expect(await store().count('event', {})).toBe(ids.length);
  });
}

function contents(store: () => Store): void {
  test.each([
    ['accents and emojis', 'Überwachung 🚢 日本語 \u{1F9EA}'],
    ['control characters', 'a\u0000b\u0001c\n\r\t\u2028'],
    ['what looks like SQL', `'; DROP TABLE event; --"`],
    ['nothing', ''],
  ])('a document keeps %s, in its text and in its indexed fields', async (_, text) => {
    const doc = anEvent({ id: 'e1', text, subject: `s${text}`, evidence: { key: text } });
    await store().create('event', doc);
    expect((await store().get('event', 'e1'))?.doc).toEqual(doc);
    const page = await store().list('event', { where: { subject: `s${text}` }, orderBy: 'at', limit: 5 });
    expect(page.items.map((item) => item.doc)).toEqual([doc]);
  });

  test('a text that looks like a number stays a text', async () => {
    await store().create('event', anEvent({ id: '007', subject: '1e3' }));
    expect((await store().get('event', '007'))?.doc.id).toBe('007');
    expect(await store().get('event', '7')).toBeUndefined();
    expect(await store().count('event', { where: { subject: '1000' }, orderBy: 'at' })).toBe(0);
    expect(await store().count('event', { where: { subject: '1e3' }, orderBy: 'at' })).toBe(1);
  });

  test('ids differ by case and by accents', async () => {
    for (const id of ['a', 'A', 'á']) await store().create('ledger', aLedger(id, id));
    for (const id of ['a', 'A', 'á']) expect((await store().get('ledger', id))?.doc.claim).toBe(id);
  });

  test('a document of two megabytes is kept', async () => {
    const text = 'ü1'.repeat(700_000);
    await store().create('event', anEvent({ id: 'large', text }));
    expect((await store().get('event', 'large'))?.doc.text).toBe(text);
  });
}

function reading(store: () => Store): void {
  test('many are read in the order asked for, without those that do not exist', async () => {
    for (const id of ['a', 'b', 'c']) await store().create('ledger', aLedger(id));
    const found = await store().getMany('ledger', ['c', 'nobody', 'a', 'c']);
    expect(found.map((stored) => stored.doc.id)).toEqual(['c', 'a', 'c']);
    expect(await store().getMany('ledger', [])).toEqual([]);
  });

  test('a read after an answered write sees it', async () => {
    for (let index = 0; index < 50; index++) {
      const { version } = await store().create('ledger', aLedger(`n${index}`));
      expect((await store().get('ledger', `n${index}`))?.version).toBe(version);
    }
  });
}

function durability(opened: () => OpenedStore): void {
  test('what was answered is there after closing and opening, and versions go on', async () => {
    const before = await opened().store.create('ledger', aLedger('n1', 'kept'));
    const waiting = opened().store.create('ledger', aLedger('n2'));
    const deleted = await opened().store.create('ledger', aLedger('n3'));
    await opened().store.delete('ledger', 'n3', deleted.version);
    const store = await opened().reopen();
    onTestFinished(() => store.close());
    await waiting;
    expect(await store.get('ledger', 'n1')).toEqual(before);
    expect((await store.get('ledger', 'n2'))?.doc).toEqual(aLedger('n2'));
    const again = await store.create('ledger', aLedger('n3'));
    expect(again.version).not.toBe(deleted.version);
    await store.update('ledger', aLedger('n1', 'changed'), before.version);
  });

  test('a closed store answers nothing, and closing it again is no error', async () => {
    const { store } = opened();
    await store.close();
    await store.close();
    await expect(store.get('ledger', 'n1')).rejects.toThrow();
    await expect(store.create('ledger', aLedger('n1'))).rejects.toThrow();
  });
}
