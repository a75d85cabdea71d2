// The last lines of a task's log as text, for telling why it failed.
import { isGap, type LogEntry } from './log-entry.ts';
import { lastOfLog } from './log-last.ts';
import { type LogKeeping, segmentsOf } from './log-segments.ts';

const LINES = 20;

/** Characters of one line, at most. */
const LONGEST_LINE = 1000;

/** The last lines that are stored of a task's log, newest last; what is not UTF-8 becomes U+FFFD. */
export async function lastLines(keeping: LogKeeping, task: string): Promise<readonly string[]> {
  const segments = await Array.fromAsync(segmentsOf(keeping.store, task));
  const entries = await lastOfLog(keeping.blobs, { segments, pending: [] }, {}, LINES);
  return textOf(entries).slice(-LINES);
}

function textOf(entries: readonly LogEntry[]): readonly string[] {
  const pieces = entries.map((entry) => (isGap(entry) ? `[${entry.gap}]\n` : entry.bytes));
  const text = Buffer.concat(
    pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)),
  ).toString();
  return text
    .replace(/\n$/, '')
    .split('\n')
    .filter((line, _, all) => all.length > 1 || line !== '')
    .map(shortened);
}

function shortened(line: string): string {
  const bare = line.replace(/\r$/, '');
  return bare.length <= LONGEST_LINE ? bare : `${bare.slice(0, LONGEST_LINE)}…`;
}
