// Reads an instance file as it was sent, in whichever of its forms.
import type { Problem } from '../model/errors.ts';
import { type InstanceFile, instanceFileSchema } from './instance-file-schema.ts';
import { instanceInvalid } from './instance-invalid.ts';
import { type JsonText, parseJsonFile } from './json-text.ts';
import { readBySchema } from './schema-problems.ts';
import { parseYamlFile } from './yaml-text.ts';

/** An instance file as it was sent: its bytes (JSON or YAML), or the value that a program has read from it. */
export interface SentInstanceFile {
  /** What problems call it. */
  readonly name: string;
  readonly contents: Uint8Array | { readonly value: unknown };
}

/** The instance file that was sent. @throws instance.invalid with every problem */
export function readInstanceFile({ name, contents }: SentInstanceFile): InstanceFile {
  const { value, problems } = 'value' in contents ? { value: contents.value, problems: [] } : textOf(name, contents);
  if (value === undefined) throw instanceInvalid(problems.length > 0 ? problems : [emptyFile(name)]);
  const reading = readBySchema(instanceFileSchema, name, value);
  if ('problems' in reading) throw instanceInvalid([...problems, ...reading.problems]);
  if (problems.length > 0) throw instanceInvalid(problems);
  return reading.value;
}

const FIRST_OF_JSON = [...'{['].map((mark) => mark.charCodeAt(0));

/** JSON begins with a bracket; everything else is read as YAML, of which JSON is a part. */
function textOf(name: string, bytes: Uint8Array): JsonText {
  const first = bytes.find((byte) => byte > ' '.charCodeAt(0) && !BYTE_ORDER_MARK.includes(byte));
  return first !== undefined && FIRST_OF_JSON.includes(first) ? parseJsonFile(name, bytes) : parseYamlFile(name, bytes);
}

const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];

function emptyFile(name: string): Problem {
  return { file: name, path: '', found: 'nothing', expected: 'an instance file' };
}
