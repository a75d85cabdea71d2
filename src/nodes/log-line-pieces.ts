// The log of one slot as pieces whose lines are numbered: missing stretches, stored segments, and what is not stored yet.
import type { LogSegment, StreamCode } from '../model/output.ts';
import type { KeptFrame } from './log-entry.ts';
import { encodeFrames } from './log-frames.ts';
import { gapText, type LineText, lineTextOf } from './log-line-text.ts';
import type { LineTexts } from './log-line-texts.ts';

/** A piece of a log, with the numbers of the lines that begin in it. */
export interface LinePiece {
  readonly task: string;
  /** The number of its first line, in its slot. */
  readonly first: number;
  readonly count: number;
  /** Whether its first bytes go on with the line before `first`. */
  readonly continues: boolean;
  /** The latest time before it, and with it; milliseconds. */
  readonly before: number;
  readonly latest: number;
  readonly text: () => Promise<LineText>;
}

/** A log at one moment, with whose it is. */
export interface TaskLog {
  readonly task: string;
  readonly segments: readonly LogSegment[];
  readonly pending: readonly KeptFrame[];
}

interface Place {
  readonly next: number;
  readonly open: StreamCode;
  readonly latest: number;
}

/** The pieces of the logs of one slot's tasks, in order. */
export async function linePieces(texts: LineTexts, logs: readonly TaskLog[]): Promise<readonly LinePiece[]> {
  const pieces: LinePiece[] = [];
  let place: Place = { next: 0, open: 0, latest: 0 };
  const add = (task: string, part: Part) => {
    const piece = pieceAt(place, task, part);
    pieces.push(piece);
    place = { next: piece.first + piece.count, open: part.leaves ?? place.open, latest: piece.latest };
  };
  for (const { task, segments, pending } of logs) {
    // What a task leaves open, its successor does not go on with.
    place = { ...place, open: 0 };
    for (const segment of segments) for (const part of await partsOf(texts, segment)) add(task, part);
    if (pending.length > 0) add(task, partOf(lineTextOf(encodeFrames(pending))));
  }
  return pieces;
}

interface Part extends Pick<LineText, 'count' | 'joins' | 'leaves'> {
  readonly latestAt: number;
  readonly text: () => Promise<LineText>;
}

async function partsOf(texts: LineTexts, segment: LogSegment): Promise<readonly Part[]> {
  const parts: Part[] = [];
  if (segment.gap !== undefined) {
    const at = segment.frames === 0 ? segment.toAt : segment.fromAt;
    parts.push(partOf(gapText({ atNs: BigInt(at) * 1_000_000n, gap: segment.gap })));
  }
  if (segment.frames > 0) {
    const { count, joins, leaves } = segment.lines ?? (await texts.countOf(segment));
    parts.push({ count, joins, leaves, latestAt: segment.toAt, text: () => texts.get(segment) });
  }
  return parts;
}

function partOf(text: LineText): Part {
  const { count, joins, leaves, latest } = text;
  return { count, joins, leaves, latestAt: latest.at(-1) ?? 0, text: async () => text };
}

function pieceAt({ next, open, latest }: Place, task: string, { count, joins, latestAt, text }: Part): LinePiece {
  const continues = open !== 0 && joins === open;
  const lines = continues ? count - 1 : count;
  return { task, first: next, count: lines, continues, before: latest, latest: Math.max(latest, latestAt), text };
}
