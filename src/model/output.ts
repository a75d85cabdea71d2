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
}
