// Logs as a test writes them, segment by segment, and their lines as the definition says, without any of the program's reading of lines.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import fc from 'fast-check';
import type { KeptFrame } from '../../../src/nodes/log-entry.ts';
import { encodeFrames } from '../../../src/nodes/log-frames.ts';
import { lineTextOf } from '../../../src/nodes/log-line-text.ts';
import type { LogKeeping } from '../../../src/nodes/log-segments.ts';

/** A stretch of a log that becomes one segment. */
export interface Stretch {
  readonly gap: string | null;
  readonly frames: readonly KeptFrame[];
  /** Whether the segment says itself what its lines are like, as those of an older program do not. */
  readonly isCounted: boolean;
}

/** A line as the definition says. */
export interface PlainLine {
  readonly at: number;
  readonly key: number;
  readonly stream: 'stdout' | 'stderr' | 'gap';
  readonly bytes: Buffer;
}

const BEGIN_MS = 1_700_000_000_000;

const bytes = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[ab\n é€😀]{0,12}$/u).map((text) => Buffer.from(text)) },
  fc.constantFrom('a\n', '\n', 'ab', '\n\nb').map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 8 }).map((each) => Buffer.from(each)),
);

const frame = fc.record({
  ms: fc.integer({ min: 0, max: 40 }),
  stream: fc.constantFrom('stdout' as const, 'stderr' as const),
  contents: bytes,
  isPutBack: fc.nat(9).map((n) => n === 0),
});

const frames = fc.array(
  frame.map(
    ({ ms, stream, contents, isPutBack }): KeptFrame => ({
      atNs: BigInt(BEGIN_MS + ms) * 1_000_000n,
      stream,
      bytes: isPutBack ? Buffer.concat([Buffer.from('\n'), contents]) : contents,
      ...(isPutBack ? { newlinePutBack: true } : {}),
    }),
  ),
  { maxLength: 8 },
);

/** Random stretches of one task's log. */
export const stretches = fc.array(
  fc.record({
    gap: fc.option(fc.constantFrom('a part is missing', 'b'), { freq: 5 }),
    frames,
    isCounted: fc.boolean(),
  }),
  { maxLength: 6 },
);

/** What is not stored yet. */
export const pendingFrames = frames;

/** Stores stretches as the segments of a task. */
export async function storeLog({ store, blobs }: LogKeeping, task: string, log: readonly Stretch[]): Promise<void> {
  let latest = BEGIN_MS;
  for (const [index, { gap, frames: held, isCounted }] of log.entries()) {
    if (gap === null && held.length === 0) continue;
    const times = held.map(({ atNs }) => Number(atNs / 1_000_000n));
    const encoded = encodeFrames(held);
    const { digest } = await blobs.put(await promisify(gzip)(encoded));
    const { count, joins, leaves } = lineTextOf(encoded);
    const toAt = times.length === 0 ? latest : Math.max(...times);
    latest = Math.max(latest, toAt);
    await store.create('logSegment', {
      id: `${task}/${String(index + 1).padStart(6, '0')}`,
      ...{ task, sequence: index + 1, frames: held.length, sizeBytes: 1, storedBytes: 1 },
      blob: held.length === 0 ? '' : digest,
      fromAt: times.length === 0 ? toAt : Math.min(...times),
      toAt,
      ...(gap === null ? {} : { gap }),
      ...(isCounted ? { lines: { count, joins, leaves } } : {}),
    });
  }
}

/** The lines of a task's log, byte by byte. */
export function plainLines(log: readonly Stretch[], pending: readonly KeptFrame[], before = 0): readonly PlainLine[] {
  const lines: { at: number; key: number; stream: PlainLine['stream']; bytes: number[] }[] = [];
  let [open, latest, written]: [(typeof lines)[number] | null, number, number] = [null, before, BEGIN_MS];
  const begin = (at: number, stream: PlainLine['stream']) => {
    const line = { at, key: latest, stream, bytes: [] as number[] };
    lines.push(line);
    return line;
  };
  for (const { gap, frames: held } of [...log, { gap: null, frames: pending }]) {
    const times = held.map(({ atNs }) => Number(atNs / 1_000_000n));
    if (gap !== null) {
      const at = times.length === 0 ? written : Math.min(...times);
      latest = Math.max(latest, at);
      begin(at, 'gap').bytes.push(...Buffer.from(gap));
      open = null;
    }
    for (const { atNs, stream, bytes: contents, newlinePutBack } of held) {
      const at = Number(atNs / 1_000_000n);
      latest = Math.max(latest, at);
      if (newlinePutBack) open = null;
      for (const byte of newlinePutBack ? contents.subarray(1) : contents) {
        if (open === null || open.stream !== stream) open = begin(at, stream);
        if (byte === 0x0a) open = null;
        else open.bytes.push(byte);
      }
    }
    written = Math.max(written, ...times);
  }
  return lines.map((line) => ({ ...line, bytes: Buffer.from(line.bytes) }));
}
