// Drops what logs hold beyond their limits, and notes the gap. Blobs are left to the collector, because segments may share them.
import type { Instant } from '../model/instant.ts';
import type { LogSegment } from '../model/output.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { decideLogRetention, type LogLimits, type LogRetention } from './decide-log-retention.ts';
import { segmentsOf } from './log-segments.ts';

/** Brings one task's log within its limits. When somebody writes to the log meanwhile, the rest is left to the next time. */
export async function enforceLogRetention(store: Store, task: string, limits: LogLimits, now: Instant): Promise<void> {
  const segments = await Array.fromAsync(segmentsOf(store, task));
  const retention = decideLogRetention(segments, limits, now);
  if (retention.dropped.length === 0 || isSettled(segments, retention)) return;
  try {
    await markGap(store, retention);
    for (const segment of retention.dropped) if (segment !== retention.marked) await drop(store, segment);
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
  }
}

/** Nothing but the note of an earlier drop is left. */
function isSettled(segments: readonly LogSegment[], { marked }: LogRetention): boolean {
  return segments.length === 1 && marked?.frames === 0;
}

/** The note comes first: a log that was cut short without a word would be silence. */
async function markGap(store: Store, { dropped, marked, gap }: LogRetention): Promise<void> {
  if (!marked) return;
  const stored = await store.get('logSegment', marked.id);
  if (!stored) return;
  const emptied = dropped.includes(marked) ? { blob: '', frames: 0, sizeBytes: 0, storedBytes: 0 } : {};
  await store.update('logSegment', { ...stored.doc, ...emptied, gap: joinedGaps(stored.doc.gap, gap) }, stored.version);
}

function joinedGaps(present: string | undefined, gap: string): string {
  const kept = present?.startsWith('The log until') ? undefined : present;
  return kept === undefined ? gap : `${gap} ${kept}`;
}

async function drop(store: Store, segment: LogSegment): Promise<void> {
  const stored = await store.get('logSegment', segment.id);
  if (stored) await store.delete('logSegment', segment.id, stored.version);
}
