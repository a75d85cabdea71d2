// What readers need of a log that grows, wherever its end is: in this process, or in the one that looks after the task's node.
import type { LogSegment } from '../model/output.ts';
import type { KeptFrame, LogEntry } from './log-entry.ts';

/** A log at one moment: what is stored, and then what is not stored yet. */
export interface LogSnapshot {
  readonly segments: readonly LogSegment[];
  readonly pending: readonly KeptFrame[];
}

/** Where a log that grows puts its entries, as many at a time as came at once. */
export interface LogSink {
  /** The log as it is when watching begins. */
  begin(snapshot: LogSnapshot): void;
  push(entries: readonly LogEntry[]): void;
  /** The log is complete. */
  end(): void;
  /** Nothing more comes from here, although the log may grow on elsewhere. */
  cut(): void;
}

/** The growing end of one task's log. */
export interface TailView {
  readonly task: string;
  /** What there is of the log at one moment. */
  snapshot(): Promise<LogSnapshot>;
  /** Shows a sink what there is, and everything after it, until it leaves. */
  watch(sink: LogSink): Promise<void>;
  /** Takes a sink away. */
  leave(sink: LogSink): void;
}

/** The logs that are being written. */
export interface LogTails {
  /** The growing end of a task's log; undefined: it does not grow, or not yet. */
  find(task: string): Promise<TailView | undefined>;
  /** Tells of tasks whose logs may begin to grow from now on; returns how to stop. */
  onAdded(listener: (task: string) => void): () => void;
}
