// Bytes and numbers that a platform of several machines keeps in its database, so that all of them have them.
import type { Instant } from './instant.ts';

/** A blob whose chunks are all stored. Its id is its digest. */
export interface BlobHead {
  readonly id: string;
  readonly sizeBytes: number;
  readonly chunks: number;
  /** Size of each but the last. */
  readonly chunkBytes: number;
  /** Begins the ids of its chunks: each put has its own, so that one that failed takes nothing from one that did not. */
  readonly put: string;
  /** When it was put, or put again: it never goes back. */
  readonly storedAt: Instant;
}

/** A part of a blob; its id is the put, a dash and its number. */
export interface BlobChunk {
  readonly id: string;
  readonly put: string;
  readonly base64: string;
  /** For collecting what a process that died left without a head. */
  readonly storedAt: Instant;
}

/** Buckets of one series in one tier over one span of time; its id is derived from these. */
export interface SeriesSpan {
  readonly id: string;
  readonly series: string;
  readonly stepMs: number;
  readonly fromAt: Instant;
  /** When it is old enough to be forgotten. */
  readonly forgetAt: Instant;
  /** Each bucket as [at, count, sum, min, max]. */
  readonly buckets: readonly (readonly [number, number, number, number, number])[];
}

/** Readings of one sensor that were kept together. Its id is the sensor's and the first sequence, so that it sorts. */
export interface ReadingBatch {
  readonly id: string;
  readonly sensor: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly fromAt: Instant;
  readonly toAt: Instant;
  /** JSON text of the readings as they are kept. */
  readonly readings: string;
}

/** Sequences that one process has taken and not written yet. */
export interface TakenSequences {
  /** Which process; it has one such block at a time. */
  readonly writer: string;
  readonly first: number;
}

/**
 * The last sequence that was given out for readings: the document `readings`. Others, whose ids are `readings-` and an instant, say which one was
 * the last at that instant; nothing is taken in them.
 */
export interface Sequence {
  readonly id: string;
  readonly last: number;
  readonly taken: readonly TakenSequences[];
}
