// Forgets old readings: whole documents where all of them are old, else the part that is.
import type { Instant } from '../../model/instant.ts';
import type { ReadingBatch } from '../../model/kept-bytes.ts';
import type { Store, Stored, Write } from '../../ports/store.ts';
import { readingsOf, reducedBatch } from './reading-batches.ts';
import type { SequenceMarks } from './sequence-marks.ts';

const AT_ONCE = 100;

/** What is forgotten in. */
export interface ForgetParts {
  readonly store: Store;
  readonly marks: SequenceMarks;
}

/** Forgets at most so many of those before an instant; gives how many. */
export async function forgetReadings({ store, marks }: ForgetParts, at: Instant, most: number): Promise<number> {
  let forgotten = 0;
  while (forgotten < most) {
    const { items, next } = await store.list('readingBatch', { orderBy: 'fromAt', below: at, limit: AT_ONCE });
    const some = await forgetSome(store, items, { at, most: most - forgotten });
    forgotten += some;
    if (next === undefined || some === 0) break;
  }
  await marks.forgetBefore(at);
  return forgotten;
}

async function forgetSome(
  store: Store,
  batches: readonly Stored<ReadingBatch>[],
  { at, most }: { readonly at: Instant; readonly most: number },
): Promise<number> {
  const planned: { readonly write: Write; readonly count: number }[] = [];
  let left = most;
  for (const stored of batches) {
    if (left <= 0) break;
    const { write, count } = withoutOld(stored, at, left);
    planned.push({ write, count });
    left -= count;
  }
  const results = await store.apply(planned.map(({ write }) => write));
  return planned.reduce((sum, { count }, index) => sum + (results[index]?.ok ? count : 0), 0);
}

function withoutOld(
  { doc, version }: Stored<ReadingBatch>,
  at: Instant,
  most: number,
): { readonly write: Write; readonly count: number } {
  const all = readingsOf(doc);
  const old = new Set(all.filter((reading) => reading.at < at).slice(0, most));
  const kept = all.filter((reading) => !old.has(reading));
  const write: Write =
    kept.length === 0
      ? { do: 'delete', kind: 'readingBatch', id: doc.id, version }
      : { do: 'update', kind: 'readingBatch', doc: reducedBatch(doc, kept), version };
  return { write, count: old.size };
}
