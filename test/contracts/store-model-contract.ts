// A Store against the simplest thing that could be one: a map, with every list a sort.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JobStatus } from '../../src/model/job.ts';
import type { Deletion, Query, Store, WriteOf } from '../../src/ports/store.ts';
import { aJobStatus } from './store-documents.ts';

type Act =
  | { readonly do: 'create' | 'update'; readonly id: string; readonly nextAt: number | null; readonly stale: boolean }
  | { readonly do: 'delete'; readonly id: string; readonly stale: boolean };

const IDS = ['a', 'B', 'ä', '\u{FFFD}', '\u{1F6A2}', 'z'] as const;

/** The part of the store contract that compares with a model: whatever is written in whatever order, both agree. */
export function storeModelContract(store: () => Store, rounds: number): void {
  test('after any writes, alone or in groups, lists and counts are those of a map', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(act(), { maxLength: 6 }), { maxLength: 8 }),
        query(),
        async (groups, query) => {
          const shard = round++;
          const model = new Model(shard);
          for (const group of groups) await both(store(), model, group);
          await sameList(store(), model, shard, query);
        },
      ),
      { numRuns: rounds },
    );
  });
}

function act(): fc.Arbitrary<Act> {
  const id = fc.constantFrom(...IDS);
  const stale = fc.boolean();
  const nextAt = fc.constantFrom(null, -1, 0, 1, 1.5, 2 ** 40);
  return fc.oneof(
    fc.record({ do: fc.constantFrom('create' as const, 'update' as const), id, nextAt, stale }),
    fc.record({ do: fc.constant('delete' as const), id, stale }),
  );
}

interface ListShape {
  readonly direction: 'ascending' | 'descending';
  readonly limit: number;
  readonly from: number | undefined;
  readonly below: number | undefined;
}

function query(): fc.Arbitrary<ListShape> {
  const bound = fc.constantFrom(undefined, -1, 0, 1, 2, 2 ** 40);
  const direction = fc.constantFrom('ascending' as const, 'descending' as const);
  return fc.record({ direction, limit: fc.integer({ min: 1, max: 7 }), from: bound, below: bound });
}

// Each round has a shard and ids of its own, so that one store serves all rounds.
class Model {
  readonly docs = new Map<string, { readonly doc: JobStatus; readonly version: number }>();
  readonly shard: number;

  constructor(shard: number) {
    this.shard = shard;
  }

  id(id: string): string {
    return `${this.shard}/${id}`;
  }

  listed(shape: ListShape): readonly string[] {
    const bounded = shape.from !== undefined || shape.below !== undefined;
    const docs = [...this.docs.values()].map(({ doc }) => doc).filter(({ nextAt }) => within(nextAt, shape, bounded));
    const sorted = docs.toSorted((a, b) => rank(a.nextAt) - rank(b.nextAt) || Buffer.compare(bytes(a), bytes(b)));
    return (shape.direction === 'descending' ? sorted.toReversed() : sorted).map(({ id }) => id);
  }
}

function within(nextAt: number | null, { from, below }: ListShape, bounded: boolean): boolean {
  if (nextAt === null) return !bounded;
  return (from === undefined || nextAt >= from) && (below === undefined || nextAt < below);
}

function rank(nextAt: number | null): number {
  return nextAt ?? Number.MIN_SAFE_INTEGER;
}

// Texts are ordered by their bytes in UTF-8, which is by code point: the one order that all databases offer.
function bytes(doc: JobStatus): Buffer {
  return Buffer.from(doc.id);
}

type OneWrite = WriteOf<'jobStatus'> | Deletion;

async function both(store: Store, model: Model, group: readonly Act[]): Promise<void> {
  const writes = group.map((act) => asWrite(model, act));
  const results = await store.apply(writes);
  expect(results).toHaveLength(writes.length);
  for (const [index, write] of writes.entries()) {
    const result = results[index];
    expect(result?.ok, JSON.stringify(write)).toBe(lawful(model, write));
    if (!result?.ok) continue;
    if (write.do === 'delete') model.docs.delete(write.id);
    else model.docs.set(write.doc.id, { doc: write.doc, version: result.version });
  }
}

function asWrite(model: Model, act: Act): OneWrite {
  const kind = 'jobStatus';
  const id = model.id(act.id);
  const version = (model.docs.get(id)?.version ?? 0) + (act.stale ? -1 : 0);
  if (act.do === 'delete') return { do: 'delete', kind, id, version };
  const doc = aJobStatus({ id, shard: model.shard, nextAt: act.nextAt });
  return act.do === 'create' ? { do: 'create', kind, doc } : { do: 'update', kind, doc, version };
}

function lawful(model: Model, write: OneWrite): boolean {
  const present = model.docs.get(write.do === 'delete' ? write.id : write.doc.id);
  return write.do === 'create' ? !present : present?.version === write.version;
}

async function sameList(store: Store, model: Model, shard: number, shape: ListShape): Promise<void> {
  const { direction, limit } = shape;
  const bounds = {
    ...(shape.from === undefined ? {} : { from: shape.from }),
    ...(shape.below === undefined ? {} : { below: shape.below }),
  };
  const query: Query = { where: { shard }, orderBy: 'nextAt', direction, limit, ...bounds };
  const found: string[] = [];
  for (let after: string | undefined, pages = 0; pages < 20; pages++) {
    const page = await store.list('jobStatus', after === undefined ? query : { ...query, after });
    found.push(...page.items.map((item) => item.doc.id));
    after = page.next;
    if (after === undefined) break;
  }
  expect(found).toEqual(model.listed(shape));
  expect(await store.count('jobStatus', query)).toBe(found.length);
}
