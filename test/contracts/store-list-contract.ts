// Lists of a Store: order, bounds, pages, and what is refused.
import { expect, test } from 'vitest';
import type { Kind } from '../../src/model/kinds.ts';
import type { Query, Store } from '../../src/ports/store.ts';
import { aJobStatus, anEvent } from './store-documents.ts';

/** The part of the store contract that is about lists. */
export function storeListContract(store: () => Store): void {
  order(store);
  boundsAndCounts(store);
  paging(store);
  places(store);
  refusals(store);
}

function order(store: () => Store): void {
  test('without an order documents come by id, whole or by a field', async () => {
    await events(store(), [
      ['c', 1, 's'],
      ['a', 3, 's'],
      ['b', 2, 't'],
    ]);
    expect(await ids(store(), 'event', { limit: 10 })).toEqual(['a', 'b', 'c']);
    expect(await ids(store(), 'event', { orderBy: 'id', direction: 'descending', limit: 10 })).toEqual(['c', 'b', 'a']);
    expect(await ids(store(), 'event', { where: { subject: 's' }, limit: 10 })).toEqual(['a', 'c']);
    expect(await ids(store(), 'event', { where: { subject: 's' }, direction: 'descending', limit: 1 })).toEqual(['c']);
  });

  test('ids and values that differ by a space at the end are different', async () => {
    for (const id of ['a', 'a ', 'a\t']) await store().create('event', anEvent({ id, subject: id }));
    expect((await store().getMany('event', ['a ', 'a'])).map(({ doc }) => doc.id)).toEqual(['a ', 'a']);
    expect(await store().count('event', { where: { subject: 'a' } })).toBe(1);
    expect(await ids(store(), 'event', { limit: 9 })).toEqual(['a', 'a\t', 'a ']);
  });

  test('documents come by a field, ties by id, and descending is the exact reverse', async () => {
    await events(store(), [
      ['d', 5, 's'],
      ['b', 7, 's'],
      ['a', 7, 's'],
      ['c', 1, 's'],
    ]);
    expect(await ids(store(), 'event', { orderBy: 'at', limit: 10 })).toEqual(['c', 'd', 'a', 'b']);
    const reverse = await ids(store(), 'event', { orderBy: 'at', direction: 'descending', limit: 10 });
    expect(reverse).toEqual(['b', 'a', 'd', 'c']);
  });

  test('documents where the field is null come first, and last when descending', async () => {
    await alarms(store(), [
      ['a', 5],
      ['b', null],
      ['c', 0],
      ['d', null],
    ]);
    const query = { where: { shard: 0 }, orderBy: 'nextAt', limit: 10 } as const;
    expect(await ids(store(), 'jobStatus', query)).toEqual(['b', 'd', 'c', 'a']);
    expect(await ids(store(), 'jobStatus', { ...query, direction: 'descending' })).toEqual(['a', 'c', 'd', 'b']);
  });

  test('fields of where may be named in any order, and null is a value like any other', async () => {
    await alarms(store(), [
      ['a', 5],
      ['b', null],
    ]);
    expect(await ids(store(), 'jobStatus', { where: { nextAt: 5, shard: 0 }, limit: 10 })).toEqual(['a']);
    expect(await ids(store(), 'jobStatus', { where: { nextAt: null, shard: 0 }, limit: 10 })).toEqual(['b']);
  });
}

function boundsAndCounts(store: () => Store): void {
  const query = { where: { shard: 0 }, orderBy: 'nextAt' } as const;
  test.each([
    [{ from: 2 }, ['b', 'c', 'd']],
    [{ below: 3 }, ['a', 'b']],
    [{ from: 2, below: 3 }, ['b']],
    [{ from: 3, below: 3 }, []],
    [{ from: -1 }, ['a', 'b', 'c', 'd']],
    [{}, ['x', 'a', 'b', 'c', 'd']],
  ])('bounds %j hold %j: from is within, below is not, null never', async (bounds, expected) => {
    await alarms(store(), [
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['d', 3],
      ['x', null],
    ]);
    expect(await ids(store(), 'jobStatus', { ...query, ...bounds, limit: 10 })).toEqual(expected);
    const reverse = await ids(store(), 'jobStatus', { ...query, ...bounds, direction: 'descending', limit: 10 });
    expect(reverse).toEqual(expected.toReversed());
    expect(await store().count('jobStatus', { ...query, ...bounds })).toBe(expected.length);
  });

  test('ids can be bounded, which is how a prefix is found', async () => {
    await events(store(), [
      ['job-1', 0, 's'],
      ['job-2', 0, 's'],
      ['task-1', 0, 's'],
    ]);
    const query = { orderBy: 'id', from: 'job-', below: 'job.', limit: 10 } as const;
    expect(await ids(store(), 'event', query)).toEqual(['job-1', 'job-2']);
  });

  test('counts are of where alone, or of everything', async () => {
    await events(store(), [
      ['a', 1, 's'],
      ['b', 2, 't'],
      ['c', 3, 's'],
    ]);
    expect(await store().count('event', {})).toBe(3);
    expect(await store().count('event', { where: { subject: 's' } })).toBe(2);
    expect(await store().count('event', { where: { subject: 'nobody' } })).toBe(0);
  });
}

function paging(store: () => Store): void {
  test('the last page has no next, also when it is full', async () => {
    await events(store(), [
      ['a', 1, 's'],
      ['b', 2, 's'],
    ]);
    expect((await store().list('event', { limit: 2 })).next).toBeUndefined();
    const first = await store().list('event', { limit: 1 });
    expect(first.next).toBeTypeOf('string');
  });

  test.each(['ascending', 'descending'] as const)(
    'pages of any size give the whole list once, %s',
    async (direction) => {
      const rows = Array.from({ length: 23 }, (_, n): [string, number | null] => [
        `j${n}`,
        [null, 1, 1, 2][n % 4] ?? null,
      ]);
      await alarms(store(), rows);
      const query = { where: { shard: 0 }, orderBy: 'nextAt', direction };
      const whole = await ids(store(), 'jobStatus', { ...query, limit: 1000 });
      expect(new Set(whole).size).toBe(23);
      for (const limit of [1, 2, 5, 22, 23]) {
        expect(await allIds(store(), 'jobStatus', { ...query, limit })).toEqual(whole);
      }
    },
  );

  test('a walk through pages gives what stays once, whatever others write meanwhile', async () => {
    await alarms(store(), [
      ['b', 1],
      ['d', 1],
      ['f', 2],
      ['h', null],
    ]);
    const query: Query = { where: { shard: 0 }, orderBy: 'nextAt', limit: 2 };
    const first = await store().list('jobStatus', query);
    expect(first.items.map((item) => item.doc.id)).toEqual(['h', 'b']);
    const b = first.items[1];
    await store().delete('jobStatus', 'b', b?.version ?? 0);
    await alarms(store(), [
      ['a', 1],
      ['c', 1],
      ['g', null],
    ]);
    const second = await store().list('jobStatus', { ...query, after: first.next ?? '' });
    expect(second.items.map((item) => item.doc.id)).toEqual(['c', 'd']);
    const third = await store().list('jobStatus', { ...query, after: second.next ?? '' });
    expect(third.items.map((item) => item.doc.id)).toEqual(['f']);
    expect(third.next).toBeUndefined();
  });
}

function places(store: () => Store): void {
  test('places are those of the documents that a list gives, with the value that orders them', async () => {
    await alarms(store(), [
      ['a', 5],
      ['b', null],
      ['c', 1.5],
    ]);
    const query = { where: { shard: 0 }, limit: 10 };
    expect(await store().positions('jobStatus', { ...query, orderBy: 'nextAt' })).toEqual({
      items: [
        { id: 'b', value: null },
        { id: 'c', value: 1.5 },
        { id: 'a', value: 5 },
      ],
    });
    expect(await store().positions('jobStatus', { ...query, orderBy: 'nextAt', from: 0, below: 5 })).toEqual({
      items: [{ id: 'c', value: 1.5 }],
    });
    const byId = ['a', 'b', 'c'].map((id) => ({ id, value: id }));
    expect(await store().positions('jobStatus', query)).toEqual({ items: byId });
    expect(await store().positions('jobStatus', { limit: 10 })).toEqual({ items: byId });
  });

  test('pages of places go on behind each other, and behind pages of documents', async () => {
    await alarms(store(), [
      ['a', null],
      ['b', null],
      ['c', 1],
      ['d', 1],
      ['e', 2],
    ]);
    const query = { where: { shard: 0 }, orderBy: 'nextAt', limit: 2 };
    const { next: behindB = '' } = await store().list('jobStatus', query);
    const second = await store().positions('jobStatus', { ...query, after: behindB });
    expect(second.items.map(({ id }) => id)).toEqual(['c', 'd']);
    const third = await store().positions('jobStatus', { ...query, after: second.next ?? '' });
    expect(third).toEqual({ items: [{ id: 'e', value: 2 }] });
  });
}

function refusals(store: () => Store): void {
  test.each<[string, Kind, Partial<Query>]>([
    ['a field without index', 'event', { where: { text: 'x' } }],
    ['an order without index', 'event', { orderBy: 'text' }],
    ['the second field of an index alone', 'jobStatus', { orderBy: 'nextAt' }],
    ['fields of two indexes', 'jobStatus', { where: { shard: 0, state: 'running' } }],
    ['an order from another index', 'jobStatus', { where: { shard: 0 }, orderBy: 'createdAt' }],
    ['a kind without indexes by a field', 'ledger', { where: { claim: 'j' } }],
    ['null as a bound', 'event', { orderBy: 'at', from: null }],
  ])('%s is refused as a mistake of the program', async (_, kind, query) => {
    await expect(store().list(kind, { limit: 10, ...query })).rejects.toThrow(TypeError);
    await expect(store().positions(kind, { limit: 10, ...query })).rejects.toThrow(TypeError);
    await expect(store().count(kind, query)).rejects.toThrow(TypeError);
  });

  test.each([0, -1, 1001, 1.5, Number.NaN])('a page of %d documents is refused', async (limit) => {
    await expect(store().list('event', { limit })).rejects.toThrow(RangeError);
    await expect(store().positions('event', { limit })).rejects.toThrow(RangeError);
  });

  test.each(['', 'nonsense', 'bnVsbA', 'W10'])('%j is no place to go on after', async (after) => {
    await expect(store().list('event', { limit: 10, after })).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(store().positions('event', { limit: 10, after })).rejects.toMatchObject({ code: 'request.invalid' });
  });

  test('a place in one order is no place in another', async () => {
    await events(store(), [
      ['a', 1, 's'],
      ['b', 2, 's'],
    ]);
    const { next = '' } = await store().list('event', { orderBy: 'at', limit: 1 });
    await expect(store().list('event', { limit: 1, after: next })).rejects.toMatchObject({ code: 'request.invalid' });
  });
}

async function events(store: Store, rows: readonly (readonly [string, number, string])[]): Promise<void> {
  for (const [id, at, subject] of rows) await store.create('event', anEvent({ id, at, subject }));
}

async function alarms(store: Store, rows: readonly (readonly [string, number | null])[]): Promise<void> {
  for (const [id, nextAt] of rows) await store.create('jobStatus', aJobStatus({ id, nextAt }));
}

/** The ids of a page; its places must be the same. */
async function ids(store: Store, kind: Kind, query: Query): Promise<readonly string[]> {
  const { items, ...rest } = await store.list(kind, query);
  const value = (doc: object): unknown => Reflect.get(doc, query.orderBy ?? 'id');
  expect(await store.positions(kind, query)).toEqual({
    items: items.map(({ doc }) => ({ id: doc.id, value: value(doc) })),
    ...rest,
  });
  return items.map((item) => item.doc.id);
}

async function allIds(store: Store, kind: Kind, query: Query): Promise<readonly string[]> {
  const found: string[] = [];
  let page = await store.list(kind, query);
  for (let pages = 1; ; pages++) {
    found.push(...page.items.map((item) => item.doc.id));
    if (page.next === undefined || pages > 1000) return found;
    page = await store.list(kind, { ...query, after: page.next });
  }
}
