// Where to go on with a task's log: the end of what is kept of it, as far back as frames may come again.
import type { LogSegment } from '../model/output.ts';
import { LogAlignment, resumeSinceNs } from './log-alignment.ts';
import type { KeptFrame } from './log-entry.ts';
import { LeftOutNewlines } from './log-newlines.ts';
import { framesOf, type LogKeeping, segmentsFromLast } from './log-segments.ts';

/** From when to read a container's log again, and how to tell what is stored of that. */
export interface LogResume {
  readonly sinceNs: bigint;
  readonly alignment: LogAlignment;
  readonly newlines: LeftOutNewlines;
}

/** Frames held in memory to align on, at most; reached only when hundreds of thousands were written within two seconds. */
const MOST_FRAMES = 200_000;

const NS_PER_MS = 1_000_000n;

/** Where to go on after everything stored and the `pending` frames, which are kept in memory only. */
export async function loadLogResume(
  keeping: LogKeeping,
  task: string,
  pending: readonly KeptFrame[],
): Promise<LogResume> {
  let known: readonly KeptFrame[] = pending;
  let oldest: LogSegment | undefined;
  for await (const segment of segmentsFromLast(keeping.store, task)) {
    if (known.length > 0 && endNs(segment) < resumeSinceNs(known)) return resumeAfter(known, 0n);
    if (oldest && known.length >= MOST_FRAMES) return resumeAfter(known, startNs(oldest.toAt));
    known = [...(await Array.fromAsync(framesOf(keeping.blobs, segment))).flat(), ...known];
    oldest = segment;
  }
  return resumeAfter(known, oldest ? droppedUntilNs(oldest, known) : 0n);
}

/** What was dropped for its age or size must not come again. */
function droppedUntilNs(oldest: LogSegment, known: readonly KeptFrame[]): bigint {
  if (oldest.sequence === 1) return 0n;
  return oldest.frames === 0 ? endNs(oldest) : (known[0]?.atNs ?? 0n);
}

function resumeAfter(known: readonly KeptFrame[], atLeastNs: bigint): LogResume {
  const wantedNs = known.length === 0 ? 0n : resumeSinceNs(known);
  const sinceNs = wantedNs > atLeastNs ? wantedNs : atLeastNs;
  const alignment = new LogAlignment(known.filter((frame) => frame.atNs >= sinceNs));
  return { sinceNs, alignment, newlines: new LeftOutNewlines(known) };
}

function startNs(atMs: number): bigint {
  return BigInt(atMs) * NS_PER_MS;
}

function endNs(segment: LogSegment): bigint {
  return startNs(segment.toAt + 1) - 1n;
}
