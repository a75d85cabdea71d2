// Tables that line up, for people: as wide as they need to be, cut at the terminal's edge.
import { stripVTControlCharacters } from 'node:util';
import { cutToWidth, textWidth } from './text-width.ts';

/** A column: its heading, and whether it holds numbers (then it lines up at the right). */
export interface Column {
  readonly heading: string;
  readonly numeric?: true;
}

const GAP = '  ';

/** The lines of a table. A cell's control characters are taken out: names come from other people. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const cells = [columns.map(({ heading }) => heading), ...rows.map((row) => row.map(plain))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => textWidth(row[index] ?? ''))));
  return cells.map((row) => cutToWidth(lineOf(columns, row, widths), width));
}

function lineOf(columns: readonly Column[], row: readonly string[], widths: readonly number[]): string {
  const padded = columns.map(({ numeric }, index) => pad(row[index] ?? '', widths[index] ?? 0, numeric === true));
  return padded.join(GAP).trimEnd();
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return right ? `${space}${text}` : `${text}${space}`;
}

/** Text on one line, without escape sequences, control characters, and signs that turn the direction of writing. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, ' ');
}
