// Reads JSON (RFC 8259) that people wrote: like JSON.parse, but syntax errors carry line and column, and a key that stands twice is a
// problem, where JSON.parse silently takes the last. Depth is bounded; arrays and objects are made of what was read and nothing else.
import type { Problem } from '../model/errors.ts';
import { childPath } from './json-path.ts';
import { shortened } from './shortened.ts';
import { type LineOf, NO_LINES, TextPlaces } from './text-places.ts';

/** A value, or what is wrong with the text. Values with problems are whole but for the keys that the problems name. */
export interface JsonText {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  readonly lineOf: LineOf;
}

const MAX_DEPTH = 64;
const MAX_PROBLEMS = 50;
const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const WORD = /true|false|null/y;
const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };

/** Reads a JSON file's bytes; a UTF-8 byte order mark at its start is passed over. */
export function parseJsonFile(file: string, bytes: Uint8Array): JsonText {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // The decoder says no more than that it failed.
    return failed({ file, path: '', found: describeEncoding(bytes), expected: 'text in UTF-8' });
  }
  return parseJsonText(file, text);
}

/** Reads JSON text; `file` is what problems call it. */
export function parseJsonText(file: string, text: string): JsonText {
  const reader = new JsonReader(file, text);
  try {
    return { value: reader.readAll(), problems: reader.problems, lineOf: reader.places.lineOf };
  } catch (error) {
    if (error instanceof SyntaxProblem) return failed(error.problem);
    throw error;
  }
}

function failed(problem: Problem): JsonText {
  return { value: undefined, problems: [problem], lineOf: NO_LINES };
}

function describeEncoding(bytes: Uint8Array): string {
  const mark = `${bytes[0]},${bytes[1]}`;
  return mark === '255,254' || mark === '254,255' ? 'UTF-16' : 'bytes that are not UTF-8';
}

class SyntaxProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.found);
    this.problem = problem;
  }
}

class JsonReader {
  readonly problems: Problem[] = [];
  readonly places: TextPlaces;
  readonly #file: string;
  readonly #text: string;
  #at = 0;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
    this.places = new TextPlaces(text);
  }

  readAll(): unknown {
    const value = this.#value('$', 0);
    if (this.#at < this.#text.length) throw this.#unexpected('the end of the file');
    return value;
  }

  #value(path: string, depth: number): unknown {
    if (depth > MAX_DEPTH) throw this.#unexpected(`at most ${MAX_DEPTH} levels of nesting`);
    this.#take(SPACE);
    this.places.note(path, this.#at);
    const value = this.#bareValue(path, depth);
    this.#take(SPACE);
    return value;
  }

  #bareValue(path: string, depth: number): unknown {
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(path, depth);
    if (first === '[') return this.#array(path, depth);
    if (first === '"') return this.#string();
    const number = this.#take(NUMBER);
    if (number !== undefined) return Number(number);
    const word = this.#take(WORD);
    if (word !== undefined) return WORDS[word];
    throw this.#unexpected('a value');
  }

  #object(path: string, depth: number): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    this.#at++;
    this.#take(SPACE);
    if (this.#skip('}')) return {};
    do {
      this.#take(SPACE);
      if (this.#text[this.#at] !== '"') throw this.#unexpected('a key in double quotes');
      this.#member(entries, path, depth);
    } while (this.#skip(','));
    if (!this.#skip('}')) throw this.#unexpected('"," or "}"');
    return Object.fromEntries(entries);
  }

  #member(entries: Map<string, unknown>, path: string, depth: number): void {
    const start = this.#at;
    const key = this.#string();
    this.#take(SPACE);
    if (!this.#skip(':')) throw this.#unexpected('":"');
    const memberPath = childPath(path, key);
    this.places.note(memberPath, start);
    const value = this.#value(memberPath, depth + 1);
    if (entries.has(key)) this.#note(memberPath, 'the key a second time', 'each key once', start);
    else if (key === '__proto__') this.#note(memberPath, 'the key __proto__', 'a field of this file', start);
    else entries.set(key, value);
  }

  #array(path: string, depth: number): unknown[] {
    const values: unknown[] = [];
    this.#at++;
    this.#take(SPACE);
    if (this.#skip(']')) return values;
    do values.push(this.#value(childPath(path, values.length), depth + 1));
    while (this.#skip(','));
    if (!this.#skip(']')) throw this.#unexpected('"," or "]"');
    return values;
  }

  #string(): string {
    const start = this.#at++;
    for (let mark = this.#text[this.#at]; mark !== '"'; mark = this.#text[this.#at]) {
      if (mark === undefined) throw this.#unexpected('a closing quote');
      if (mark < ' ') throw this.#unexpected('a string on one line, with its control characters escaped');
      if (mark !== '\\') this.#at++;
      else if (this.#take(ESCAPE) === undefined)
        throw this.#unexpected('an escape of JSON, such as \\n, \\\\ or \\u00e9');
    }
    this.#at++;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    this.#at += match?.length ?? 0;
    return match;
  }

  #skip(mark: string): boolean {
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #note(path: string, said: string, expected: string, offset: number): void {
    if (this.problems.length >= MAX_PROBLEMS) return;
    const { line, column } = this.places.at(offset);
    const found = `${said}, at line ${line}, column ${column}`;
    this.problems.push({ file: this.#file, path, found, expected, line });
  }

  #unexpected(expected: string): SyntaxProblem {
    const rest = this.#text.slice(this.#at, this.#at + 200).split('\n')[0] ?? '';
    const seen = this.#at >= this.#text.length ? 'the end of the file' : shortened(rest);
    const { line, column } = this.places.at(this.#at);
    const found = `${seen} at line ${line}, column ${column}`;
    return new SyntaxProblem({ file: this.#file, path: '', found, expected, line });
  }
}
