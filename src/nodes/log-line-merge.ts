// The lines of several slots as one log: by time to the millisecond, then by slot; each slot keeps its own order.
import { type FoundLine, firstWhere, type SlotLines } from './log-line-slot.ts';
import type { LineText } from './log-line-text.ts';

/** Where one slot is in the merged log. */
interface Cursor {
  readonly slot: SlotLines;
  piece: number;
  text: LineText | undefined;
  /** The line within the piece's text. */
  index: number;
}

/** A stretch of lines of one slot that lie together in the merged log: those of `text` from `from` on, before `to`. */
export interface LineRun {
  readonly slot: SlotLines;
  readonly piece: number;
  readonly text: LineText;
  readonly from: number;
  readonly to: number;
}

/** All lines of some slots, in order, from a line on. */
export async function* mergedLines(slots: readonly SlotLines[], from: number): AsyncGenerator<LineRun> {
  const cursors: Cursor[] = [];
  const places = await placesOf(slots, from);
  for (const [index, slot] of slots.entries()) cursors.push(await cursorAt(slot, places.lines[index] ?? 0));
  let skipped = places.skip;
  for (;;) {
    const run = nextRun(cursors);
    if (!run) return;
    const { cursor, to } = run;
    const begin = Math.min(to, cursor.index + skipped);
    skipped -= begin - cursor.index;
    const { slot, piece, text } = cursor;
    cursor.index = to;
    if (text && begin < to) yield { slot, piece, text, from: begin, to };
    await fill(cursor);
  }
}

/** The lines of a run. */
export function* linesOfRun({ slot, piece, text, from, to }: LineRun): Generator<FoundLine> {
  for (let index = from; index < to; index++) yield { slot, piece, text, index };
}

/** A line of each slot, and how many lines from there on come before a line of the merged log. */
async function placesOf(
  slots: readonly SlotLines[],
  from: number,
): Promise<{ readonly lines: readonly number[]; readonly skip: number }> {
  if (slots.length <= 1) return { lines: [from], skip: 0 };
  const at = await timeOf(slots, from);
  const lines = await Promise.all(slots.map((slot) => slot.countUntil(at - 1)));
  return { lines, skip: from - sum(lines) };
}

/** The first time up to which more lines than `line` were written. */
async function timeOf(slots: readonly SlotLines[], line: number): Promise<number> {
  const latest = Math.max(0, ...slots.map(({ pieces }) => pieces.at(-1)?.latest ?? 0));
  let [from, to] = [0, latest + 1];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (await reaches(slots, middle, line)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Whether more lines than `line` were written up to a time. Texts are read only where the pieces alone do not tell. */
async function reaches(slots: readonly SlotLines[], at: number, line: number): Promise<boolean> {
  const bounds = slots.map((slot) => slot.countBounds(at));
  if (sum(bounds.map(([least]) => least)) > line) return true;
  if (sum(bounds.map(([, most]) => most)) <= line) return false;
  return sum(await Promise.all(slots.map((slot) => slot.countUntil(at)))) > line;
}

async function cursorAt(slot: SlotLines, line: number): Promise<Cursor> {
  const piece = slot.pieceOf(line);
  const found = slot.pieces[piece];
  const cursor: Cursor = { slot, piece, text: undefined, index: 0 };
  if (!found) return cursor;
  cursor.text = await found.text();
  cursor.index = line - found.first + (found.continues ? 1 : 0);
  return cursor;
}

/** Goes on to the next piece in which lines begin, when all of this one were given. */
async function fill(cursor: Cursor): Promise<void> {
  while (cursor.text && cursor.index >= cursor.text.count) {
    cursor.piece++;
    const next = cursor.slot.pieces[cursor.piece];
    cursor.text = await next?.text();
    cursor.index = next?.continues ? 1 : 0;
    readAhead(cursor);
  }
}

/** Who goes from one piece to the next soon comes to the one behind it. What is wrong with it is told then. */
function readAhead({ slot, piece }: Cursor): void {
  slot.pieces[piece + 1]?.text().catch(() => {});
}

/** The slot whose next line is the first, and the end of its lines that nothing of the others comes before. */
function nextRun(cursors: readonly Cursor[]): { readonly cursor: Cursor; readonly to: number } | undefined {
  const open = cursors.filter(({ text }) => text !== undefined);
  let first: Cursor | undefined;
  for (const cursor of open) if (!first || timeAt(cursor, cursor.index) < timeAt(first, first.index)) first = cursor;
  if (!first?.text) return undefined;
  const { text, index } = first;
  if (open.length === 1) return { cursor: first, to: text.count };
  const place = open.indexOf(first);
  const [earlier, later] = [open.slice(0, place), open.slice(place + 1)].map((others) =>
    Math.min(...others.map((other) => timeAt(other, other.index))),
  );
  const cursor = first;
  const isBehind = (line: number) =>
    timeAt(cursor, line) >= (earlier ?? Number.POSITIVE_INFINITY) ||
    timeAt(cursor, line) > (later ?? Number.POSITIVE_INFINITY);
  const length = firstWhere(text.count - index - 1, (offset) => isBehind(index + 1 + offset));
  return { cursor: first, to: index + 1 + length };
}

function timeAt({ slot, piece, text }: Cursor, index: number): number {
  return Math.max(slot.pieces[piece]?.before ?? 0, text?.latest[index] ?? 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
