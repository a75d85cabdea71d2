// The last lines of a log, read from its end.
import type { LogSegment } from '../model/output.ts';
import type { Blobs } from '../ports/blobs.ts';
import { isGap, type KeptFrame, type LogEntry } from './log-entry.ts';
import { entriesOf, fitting, type LogFilter, mayFit } from './log-filter.ts';

/** Bytes of frames held to find the last lines, at most. */
const MOST_BYTES = 16 * 1024 * 1024;

const MOST_LINES = 100_000;

const NEWLINE = 0x0a;

/** The entries that make up the last `lines` lines that fit a filter, in order; fewer when they are longer than memory allows. */
export async function lastOfLog(
  blobs: Blobs,
  snapshot: { readonly segments: readonly LogSegment[]; readonly pending: readonly KeptFrame[] },
  filter: LogFilter,
  lines: number,
): Promise<readonly LogEntry[]> {
  const wanted = Math.min(lines, MOST_LINES);
  let found: readonly LogEntry[] = fitting(snapshot.pending, filter);
  for (const segment of snapshot.segments.toReversed()) {
    if (startOfLastLines(found, wanted) > 0 || bytesOf(found) > MOST_BYTES) break;
    if (!mayFit(segment, filter)) continue;
    const entries = (await Array.fromAsync(entriesOf(blobs, segment))).flat();
    found = [...fitting(entries, filter), ...found];
  }
  return lastLinesIn(found, wanted);
}

/** The entries that make up the last `lines` lines among the given ones. */
export function lastLinesIn<E extends LogEntry>(entries: readonly E[], lines: number): readonly E[] {
  return lines <= 0 ? [] : entries.slice(startOfLastLines(entries, lines));
}

/** Index of the first entry of the last `lines` lines; 0 when there are no more than that. */
function startOfLastLines(entries: readonly LogEntry[], lines: number): number {
  let ends = 0;
  for (let index = entries.length - 2; index >= 0; index--) {
    const entry = entries[index];
    if (!entry || (!isGap(entry) && entry.bytes.at(-1) !== NEWLINE)) continue;
    ends += 1;
    if (ends === lines) return index + 1;
  }
  return 0;
}

function bytesOf(entries: readonly LogEntry[]): number {
  return entries.reduce((sum, entry) => sum + (isGap(entry) ? entry.gap.length : entry.bytes.length), 0);
}
