// Reading stored segments of logs: which there are, and the frames in one.
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { pages } from '../engine/shard-sweep.ts';
import { BerthError } from '../model/errors.ts';
import type { LogSegment } from '../model/output.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Store, Stored } from '../ports/store.ts';
import type { KeptFrame } from './log-entry.ts';
import { decodeFrames } from './log-frames.ts';

/** Where logs are kept. */
export interface LogKeeping {
  readonly store: Store;
  readonly blobs: Blobs;
}

const PAGE = 200;

/** Every segment of a task's log, in order. */
export function segmentsOf(store: Store, task: string): AsyncIterable<LogSegment> {
  return pages(store, 'logSegment', { where: { task }, orderBy: 'sequence', limit: PAGE });
}

/** Every segment of a task's log, the last first. */
export function segmentsFromLast(store: Store, task: string): AsyncIterable<LogSegment> {
  return pages(store, 'logSegment', { where: { task }, orderBy: 'sequence', direction: 'descending', limit: 8 });
}

/** The last segment of a task's log, with its version. */
export async function lastSegment(store: Store, task: string): Promise<Stored<LogSegment> | undefined> {
  const query = { where: { task }, orderBy: 'sequence', direction: 'descending', limit: 1 } as const;
  return (await store.list('logSegment', query)).items[0];
}

/** Bytes that are unpacked at once. */
const UNPACKED_BYTES = 128 * 1024;

/** The frames of one segment, in batches as they are unpacked. @throws log.segment-damaged */
export async function* framesOf(
  blobs: Blobs,
  segment: LogSegment,
): AsyncGenerator<readonly KeptFrame[], void, undefined> {
  if (segment.frames === 0) return;
  try {
    const packed = Readable.from([await blobs.read(segment.blob)]);
    yield* decodeFrames(packed.pipe(createGunzip({ chunkSize: UNPACKED_BYTES })));
  } catch (error) {
    if (error instanceof BerthError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new BerthError('log.segment-damaged', { task: segment.task, reason }, { cause: error });
  }
}
