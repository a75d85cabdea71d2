// Segments of logs, unpacked and cut into lines, as many as memory is given for: everybody who looks at one place shares them.
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { BerthError } from '../model/errors.ts';
import type { LineCount, LogSegment } from '../model/output.ts';
import type { Blobs } from '../ports/blobs.ts';
import { type LineText, lineTextOf } from './log-line-text.ts';

/** Bytes that are kept, roughly. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Of segments that do not say themselves what their lines are like. */
const MOST_COUNTS = 50_000;

/** Beside its text, a line takes two times, a place and a stream. */
const LINE_BYTES = 24;

const unpack = promisify(gunzip);

interface Kept {
  readonly text: Promise<LineText>;
  bytes: number;
}

/** Reads segments, and keeps those that were read last. */
export class LineTexts {
  readonly #blobs: Blobs;
  readonly #kept = new Map<string, Kept>();
  readonly #counts = new Map<string, LineCount>();
  #bytes = 0;

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  /** A segment's lines. @throws log.segment-damaged */
  get(segment: LogSegment): Promise<LineText> {
    const present = this.#kept.get(segment.blob);
    if (present) {
      this.#kept.delete(segment.blob);
      this.#kept.set(segment.blob, present);
      return present.text;
    }
    const kept: Kept = { text: this.#read(segment), bytes: 0 };
    this.#kept.set(segment.blob, kept);
    kept.text.then(
      (text) => this.#weigh(kept, segment.blob, text),
      // Told by whoever waits for it; the next one tries again.
      () => this.#kept.delete(segment.blob),
    );
    return kept.text;
  }

  /** What a segment's lines are like. @throws log.segment-damaged */
  async countOf(segment: LogSegment): Promise<LineCount> {
    const present = this.#counts.get(segment.blob);
    if (present) return present;
    const { count, joins, leaves } = await this.get(segment);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size >= MOST_COUNTS && oldest !== undefined) this.#counts.delete(oldest);
    this.#counts.set(segment.blob, { count, joins, leaves });
    return { count, joins, leaves };
  }

  #weigh(kept: Kept, blob: string, text: LineText): void {
    if (this.#kept.get(blob) !== kept) return;
    kept.bytes = text.text.buffer.byteLength + text.count * LINE_BYTES;
    this.#bytes += kept.bytes;
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= MOST_BYTES) return;
      this.#kept.delete(oldest);
      this.#bytes -= bytes;
    }
  }

  async #read(segment: LogSegment): Promise<LineText> {
    try {
      return lineTextOf(await unpack(await this.#blobs.read(segment.blob)));
    } catch (error) {
      if (error instanceof BerthError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new BerthError('log.segment-damaged', { task: segment.task, reason }, { cause: error });
    }
  }
}
