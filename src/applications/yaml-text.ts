// Reads YAML (1.2, https://yaml.org/spec/1.2.2/) that people wrote, as strictly as JSON: a key that stands twice is a problem, and so are
// tags, several documents in one file, and aliases beyond a bound (a few lines of them can stand for gigabytes).
import { isMap, isScalar, isSeq, parseDocument, type Scalar, type YAMLError, type YAMLMap } from 'yaml';
import type { Problem } from '../model/errors.ts';
import { childPath } from './json-path.ts';
import type { JsonText } from './json-text.ts';

const MOST_BYTES = 256 * 1024;
const MOST_ALIASES = 100;
const MAX_DEPTH = 64;
const MAX_PROBLEMS = 20;

/** Reads a YAML file's bytes; `file` is what problems call it. */
export function parseYamlFile(file: string, bytes: Uint8Array): JsonText {
  if (bytes.length > MOST_BYTES) return failed(file, `${bytes.length} bytes`, `at most ${MOST_BYTES} bytes`);
  try {
    return read(file, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) return failed(file, 'bytes that are not UTF-8', 'text in UTF-8');
    if (error instanceof ReferenceError)
      return failed(file, error.message, `aliases of at most ${MOST_ALIASES} values above them`);
    throw error;
  }
}

function failed(file: string, found: string, expected: string): JsonText {
  return { value: undefined, problems: [{ file, path: '', found, expected }] };
}

// Keys are compared here: the library compares each with each.
function read(file: string, text: string): JsonText {
  const document = parseDocument(text, { schema: 'core', merge: false, uniqueKeys: false, logLevel: 'error' });
  const faults: readonly YAMLError[] = [...document.errors, ...document.warnings];
  if (faults.some(({ message }) => message.startsWith('Maximum call stack'))) return tooDeep(file);
  const problems = faults.map((fault) => ({ file, path: '', ...faultOf(fault) }));
  if (problems.length > 0) return { value: undefined, problems: problems.slice(0, MAX_PROBLEMS) };
  const keys = new KeyCheck(file, text);
  keys.check(document.contents, '$', 0);
  if (keys.problems.length > 0) return { value: undefined, problems: keys.problems.slice(0, MAX_PROBLEMS) };
  const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
  return { value: value ?? undefined, problems: [] };
}

function tooDeep(file: string): JsonText {
  return failed(file, 'more of them', `at most ${MAX_DEPTH} levels of nesting`);
}

function faultOf({ code, message, linePos }: YAMLError): Pick<Problem, 'found' | 'expected'> {
  const [said = ''] = message.split(/ at line |\n/);
  const place = linePos ? ` at line ${linePos[0].line}, column ${linePos[0].col}` : '';
  if (code === 'MULTIPLE_DOCS') return { found: `a second document${place}`, expected: 'one document' };
  return { found: `${said}${place}`, expected: 'YAML' };
}

class KeyCheck {
  readonly problems: Problem[] = [];
  readonly #file: string;
  readonly #text: string;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  check(node: unknown, path: string, depth: number): void {
    if (depth > MAX_DEPTH) this.#note(path, 'more of them', `at most ${MAX_DEPTH} levels of nesting`);
    else if (isMap(node)) this.#checkMap(node, path, depth);
    else if (isSeq(node))
      for (const [index, item] of node.items.entries()) this.check(item, childPath(path, index), depth + 1);
  }

  #checkMap(map: YAMLMap, path: string, depth: number): void {
    const names = new Set<string>();
    for (const { key, value } of map.items) {
      if (!isScalar(key)) this.#note(path, 'a key that is no text', 'names of fields as keys');
      else this.check(value, this.#nameOf(key, names, path), depth + 1);
    }
  }

  #nameOf(key: Scalar, names: Set<string>, path: string): string {
    const name = String(key.value);
    const inner = childPath(path, name);
    if (names.has(name)) this.#note(inner, `the key a second time, at line ${this.#lineOf(key)}`, 'each key once');
    if (name === '__proto__') this.#note(inner, 'the key __proto__', 'a field of this file');
    names.add(name);
    return inner;
  }

  #lineOf({ range }: Scalar): number {
    return this.#text.slice(0, range?.[0] ?? 0).split('\n').length;
  }

  #note(path: string, found: string, expected: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ file: this.#file, path, found, expected });
  }
}
