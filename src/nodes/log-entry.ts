// What a reader of a log gets: frames, and in their places the stretches that could not be had.
import type { LogFrame } from '../ports/machine.ts';

/** A stretch of a log that is missing, in words, at the time of what follows it (nanoseconds, as in frames). */
export interface LogGap {
  readonly atNs: bigint;
  readonly gap: string;
}

/** A frame as it is kept: its first byte may be the newline before it, which the engine left out and Berth put back. */
export interface KeptFrame extends LogFrame {
  readonly newlinePutBack?: true;
}

/** One thing in a log as it is read. */
export type LogEntry = KeptFrame | LogGap;

/** Whether an entry is a missing stretch. */
export function isGap(entry: LogEntry): entry is LogGap {
  return 'gap' in entry;
}
