// The lines of logs by their numbers, and the search for those that contain a text: what a reader needs to stand anywhere in a long log.
import { jobEnded } from '../model/job.ts';
import { taskEnded } from '../model/task.ts';
import { tasksOfJob } from './log-job-reads.ts';
import { matchedBytes, matchesIn } from './log-line-match.ts';
import { type LineRun, linesOfRun, mergedLines } from './log-line-merge.ts';
import { linePieces } from './log-line-pieces.ts';
import { type FoundLine, SlotLines } from './log-line-slot.ts';
import { LineTexts } from './log-line-texts.ts';
import { type LogReading, logSnapshot } from './log-reads.ts';

/** Whose log. */
export type LogOf = { readonly task: string } | { readonly job: string; readonly slot?: number };

/** One line of a log. */
export interface LogLine {
  /** Counts from 0, from the first line that is kept. */
  readonly line: number;
  readonly at: number;
  readonly task: string;
  readonly stream: 'stdout' | 'stderr' | 'gap';
  /** Without its newline; of a very long line the beginning, or the part around what was sought. */
  readonly bytes: Buffer;
  readonly isCut: boolean;
}

/** Lines by their numbers. */
export interface LogWindow {
  /** How many the log has. */
  readonly lines: number;
  readonly from: number;
  readonly items: readonly LogLine[];
  readonly ended: boolean;
}

/** Which lines to look through, and for what. */
export interface LogSearch {
  /** Without a newline, not empty. */
  readonly sought: Buffer;
  readonly from: number;
  readonly limit: number;
}

/** What was found. */
export interface LogMatches {
  readonly lines: number;
  readonly matches: readonly LogLine[];
  /** In the whole log; null: not all of it was looked at. */
  readonly total: number | null;
  /** The line to go on from; null: none is left. */
  readonly next: number | null;
}

/** Bytes of lines in one answer, after which no more are added. */
const MOST_WINDOW_BYTES = 2 * 1024 * 1024;

/** Bytes that are looked through for one answer, and a piece more; fewer where enough was found, and the rest is only counted. */
const MOST_SEARCHED_BYTES = 32 * 1024 * 1024;
const MOST_COUNTED_BYTES = 4 * 1024 * 1024;

const STREAMS = ['gap', 'stdout', 'stderr', 'gap'] as const;

/** A log at one moment. */
interface Slots {
  readonly slots: readonly SlotLines[];
  readonly lines: number;
}

/** Reads lines of any log; what was unpacked last is kept. */
export class LogLineReads {
  readonly #reading: LogReading;
  readonly #texts: LineTexts;

  constructor(reading: LogReading) {
    this.#reading = reading;
    this.#texts = new LineTexts(reading.blobs);
  }

  /** Lines from a number on; without one, the last lines. @throws log.segment-damaged */
  async window(of: LogOf, wish: { readonly from?: number; readonly count: number }): Promise<LogWindow> {
    const tasks = await this.#tasksOf(of);
    // Looked at first: what came before the end is in the log then.
    const ended = await this.#ended(of, tasks.flat());
    const { slots, lines } = await this.#slots(tasks);
    const from = Math.min(lines, wish.from ?? Math.max(0, lines - wish.count));
    const items: LogLine[] = [];
    let bytes = 0;
    for await (const found of foundLines(slots, from)) {
      if (items.length === wish.count || bytes >= MOST_WINDOW_BYTES) break;
      const contents = await found.slot.contents(found);
      items.push({ line: from + items.length, ...about(found), ...contents });
      bytes += contents.bytes.length;
    }
    return { lines, from, items, ended };
  }

  /** The lines from a number on that contain a text. @throws log.segment-damaged */
  async search(of: LogOf, { sought, from, limit }: LogSearch): Promise<LogMatches> {
    const { slots, lines } = await this.#slots(await this.#tasksOf(of));
    const matches: LogLine[] = [];
    let [line, bytes, count] = [from, 0, 0];
    for await (const run of mergedLines(slots, from)) {
      for await (const match of matchesIn(run, sought)) {
        // Those behind are only counted, where that tells how many the whole log has.
        if (++count > limit && from > 0) return { lines, matches, total: null, next: behind(matches) };
        if (count > limit) continue;
        const found = { ...run, index: match.index };
        matches.push({ line: line + match.index - run.from, ...about(found), ...(await matchedBytes(found, match)) });
      }
      line += run.to - run.from;
      bytes += bytesOf(run);
      if (bytes < (count > limit ? MOST_COUNTED_BYTES : MOST_SEARCHED_BYTES) || line >= lines) continue;
      return { lines, matches, total: null, next: count > limit ? behind(matches) : line };
    }
    return { lines, matches, total: from === 0 ? count : null, next: count > limit ? behind(matches) : null };
  }

  async #tasksOf(of: LogOf): Promise<readonly (readonly string[])[]> {
    if ('task' in of) return [[of.task]];
    const slots = Map.groupBy(await tasksOfJob(this.#reading, of), ({ slot }) => slot);
    return [...slots.values()].map((tasks) => tasks.map(({ id }) => id));
  }

  async #slots(tasks: readonly (readonly string[])[]): Promise<Slots> {
    const slots = await Promise.all(tasks.map((group) => this.#slot(group)));
    return { slots, lines: slots.reduce((sum, { count }) => sum + count, 0) };
  }

  async #slot(tasks: readonly string[]): Promise<SlotLines> {
    const logs = [];
    for (const task of tasks) logs.push({ task, ...(await logSnapshot(this.#reading, task)) });
    return new SlotLines(await linePieces(this.#texts, logs));
  }

  async #ended(of: LogOf, tasks: readonly string[]): Promise<boolean> {
    const { store, live } = this.#reading;
    if ((await Promise.all(tasks.map((task) => live.find(task)))).some((tail) => tail)) return false;
    if ('task' in of) return taskEnded((await store.get('taskStatus', of.task))?.doc.state ?? 'assigned');
    return jobEnded((await store.get('jobStatus', of.job))?.doc.state ?? 'accepted');
  }
}

async function* foundLines(slots: readonly SlotLines[], from: number): AsyncGenerator<FoundLine> {
  for await (const run of mergedLines(slots, from)) yield* linesOfRun(run);
}

function about({ slot, piece, text, index }: FoundLine): Pick<LogLine, 'at' | 'task' | 'stream'> {
  const task = slot.pieces[piece]?.task ?? '';
  return { at: text.ats[index] ?? 0, task, stream: STREAMS[text.streams[index] ?? 0] ?? 'gap' };
}

function behind(matches: readonly LogLine[]): number {
  return (matches.at(-1)?.line ?? 0) + 1;
}

function bytesOf({ text, from, to }: LineRun): number {
  return (text.starts[to] ?? text.text.length) - (text.starts[from] ?? 0);
}
