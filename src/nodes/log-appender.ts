// Puts frames at the end of a task's stored log. A segment is filled up before the next is begun, so that slow logs do not become
// thousands of them: what is there is read, joined and put as a new blob, and the document goes from the old blob to the new by
// compare-and-set. The old blob is named by nothing then, and is collected.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { LogSegment } from '../model/output.ts';
import type { Stored } from '../ports/store.ts';
import type { KeptFrame } from './log-entry.ts';
import { encodeFrames } from './log-frames.ts';
import { lineTextOf } from './log-line-text.ts';
import { framesOf, type LogKeeping, lastSegment } from './log-segments.ts';

/** A segment of at least this many written bytes is full. */
export const FULL_SEGMENT_BYTES = 256 * 1024;

/** A segment of this many frames is full, however short they are. */
export const FULL_SEGMENT_FRAMES = 16_384;

const NS_PER_MS = 1_000_000n;

/** Logs that flood are packed while their application, its engine and whoever follows them want the processor as well. */
const LEVEL = 1;

const compress = promisify(gzip);

/** What a document says of its frames. */
type Contents = Pick<LogSegment, 'blob' | 'frames' | 'sizeBytes' | 'storedBytes' | 'fromAt' | 'toAt' | 'lines'>;

/** Appends to one task's log; one at a time per task. */
export class LogAppender {
  readonly #keeping: LogKeeping;
  readonly #task: string;
  /** What the last append meant to write, until it is known to be there: an answer that was lost must not store frames twice. */
  #intended: { readonly sequence: number; readonly blob: string } | undefined;

  constructor(keeping: LogKeeping, task: string) {
    this.#keeping = keeping;
    this.#task = task;
  }

  /** Stores frames; after an error, call it again with the same ones. Resolves to the sequence of the segment that holds the last. @throws StoreConflict if somebody else appended */
  async append(frames: readonly KeptFrame[]): Promise<number> {
    const last = await lastSegment(this.#keeping.store, this.#task);
    if (last && this.#hasLanded(last.doc)) return this.#settled(last.doc.sequence);
    if (last && hasRoom(last.doc)) return this.#join(last, frames);
    return this.#begin((last?.doc.sequence ?? 0) + 1, frames);
  }

  /** Records that a stretch before what is appended next is missing, unless that is what the log ends with already. */
  async appendGap(gap: string, at: number): Promise<void> {
    const last = await lastSegment(this.#keeping.store, this.#task);
    if (last?.doc.gap !== undefined && last.doc.frames === 0) return;
    const fromAt = last?.doc.toAt ?? at;
    const none = { blob: '', frames: 0, sizeBytes: 0, storedBytes: 0, fromAt, toAt: Math.max(fromAt, at) };
    await this.#keeping.store.create('logSegment', this.#document((last?.doc.sequence ?? 0) + 1, { ...none, gap }));
  }

  /** Takes away the note of a missing stretch at the end, because the stretch came after all. */
  async removeLastGap(): Promise<void> {
    const last = await lastSegment(this.#keeping.store, this.#task);
    if (last?.doc.gap === undefined || last.doc.frames > 0) return;
    await this.#keeping.store.delete('logSegment', last.doc.id, last.version);
  }

  async #begin(sequence: number, frames: readonly KeptFrame[]): Promise<number> {
    const contents = await this.#put(frames);
    this.#intended = { sequence, blob: contents.blob };
    await this.#keeping.store.create('logSegment', this.#document(sequence, contents));
    return this.#settled(sequence);
  }

  async #join(last: Stored<LogSegment>, frames: readonly KeptFrame[]): Promise<number> {
    const { sequence, gap } = last.doc;
    const present = await Array.fromAsync(framesOf(this.#keeping.blobs, last.doc));
    const contents = await this.#put([...present.flat(), ...frames]);
    this.#intended = { sequence, blob: contents.blob };
    const joined = this.#document(sequence, gap === undefined ? contents : { ...contents, gap });
    await this.#keeping.store.update('logSegment', joined, last.version);
    return this.#settled(sequence);
  }

  #hasLanded(last: LogSegment): boolean {
    return this.#intended?.sequence === last.sequence && this.#intended.blob === last.blob;
  }

  #settled(sequence: number): number {
    this.#intended = undefined;
    return sequence;
  }

  #document(sequence: number, contents: Contents & { readonly gap?: string }): LogSegment {
    return { id: segmentId(this.#task, sequence), task: this.#task, sequence, ...contents };
  }

  async #put(frames: readonly KeptFrame[]): Promise<Contents> {
    const encoded = encodeFrames(frames);
    const packed = await compress(encoded, { level: LEVEL });
    const { digest, sizeBytes } = await this.#keeping.blobs.put(packed);
    const { count, joins, leaves } = lineTextOf(encoded);
    const lines = { count, joins, leaves };
    return { blob: digest, frames: frames.length, storedBytes: sizeBytes, ...extentOf(frames), lines };
  }
}

function hasRoom(segment: LogSegment): boolean {
  return segment.sizeBytes < FULL_SEGMENT_BYTES && segment.frames < FULL_SEGMENT_FRAMES;
}

function segmentId(task: string, sequence: number): string {
  return `${task}/${String(sequence).padStart(6, '0')}`;
}

function extentOf(frames: readonly KeptFrame[]): Pick<Contents, 'sizeBytes' | 'fromAt' | 'toAt'> {
  let sizeBytes = 0;
  let fromAt = Number.POSITIVE_INFINITY;
  let toAt = 0;
  for (const frame of frames) {
    const at = Number(frame.atNs / NS_PER_MS);
    sizeBytes += frame.bytes.length;
    fromAt = Math.min(fromAt, at);
    toAt = Math.max(toAt, at);
  }
  return { sizeBytes, fromAt, toAt };
}
