// Several logs as one, by time.
import type { LogEntry } from './log-entry.ts';

/** A log with what was read of it and not given on yet: the entries of `batch` from `next` on, at least one. */
interface Head<E> {
  readonly log: AsyncIterator<readonly E[]>;
  readonly batch: readonly E[];
  readonly next: number;
}

/** Merges logs by time; each keeps its own order. What is earlier in one log than anything in the others comes as one batch. */
export async function* mergeByTime<E extends LogEntry>(
  logs: readonly AsyncGenerator<readonly E[], void, undefined>[],
): AsyncGenerator<readonly E[], void, undefined> {
  try {
    let heads: Head<E>[] = [];
    for (const log of logs) heads.push(...(await nextHead(log)));
    for (let first = earliest(heads); first; first = earliest(heads)) {
      const end = runEnd(first, heads);
      yield first.batch.slice(first.next, end);
      const after = end < first.batch.length ? [{ ...first, next: end }] : await nextHead(first.log);
      heads = heads.flatMap((head) => (head === first ? after : [head]));
    }
  } finally {
    await Promise.all(logs.map((log) => log.return()));
  }
}

/** The head of what comes next in a log; none at its end. */
async function nextHead<E>(log: AsyncIterator<readonly E[]>): Promise<Head<E>[]> {
  for (;;) {
    const { value, done } = await log.next();
    if (done) return [];
    if (value.length > 0) return [{ log, batch: value, next: 0 }];
  }
}

function earliest<E extends LogEntry>(heads: readonly Head<E>[]): Head<E> | undefined {
  return heads.reduce<Head<E> | undefined>(
    (first, head) => (first && atNs(first) <= atNs(head) ? first : head),
    undefined,
  );
}

/** Index behind the entries of the earliest head that nothing in the others comes before. */
function runEnd<E extends LogEntry>(first: Head<E>, heads: readonly Head<E>[]): number {
  const others = heads.filter((head) => head !== first).map(atNs);
  let end = first.next + 1;
  if (others.length === 0) return first.batch.length;
  for (let entry = first.batch[end]; entry; entry = first.batch[++end]) {
    const at = entry.atNs;
    if (others.some((other) => other <= at)) break;
  }
  return end;
}

function atNs<E extends LogEntry>({ batch, next }: Head<E>): bigint {
  return batch[next]?.atNs ?? 0n;
}
