// Reads an instance file as it was sent, in whichever of its forms.
import { BerthError, type Problem } from '../model/errors.ts';
import { type InstanceFile, instanceFileSchema } from './instance-file-schema.ts';
import { instanceInvalid } from './instance-invalid.ts';
import { type JsonText, parseJsonFile } from './json-text.ts';
import { readBySchema } from './schema-problems.ts';
import { atLines, NO_LINES } from './text-places.ts';
import { parseYamlFile } from './yaml-text.ts';

/** An instance file as it was sent: its bytes (JSON or YAML), or the value that a program has read from it. */
export interface SentInstanceFile {
  /** What problems call it. */
  readonly name: string;
  readonly contents: Uint8Array | { readonly value: unknown };
}

/** The instance file that was sent. @throws instance.invalid with every problem */
export function readInstanceFile(sent: SentInstanceFile): InstanceFile {
  const { name } = sent;
  const { value, problems, lineOf } = textOf(sent);
  if (value === undefined) throw instanceInvalid(problems.length > 0 ? problems : [emptyFile(name)]);
  const reading = readBySchema(instanceFileSchema, name, value);
  if ('problems' in reading) throw instanceInvalid([...problems, ...atLines(reading.problems, lineOf)]);
  if (problems.length > 0) throw instanceInvalid(problems);
  return reading.value;
}

/** Does what a file asks for; what is found wrong with it later than by reading is told at its lines too. */
export async function withLines<T>(sent: SentInstanceFile, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof BerthError) || error.problems.length === 0) throw error;
    const problems = atLines(error.problems, textOf(sent).lineOf);
    throw new BerthError(error.code, error.details, { cause: error.cause, problems });
  }
}

const FIRST_OF_JSON = [...'{['].map((mark) => mark.charCodeAt(0));

/** JSON begins with a bracket; everything else is read as YAML, of which JSON is a part. */
function textOf({ name, contents }: SentInstanceFile): JsonText {
  if ('value' in contents) return { value: contents.value, problems: [], lineOf: NO_LINES };
  const first = contents.find((byte) => byte > ' '.charCodeAt(0) && !BYTE_ORDER_MARK.includes(byte));
  const read = first !== undefined && FIRST_OF_JSON.includes(first) ? parseJsonFile : parseYamlFile;
  return read(name, contents);
}

const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];

function emptyFile(name: string): Problem {
  return { file: name, path: '', found: 'nothing', expected: 'an instance file' };
}
