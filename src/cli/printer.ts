// Everything that commands print goes through here: tables and lines for people, one JSON value for programs.
import { styleText } from 'node:util';
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
    if (this.json) this.#surroundings.out.write(`${JSON.stringify(value, null, 2)}\n`);
    else forPeople();
  }

  /** One value of a stream, as one line of JSON. */
  jsonLine(value: unknown): void {
    this.#surroundings.out.write(`${JSON.stringify(value)}\n`);
  }

  /** A line for people. */
  line(text = ''): void {
    this.#surroundings.out.write(`${text}\n`);
  }

  /** Bytes exactly as they are. */
  bytes(bytes: Uint8Array): void {
    this.#surroundings.out.write(bytes);
  }

  /** A table, or the sentence that says that it is empty. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[], empty: string): void {
    const [heading = '', ...lines] = rows.length === 0 ? [empty] : textTable(columns, rows, this.#width());
    this.line(this.style('dim', heading));
    for (const line of lines) this.line(this.#colored(line));
  }

  /** Name and value, one a line, lined up. */
  facts(facts: readonly (readonly [string, string])[]): void {
    const width = Math.max(...facts.map(([name]) => name.length));
    for (const [name, value] of facts) this.line(`${this.style('dim', name.padEnd(width))}  ${plain(value)}`);
  }

  /** What is going on, to the side of the result; only where a person watches. */
  progress(text: string): void {
    if (!this.json && this.#surroundings.terminal) this.#surroundings.err.write(`${this.style('dim', text)}\n`);
  }

  /** Text in a style, on terminals that show it. */
  style(style: Style, text: string): string {
    return this.#surroundings.color ? styleText(style, text, { validateStream: false }) : text;
  }

  #width(): number {
    return this.#surroundings.terminal ? this.#surroundings.columns : Number.POSITIVE_INFINITY;
  }

  #colored(line: string): string {
    if (!this.#surroundings.color) return line;
    return line.replaceAll(/(?<= {2}|^)[a-z]+(?= {2}|$)/g, (word) =>
      STATE_STYLES[word] ? this.style(STATE_STYLES[word], word) : word,
    );
  }
}
