// Reads YAML (1.2, https://yaml.org/spec/1.2.2/) that people wrote, as strictly as JSON: a key that stands twice is a problem, and so are
// tags, several documents in one file, and aliases beyond a bound (a few lines of them can stand for gigabytes).
import { isMap, isNode, isScalar, isSeq, parseDocument, type Scalar, type YAMLError, type YAMLMap } from 'yaml';
import type { Problem } from '../model/errors.ts';
import { childPath } from './json-path.ts';
import type { JsonText } from './json-text.ts';
import { NO_LINES, TextPlaces } from './text-places.ts';

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
  return { value: undefined, problems: [{ file, path: '', found, expected }], lineOf: NO_LINES };
}

// Keys are compared here: the library compares each with each.
function read(file: string, text: string): JsonText {
  const document = parseDocument(text, { schema: 'core', merge: false, uniqueKeys: false, logLevel: 'error' });
  const faults: readonly YAMLError[] = [...document.errors, ...document.warnings];
  if (faults.some(({ message }) => message.startsWith('Maximum call stack'))) return tooDeep(file);
  const problems = faults.map((fault) => ({ file, path: '', ...faultOf(fault) }));
  if (problems.length > 0) return { value: undefined, problems: problems.slice(0, MAX_PROBLEMS), lineOf: NO_LINES };
  const keys = new KeyCheck(file, text);
  keys.check(document.contents, '$', 0);
  const { lineOf } = keys.places;
  if (keys.problems.length > 0) return { value: undefined, problems: keys.problems.slice(0, MAX_PROBLEMS), lineOf };
  const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
  return { value: value ?? undefined, problems: [], lineOf };
}

function tooDeep(file: string): JsonText {
  return failed(file, 'more of them', `at most ${MAX_DEPTH} levels of nesting`);
}

function faultOf({ code, message, linePos }: YAMLError): Pick<Problem, 'found' | 'expected' | 'line'> {
  const [said = ''] = message.split(/ at line |\n/);
  const place = linePos ? ` at line ${linePos[0].line}, column ${linePos[0].col}` : '';
  const line = linePos ? { line: linePos[0].line } : {};
  if (code === 'MULTIPLE_DOCS') return { found: `a second document${place}`, expected: 'one document', ...line };
  return { found: `${said}${place}`, expected: 'YAML', ...line };
}

class KeyCheck {
  readonly problems: Problem[] = [];
  readonly places: TextPlaces;
  readonly #file: string;

  constructor(file: string, text: string) {
    this.#file = file;
    this.places = new TextPlaces(text);
  }

  check(node: unknown, path: string, depth: number): void {
    if (isNode(node) && node.range) this.places.note(path, node.range[0]);
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
    const offset = key.range?.[0] ?? 0;
    const { line } = this.places.at(offset);
    this.places.note(inner, offset);
    if (names.has(name)) this.#note(inner, `the key a second time, at line ${line}`, 'each key once', line);
    if (name === '__proto__') this.#note(inner, 'the key __proto__', 'a field of this file', line);
    names.add(name);
    return inner;
  }

  #note(path: string, found: string, expected: string, line = this.places.lineOf(path)): void {
    if (this.problems.length >= MAX_PROBLEMS) return;
    this.problems.push({ file: this.#file, path, found, expected, ...(line === undefined ? {} : { line }) });
  }
}
