// The lines in a stretch of a log. A line is what one stream wrote up to a newline; where the other stream comes in between, or a
// stretch is missing, it ends there. So every line lies in one piece, and a stretch knows its lines without knowing those before it,
// except for one: its first bytes may go on with a line that was left open.
import type { LineCount, StreamCode } from '../model/output.ts';
import type { LogGap } from './log-entry.ts';
import { eachFrame } from './log-frames.ts';

/** Stands for a missing stretch where others have the code of their stream. */
const GAP_CODE = 3;

/** A stretch of a log, cut into lines as if none were open before it. */
export interface LineText extends LineCount {
  /** Contents alone, one line after the other, with their newlines. */
  readonly text: Buffer;
  /** Where each line begins in the text. */
  readonly starts: Uint32Array;
  /** The stream of each line, or `GAP_CODE`. */
  readonly streams: Uint8Array;
  /** When the first piece of each line was written, milliseconds. */
  readonly ats: Float64Array;
  /** The latest time up to there, so that these never fall. */
  readonly latest: Float64Array;
}

const NEWLINE = 0x0a;

/** Cuts whole frames, one after the other, into lines; the bytes are not to be used any more. @throws RangeError for bytes that are no frames */
export function lineTextOf(frames: Buffer): LineText {
  const [starts, streams, ats, latest]: [number[], number[], number[], number[]] = [[], [], [], []];
  let [joins, open, length, latestAt, wrote]: [StreamCode, StreamCode, number, number, boolean] = [0, 0, 0, 0, false];
  const begin = (at: number, stream: number, offset: number) => {
    starts.push(offset);
    streams.push(stream);
    ats.push(at);
    latest.push(latestAt);
  };
  eachFrame(frames, ({ stream, newlinePutBack, at, from, to }) => {
    latestAt = Math.max(latestAt, at);
    if (from === to) return;
    // It ends whatever line is open, and is that line's own only where the line is of its stream.
    const isOfNobody = newlinePutBack && open !== stream;
    if (isOfNobody) open = 0;
    if (!wrote) joins = newlinePutBack ? 0 : stream;
    wrote = true;
    const first = isOfNobody ? from + 1 : from;
    if (first === to) return;
    if (open !== stream) begin(at, stream, length);
    // What was read is behind: contents move up over the headers before them.
    frames.copyWithin(length, first, to);
    const end = length + to - first;
    const written = frames.subarray(length, end);
    for (let next = written.indexOf(NEWLINE) + 1; next > 0 && next < written.length; ) {
      begin(at, stream, length + next);
      next = written.indexOf(NEWLINE, next) + 1;
    }
    length = end;
    open = frames[end - 1] === NEWLINE ? 0 : stream;
  });
  return {
    ...{ count: starts.length, joins, leaves: wrote ? open : null, text: frames.subarray(0, length) },
    starts: Uint32Array.from(starts),
    streams: Uint8Array.from(streams),
    ats: Float64Array.from(ats),
    latest: Float64Array.from(latest),
  };
}

/** A missing stretch as a line of its own. */
export function gapText({ atNs, gap }: LogGap): LineText {
  const at = Number(atNs / 1_000_000n);
  return {
    ...{ count: 1, joins: 0, leaves: 0, text: Buffer.from(gap) },
    starts: Uint32Array.of(0),
    streams: Uint8Array.of(GAP_CODE),
    ats: Float64Array.of(at),
    latest: Float64Array.of(at),
  };
}

/** The bytes of a line, without its newline; those before `index` 0 are nobody's. */
export function lineBytes({ text, starts }: LineText, index: number): Buffer {
  const [from, to] = [starts[index] ?? 0, starts[index + 1] ?? text.length];
  return text.subarray(from, to > from && text[to - 1] === NEWLINE ? to - 1 : to);
}
