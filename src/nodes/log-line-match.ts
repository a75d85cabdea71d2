// Which lines contain a text, byte for byte.
import type { LineRun } from './log-line-merge.ts';
import { type FoundLine, firstWhere } from './log-line-slot.ts';
import { type LineText, lineBytes } from './log-line-text.ts';

/** Where a text was found first in a line. */
export interface LineMatch {
  /** The line within its piece's text. */
  readonly index: number;
  /** What is around it, where the line goes on in later pieces and it lies there. */
  readonly around: Buffer | null;
  /** Where it begins in the line, otherwise. */
  readonly at: number;
}

/** Bytes of a longer line that are shown around what was found in it, and those of them before it. */
const EXCERPT_BYTES = 1024;
const BEFORE_BYTES = 256;

/** The lines of a run that contain a text, in order. */
export async function* matchesIn(run: LineRun, sought: Buffer): AsyncGenerator<LineMatch> {
  const { text, from, to } = run;
  let isLastFound = false;
  for (const match of matchesWithin(text, { from, to }, sought)) {
    isLastFound = match.index === to - 1;
    yield match;
  }
  const goesOn = to === text.count && text.leaves !== 0;
  const around = goesOn && !isLastFound ? await matchBehind({ ...run, index: to - 1 }, sought) : null;
  if (around) yield { index: to - 1, around, at: 0 };
}

/** The bytes that tell of a match: the line, or of a longer one the part around it. */
export async function matchedBytes(
  found: FoundLine,
  { at, around }: LineMatch,
): Promise<{ readonly bytes: Buffer; readonly isCut: boolean }> {
  const whole = await found.slot.contents(found);
  if (!whole.isCut && whole.bytes.length <= EXCERPT_BYTES) return whole;
  if (around) return { bytes: around, isCut: true };
  const own = lineBytes(found.text, found.index);
  const line = own.length > whole.bytes.length ? own : whole.bytes;
  const from = Math.max(0, at - BEFORE_BYTES);
  return { bytes: line.subarray(from, from + EXCERPT_BYTES), isCut: true };
}

function* matchesWithin(
  { text, starts }: LineText,
  { from, to }: { readonly from: number; readonly to: number },
  sought: Buffer,
): Generator<LineMatch> {
  const end = starts[to] ?? text.length;
  let at = text.indexOf(sought, starts[from] ?? 0);
  while (at >= 0 && at + sought.length <= end) {
    const place = at;
    const index = firstWhere(starts.length, (line) => (starts[line] ?? 0) > place) - 1;
    const next = starts[index + 1] ?? text.length;
    // It may lie across the end of a line that was left open.
    const isWithin = at + sought.length <= next;
    if (isWithin) yield { index, around: null, at: at - (starts[index] ?? 0) };
    at = text.indexOf(sought, isWithin ? next : at + 1);
  }
}

/** What is around a text in the part of a line that lies in later pieces, or across the border; null: it is not there. */
async function matchBehind(found: FoundLine, sought: Buffer): Promise<Buffer | null> {
  let end = Buffer.alloc(0);
  for await (const part of found.slot.parts(found)) {
    const joined = Buffer.concat([end, part]);
    const at = joined.indexOf(sought);
    if (at >= 0) return joined.subarray(Math.max(0, at - BEFORE_BYTES)).subarray(0, EXCERPT_BYTES);
    end = joined.subarray(Math.max(0, joined.length - Math.max(sought.length - 1, BEFORE_BYTES)));
  }
  return null;
}
