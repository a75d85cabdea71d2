// Where the values of a text stand that a person wrote, so that what is wrong with one of them can be shown at its line.
import type { Problem } from '../model/errors.ts';

/** Places beyond these are found by what they stand within. */
const MOST_PLACES = 10_000;
const LAST_STEP = /(?:\.[A-Za-z_][A-Za-z0-9_-]*|\[(?:\d+|"(?:[^"\\]|\\.)*")\])$/;

/** The line, counted from 1, of what a JSON path names, or of the nearest that is there and holds it; undefined: nowhere. */
export type LineOf = (path: string) => number | undefined;

/** Of a text that could not be read at all. */
export const NO_LINES: LineOf = () => undefined;

/** Collects the places of values while a text is read. */
export class TextPlaces {
  readonly #text: string;
  readonly #offsets = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  /** What a path names stands at an offset of the text; of two, the first counts. */
  note(path: string, offset: number): void {
    if (this.#offsets.size < MOST_PLACES && !this.#offsets.has(path)) this.#offsets.set(path, offset);
  }

  /** The line in which an offset lies, and the column, both counted from 1. */
  at(offset: number): { readonly line: number; readonly column: number } {
    const before = this.#text.slice(0, offset).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  }

  readonly lineOf: LineOf = (path) => {
    for (let here = path; here !== ''; here = here.replace(LAST_STEP, '')) {
      const offset = this.#offsets.get(here);
      if (offset !== undefined) return this.at(offset).line;
      if (!LAST_STEP.test(here)) return undefined;
    }
    return undefined;
  };
}

/** Problems with their lines; those that have one keep it. */
export function atLines(problems: readonly Problem[], lineOf: LineOf): Problem[] {
  return problems.map((problem) => {
    const line = problem.line ?? lineOf(problem.path);
    return line === undefined ? problem : { ...problem, line };
  });
}
