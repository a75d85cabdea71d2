// Which entries of a log a reader asked for.
import type { LogSegment } from '../model/output.ts';
import type { Blobs } from '../ports/blobs.ts';
import { isGap, type KeptFrame, type LogEntry } from './log-entry.ts';
import { framesOf } from './log-segments.ts';

/** What a reader wants of a log; everything by default. Gaps within the times always belong to it. */
export interface LogFilter {
  /** Inclusive. */
  readonly sinceNs?: bigint;
  /** Exclusive. */
  readonly untilNs?: bigint;
  readonly stream?: KeptFrame['stream'];
  /** Text that a piece must contain, byte for byte. Pieces are lines, cut at 16 KiB. */
  readonly search?: string;
}

const NS_PER_MS = 1_000_000n;

function fits(entry: LogEntry, filter: LogFilter): boolean {
  if (filter.sinceNs !== undefined && entry.atNs < filter.sinceNs) return false;
  if (filter.untilNs !== undefined && entry.atNs >= filter.untilNs) return false;
  if (isGap(entry)) return true;
  if (filter.stream !== undefined && entry.stream !== filter.stream) return false;
  return filter.search === undefined || entry.bytes.includes(filter.search);
}

/** Whether a segment can hold anything wanted, without reading it. */
export function mayFit(segment: LogSegment, filter: LogFilter): boolean {
  if (filter.sinceNs !== undefined && BigInt(segment.toAt + 1) * NS_PER_MS <= filter.sinceNs) return false;
  return filter.untilNs === undefined || BigInt(segment.fromAt) * NS_PER_MS < filter.untilNs;
}

/** Those of some entries that are wanted. */
export function fitting<E extends LogEntry>(entries: readonly E[], filter: LogFilter): readonly E[] {
  const { sinceNs, untilNs, stream, search } = filter;
  const all = sinceNs === undefined && untilNs === undefined && stream === undefined && search === undefined;
  return all ? entries : entries.filter((entry) => fits(entry, filter));
}

/** The entries of one segment, in batches: the gap before it, if there is one, and its frames. */
export async function* entriesOf(
  blobs: Blobs,
  segment: LogSegment,
): AsyncGenerator<readonly LogEntry[], void, undefined> {
  const gapAt = segment.frames === 0 ? segment.toAt : segment.fromAt;
  if (segment.gap !== undefined) yield [{ atNs: BigInt(gapAt) * NS_PER_MS, gap: segment.gap }];
  yield* framesOf(blobs, segment);
}
