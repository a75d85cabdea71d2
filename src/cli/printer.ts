// Everything that commands print goes through here: tables and lines for people, one JSON value for programs. What comes from other
// people (names, reasons, output) reaches a terminal only without anything that steers it.
import { styleText } from 'node:util';
import { jsonText } from './json-text.ts';
import type { Surroundings } from './surroundings.ts';
import { type Column, plain, textTable } from './text-table.ts';

type Style = Parameters<typeof styleText>[0];

const STATE_STYLES: Readonly<Record<string, Style>> = {
  running: 'green',
  ready: 'green',
  succeeded: 'green',
  completed: 'green',
  failed: 'red',
  unreachable: 'red',
  refused: 'red',
  lost: 'red',
  waiting: 'yellow',
  starting: 'yellow',
  stopping: 'yellow',
  connecting: 'yellow',
  stopped: 'gray',
};

/** Prints for a person or, with `--json`, for a program. */
export class Printer {
  readonly #surroundings: Surroundings;
  readonly json: boolean;

  constructor(surroundings: Surroundings, json: boolean) {
    this.#surroundings = surroundings;
    this.json = json;
  }

  /** The command's result: the value itself as JSON, or what `forPeople` prints. */
  result(value: unknown, forPeople: () => void): void {
    if (this.json) this.#write(jsonText(value, 2));
    else forPeople();
  }

  /** One value of a stream, as one line of JSON. */
  jsonLine(value: unknown): void {
    this.#write(jsonText(value, 0));
  }

  /** A line for people. */
  line(text = ''): void {
    this.#write(plain(text));
  }

  /** A line that begins with something less important, such as a time. */
  labelled(label: string, text: string): void {
    this.#write(`${this.#style('dim', plain(label))}  ${plain(text)}`.trimEnd());
  }

  /** A text that may have many lines. */
  text(text: string): void {
    for (const line of text.replace(/\n$/, '').split(/\r?\n/)) this.line(line.replaceAll('\t', '    '));
  }

  /** Exactly these bytes, or a text that was made harmless before. */
  raw(contents: Uint8Array | string): void {
    this.#surroundings.out.write(contents);
  }

  /** A table, or the sentence that says that it is empty. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[], empty: string): void {
    const [heading = '', ...lines] = rows.length === 0 ? [plain(empty)] : textTable(columns, rows, this.#width());
    this.#write(this.#style('dim', heading));
    for (const line of lines) this.#write(this.#colored(line));
  }

  /** Name and value, one a line, lined up. */
  facts(facts: readonly (readonly [string, string])[]): void {
    const width = Math.max(...facts.map(([name]) => name.length));
    for (const [name, value] of facts) this.labelled(name.padEnd(width), value);
  }

  /** Something that belongs beside the result and that nobody should miss. */
  note(text: string): void {
    this.#surroundings.err.write(`${this.#style('dim', plain(text))}\n`);
  }

  /** What is going on; only where a person watches. */
  progress(text: string): void {
    if (!this.json && this.#surroundings.terminal) this.note(text);
  }

  #write(line: string): void {
    this.#surroundings.out.write(`${line}\n`);
  }

  #style(style: Style, text: string): string {
    return this.#surroundings.color ? styleText(style, text, { validateStream: false }) : text;
  }

  #width(): number {
    return this.#surroundings.terminal ? this.#surroundings.columns : Number.POSITIVE_INFINITY;
  }

  #colored(line: string): string {
    if (!this.#surroundings.color) return line;
    return line.replaceAll(/(?<= {2}|^)[a-z]+(?= {2}|$)/g, (word) =>
      STATE_STYLES[word] ? this.#style(STATE_STYLES[word], word) : word,
    );
  }
}
