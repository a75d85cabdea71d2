// What algorithms gave to the platform: output records and log segments.
import type { Instant } from './instant.ts';

/** One piece of output, by job and slot. Its id is `task/record`, so that a repeated delivery is one record. Written by nodes. */
export interface Output {
  readonly id: string;
  readonly job: string;
  readonly slot: number;
  readonly task: string;
  readonly kind: 'text' | 'json' | 'file';
  /** Name of a file, or of a text or JSON output if it was given one. */
  readonly name: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Small text and JSON is here; everything else is in Blobs. */
  readonly text?: string;
  readonly blob?: string;
  readonly at: Instant;
}

/** A stretch of a task's log in Blobs (gzip of frames), in order. Written by nodes. */
export interface LogSegment {
  /** `task/000001`. */
  readonly id: string;
  readonly task: string;
  readonly sequence: number;
  readonly blob: string;
  readonly frames: number;
  /** Bytes that the application wrote. */
  readonly sizeBytes: number;
  readonly storedBytes: number;
  readonly fromAt: Instant;
  readonly toAt: Instant;
  /** A stretch that could not be had, in words. */
  readonly gap?: string;
  /** What its lines are like, so that a line is found by its number without reading every segment before; absent: not counted yet. */
  readonly lines?: LineCount;
}

/** A stream of a task in stored logs: 1 stdout, 2 stderr; 0: none. */
export type StreamCode = 0 | 1 | 2;

/** How many lines begin in a stretch of a log, and how it joins what is before and after it. */
export interface LineCount {
  /** As if no line were open before it. */
  readonly count: number;
  /** The stream whose open line its first byte goes on with; 0: it goes on with none. */
  readonly joins: StreamCode;
  /** The stream whose line is open at its end; null: it wrote nothing, and leaves open what was. */
  readonly leaves: StreamCode | null;
}
