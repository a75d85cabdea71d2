// The lines of one slot's log by their numbers.
import type { LinePiece } from './log-line-pieces.ts';
import { type LineText, lineBytes } from './log-line-text.ts';

/** A line that was found: the `index`th of a piece's text. */
export interface FoundLine {
  readonly slot: SlotLines;
  readonly piece: number;
  readonly text: LineText;
  readonly index: number;
}

/** Bytes of a line that are read, at most. */
const MOST_LINE_BYTES = 16 * 1024;

/** The log of one slot at one moment. */
export class SlotLines {
  readonly pieces: readonly LinePiece[];

  constructor(pieces: readonly LinePiece[]) {
    this.pieces = pieces;
  }

  /** How many lines there are. */
  get count(): number {
    const last = this.pieces.at(-1);
    return last ? last.first + last.count : 0;
  }

  /** The piece in which a line begins; behind the last one when there is no such line. */
  pieceOf(line: number): number {
    return firstWhere(this.pieces.length, (index) => {
      const { first, count } = this.pieces[index] ?? NONE;
      return first + count > line;
    });
  }

  /** How many lines were written up to a time, at least and at most, told from the pieces alone. */
  countBounds(at: number): readonly [number, number] {
    const whole = firstWhere(this.pieces.length, (index) => (this.pieces[index] ?? NONE).latest > at);
    const piece = this.pieces[whole];
    if (!piece) return [this.count, this.count];
    return [piece.first, piece.before > at ? piece.first : piece.first + piece.count];
  }

  /** How many lines were written up to a time. */
  async countUntil(at: number): Promise<number> {
    const [least, most] = this.countBounds(at);
    if (least === most) return least;
    const piece = this.pieces[this.pieceOf(least)];
    if (!piece) return least;
    const { latest } = await piece.text();
    const skipped = piece.continues ? 1 : 0;
    const later = firstWhere(piece.count, (line) => Math.max(piece.before, latest[line + skipped] ?? 0) > at);
    return piece.first + later;
  }

  /** The beginning of a line, of a very long one no more than is answered; and whether the line is longer. */
  async contents({ piece, text, index }: FoundLine): Promise<{ readonly bytes: Buffer; readonly isCut: boolean }> {
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of this.parts({ piece, text, index })) {
      parts.push(part);
      length += part.length;
      if (length > MOST_LINE_BYTES) break;
    }
    const bytes = Buffer.concat(parts, length);
    return { bytes: bytes.subarray(0, MOST_LINE_BYTES), isCut: length > MOST_LINE_BYTES };
  }

  /** A line's bytes without its newline, piece by piece: the last line of a piece may go on in those behind it. */
  async *parts({ piece, text, index }: Pick<FoundLine, 'piece' | 'text' | 'index'>): AsyncGenerator<Buffer> {
    yield lineBytes(text, index);
    let goesOn = index === text.count - 1 && text.leaves !== 0;
    for (let next = piece + 1; goesOn; next++) {
      const following = this.pieces[next];
      if (!following) return;
      const more = await following.text();
      if (more.leaves === null) continue;
      if (!following.continues) return;
      yield lineBytes(more, 0);
      goesOn = more.count === 1 && more.leaves !== 0;
    }
  }
}

const NONE = { first: 0, count: 0, latest: 0 };

/** The first index of which something is true that stays true; `length` when there is none. */
export function firstWhere(length: number, isTrue: (index: number) => boolean): number {
  let [from, to] = [0, length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (isTrue(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
