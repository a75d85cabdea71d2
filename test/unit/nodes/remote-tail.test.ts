// The end of a log on its way to another process: as it was, in pieces of any size, and bounded.
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { LogEntry } from '../../../src/nodes/log-entry.ts';
import { LiveLogs } from '../../../src/nodes/log-live.ts';
import { RemoteTail } from '../../../src/nodes/remote-tail.ts';
import { RemoteTailFeed } from '../../../src/nodes/remote-tail-feed.ts';
import { openTail } from '../../../src/nodes/remote-tail-reads.ts';
import {
  beginningRecord,
  entryRecords,
  plainRecord,
  type TailRecord,
  tailRecords,
} from '../../../src/nodes/remote-tail-records.ts';
import type { Peers } from '../../../src/ports/peers.ts';
import { until } from '../../world/until.ts';
import { ManualClock } from '../engine/manual-clock.ts';
import { aFrame, aTail, logParts } from './log-world.ts';

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let [at, turn] = [0, 0]; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const entriesOf = (records: readonly TailRecord[]): LogEntry[] =>
  records.flatMap((record): readonly LogEntry[] => {
    if (record.is === 'frames') return record.frames;
    return record.is === 'gap' ? [record.gap] : [];
  });

test('entries arrive as they were, wherever the bytes are cut', async () => {
  const entry = fc.oneof(
    fc.record({ atNs: fc.bigInt({ min: 0n, max: 2n ** 63n }), gap: fc.string() }),
    fc
      .record({ atMs: fc.nat(), text: fc.string(), stream: fc.constantFrom('stdout' as const, 'stderr' as const) })
      .map(({ atMs, text, stream }) => aFrame(atMs, text, stream)),
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(entry), sizes, async (entries, pieces) => {
      const bytes = Buffer.concat([entryRecords(entries), plainRecord('end')]);
      const records = await Array.fromAsync(tailRecords(cut(bytes, pieces)));
      expect(records.at(-1)).toEqual({ is: 'end' });
      expect(entriesOf(records)).toEqual(entries);
    }),
  );
});

test('what claims to be larger than anything is refused', async () => {
  const damaged = Buffer.from([2, 0xff, 0xff, 0xff, 0xff, 0]);
  await expect(Array.fromAsync(tailRecords(cut(damaged, [6])))).rejects.toThrow(RangeError);
});

test('a reader who takes nothing is cut off, with no more than some megabytes held for them', async () => {
  const feed = new RemoteTailFeed();
  feed.begin({ segments: [], pending: [] });
  const batch = [aFrame(0, 'x'.repeat(64 * 1024))];
  for (let pushed = 0; pushed < 1000; pushed++) feed.push(batch);
  const held = await Array.fromAsync(feed);
  expect(Buffer.concat(held).length).toBeLessThan(5 * 1024 * 1024);
  expect(held.at(-1)).toEqual(plainRecord('elsewhere'));
});

test('a quiet log says now and then that its process lives, and no timer is left behind', async () => {
  const parts = await logParts();
  const [live, clock] = [new LiveLogs(), new ManualClock()];
  live.add(aTail(parts, 't'));
  const left = new AbortController();
  onTestFinished(() => left.abort());
  const tail = await openTail({ live, store: parts.store, clock }, { task: 't', follow: true }, left.signal);
  const records = tailRecords(tail as AsyncIterable<Buffer>);
  expect((await records.next()).value).toMatchObject({ is: 'beginning', beginning: { segment: null, pending: 0 } });
  const next = records.next();
  await clock.advance(3000);
  expect((await next).value).toEqual({ is: 'beat' });
  left.abort();
  expect((await records.next()).value).toEqual({ is: 'elsewhere' });
  expect((await records.next()).done).toBe(true);
  expect(clock.pending).toBe(0);
});

test('a log that does not grow here is not here', async () => {
  const parts = await logParts();
  const { signal } = new AbortController();
  expect(await openTail({ ...parts, live: new LiveLogs() }, { task: 't', follow: false }, signal)).toBeUndefined();
});

test('a process that stands still in the middle of a log is left for its successor', async () => {
  const parts = await logParts();
  const clock = new ManualClock();
  const body = new PassThrough();
  body.write(beginningRecord({ segment: null, pending: 1 }));
  body.write(entryRecords([aFrame(0, 'pending')]));
  const peers: Peers = {
    fetch: async (_component, _request, signal) => {
      signal.addEventListener('abort', () => void body.destroy(new Error('left')));
      return { status: 200, headers: {}, body };
    },
  };
  const tail = new RemoteTail({ ...parts, clock, peers }, 't', 'frozen');
  const told: string[] = [];
  const { promise: cut, resolve } = Promise.withResolvers<void>();
  await tail.watch({
    begin: ({ pending }) => void told.push(...pending.map(({ bytes }) => bytes.toString())),
    push: (entries) => void told.push(`${entries.length} more`),
    end: () => void told.push('end'),
    cut: resolve,
  });
  body.write(entryRecords([aFrame(1, 'live')]));
  await until('what came', 2000, () => told.length === 2 || undefined);
  await clock.advance(10_000);
  await cut;
  expect(told).toEqual(['pending', '1 more']);
  expect(clock.pending).toBe(0);
});
