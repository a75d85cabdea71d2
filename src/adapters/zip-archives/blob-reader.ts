// Lets yauzl read a blob at any place. Small reads (headers, names) are served from windows, so that a directory of thousands of
// entries does not open the blob thousands of times. There are two, because reading goes back and forth between the directory at the
// end and the header before each entry's contents.
import { PassThrough, pipeline, Readable } from 'node:stream';
import { buffer as wholeBuffer } from 'node:stream/consumers';
import yauzl from 'yauzl';
import type { Blobs } from '../../ports/blobs.ts';

const WINDOW_BYTES = 128 * 1024;

/** A stretch of the blob in memory. */
interface Window {
  readonly start: number;
  readonly bytes: Buffer;
}

/** Random access to one blob, for yauzl. */
export class BlobReader extends yauzl.RandomAccessReader {
  readonly #blobs: Blobs;
  readonly #digest: string;
  readonly #sizeBytes: number;
  #windows: readonly Window[] = [];

  constructor(blobs: Blobs, digest: string, sizeBytes: number) {
    super();
    this.#blobs = blobs;
    this.#digest = digest;
    this.#sizeBytes = sizeBytes;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const window = this.#windowWith(start, end);
    if (window) return Readable.from([slice(window, start, end)], { objectMode: false });
    const bytes = new PassThrough();
    this.#blobs.open(this.#digest, { start, end }).then(
      (source) => pipeline(source, bytes, () => undefined),
      (error: Error) => bytes.destroy(error),
    );
    return bytes;
  }

  override read(
    target: Buffer,
    offset: number,
    length: number,
    position: number,
    // yauzl's own readers give the number of bytes too; its types leave it out.
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.readAt(position, length).then(
      (bytes) => callback(null, bytes.copy(target, offset)),
      (error: Error) => callback(error),
    );
  }

  /** The bytes from a position on, fewer than `length` only where the blob ends. */
  async readAt(position: number, length: number): Promise<Buffer> {
    const end = Math.min(position + length, this.#sizeBytes);
    if (position >= end) return Buffer.alloc(0);
    const window = this.#windowWith(position, end) ?? (await this.#openWindow(position, end));
    return slice(window, position, end);
  }

  #windowWith(start: number, end: number): Window | undefined {
    return this.#windows.find((window) => start >= window.start && end <= window.start + window.bytes.length);
  }

  async #openWindow(start: number, needed: number): Promise<Window> {
    const end = Math.max(needed, Math.min(start + WINDOW_BYTES, this.#sizeBytes));
    const window = { start, bytes: await wholeBuffer(await this.#blobs.open(this.#digest, { start, end })) };
    // The directory lies behind all contents: what replaces a window is whatever moves on in the same one of the two.
    this.#windows = [window, ...this.#windows.filter((other) => other.start >= end).slice(0, 1)];
    return window;
  }
}

function slice({ start: windowStart, bytes }: Window, start: number, end: number): Buffer {
  return bytes.subarray(start - windowStart, end - windowStart);
}
