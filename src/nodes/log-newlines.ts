// Docker's `local` driver, as engine 20.10 reads it, leaves out the newline of every line of 16 KiB or more. Such a line comes in pieces
// of exactly 16 KiB and a shorter last one, so a shorter piece without a newline that is followed by another one did end its line.
import type { LogFrame } from '../ports/machine.ts';
import type { KeptFrame } from './log-entry.ts';

/** The size of all pieces of a line but the last (moby `daemon/logger/copier.go`, `defaultBufSize`). */
const PIECE_BYTES = 16 * 1024;

const NEWLINE = 0x0a;

/** Puts newlines back that the engine left out; takes the frames of one log in their order. */
export class LeftOutNewlines {
  readonly #leftOut = { stdout: false, stderr: false };

  /** `before` is the end of what is kept of the log. */
  constructor(before: readonly KeptFrame[]) {
    for (const { stream, bytes, newlinePutBack } of before)
      this.#note(stream, newlinePutBack ? bytes.subarray(1) : bytes);
  }

  /** The frame, after the newline that is missing before it. */
  putBack(frame: LogFrame): KeptFrame {
    const missing = this.#leftOut[frame.stream];
    this.#note(frame.stream, frame.bytes);
    if (!missing) return frame;
    return { ...frame, bytes: Buffer.concat([Buffer.from([NEWLINE]), frame.bytes]), newlinePutBack: true };
  }

  #note(stream: LogFrame['stream'], bytes: Buffer): void {
    this.#leftOut[stream] = bytes.length < PIECE_BYTES && bytes[bytes.length - 1] !== NEWLINE;
  }
}
