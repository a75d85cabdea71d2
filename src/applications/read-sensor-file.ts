// Reads a sensor file as it was sent: JSON, YAML or CSV; many devices, or one alone.
import { BerthError, type Problem } from '../model/errors.ts';
import { type JsonText, parseJsonFile } from './json-text.ts';
import { readBySchema } from './schema-problems.ts';
import { parseSensorCsv } from './sensor-csv.ts';
import { type SensorFile, sensorFileSchema } from './sensor-file-schema.ts';
import { atLines, NO_LINES } from './text-places.ts';
import { parseYamlFile } from './yaml-text.ts';

/** A sensor file as it was sent: its bytes, or the value that a program has read from it. */
export interface SentSensorFile {
  /** What problems call it. */
  readonly name: string;
  readonly form: 'text' | 'csv';
  readonly contents: Uint8Array | { readonly value: unknown };
}

const MOST_PROBLEMS = 200;

/** The sensor file that was sent. @throws sensor.invalid with every problem, at most 200 */
export function readSensorFile(sent: SentSensorFile): SensorFile {
  const { name: file } = sent;
  const { value, problems, lineOf } = textOf(sent);
  if (value === undefined)
    throw sensorFileInvalid(
      problems.length > 0 ? problems : [{ file, path: '', found: 'nothing', expected: 'a sensor file' }],
    );
  const { whole, alone } = wholeOf(value);
  const reading = readBySchema(sensorFileSchema, file, whole);
  const found = 'problems' in reading ? reading.problems : repeatedIds(file, reading.value);
  const all = [...problems, ...found.map((problem) => ({ ...problem, path: pathAlone(problem.path, alone) }))];
  if (all.length > 0 || 'problems' in reading) throw sensorFileInvalid(atLines(all, lineOf));
  return reading.value;
}

/** The one error of sensor files. */
export function sensorFileInvalid(problems: readonly Problem[]): BerthError {
  const details = { count: problems.length, path: problems[0]?.path ?? '' };
  return new BerthError('sensor.invalid', details, { problems: problems.slice(0, MOST_PROBLEMS) });
}

function textOf({ name, form, contents }: SentSensorFile): JsonText {
  if ('value' in contents) return { value: contents.value, problems: [], lineOf: NO_LINES };
  if (form === 'csv') return csvOf(name, contents);
  const first = contents.find((byte) => byte > 0x20 && !BYTE_ORDER_MARK.includes(byte));
  return first !== undefined && FIRST_OF_JSON.includes(first)
    ? parseJsonFile(name, contents)
    : parseYamlFile(name, contents);
}

const FIRST_OF_JSON = [...'{['].map((mark) => mark.charCodeAt(0));
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];

function csvOf(file: string, bytes: Uint8Array): JsonText {
  try {
    return parseSensorCsv(file, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return {
      value: undefined,
      problems: [{ file, path: '', found: 'bytes that are not UTF-8', expected: 'text in UTF-8' }],
      lineOf: NO_LINES,
    };
  }
}

type Alone = 'types' | 'sensors' | null;

/** One device, or one kind of device, may stand alone. */
function wholeOf(value: unknown): { readonly whole: unknown; readonly alone: Alone } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { whole: value, alone: null };
  if (!('id' in value)) return { whole: value, alone: null };
  const alone = 'type' in value ? 'sensors' : 'types';
  const { $schema: _, ...one } = value as Record<string, unknown>;
  return { whole: { [alone]: [one] }, alone };
}

function pathAlone(path: string, alone: Alone): string {
  return alone === null ? path : path.replace(`$.${alone}[0]`, '$');
}

function repeatedIds(file: string, { types, sensors }: SensorFile): Problem[] {
  return [...repeated(file, '$.types', types), ...repeated(file, '$.sensors', sensors)];
}

function repeated(file: string, path: string, items: readonly { readonly id: string }[]): Problem[] {
  const firsts = new Map<string, number>();
  return items.flatMap(({ id }, index) => {
    const first = firsts.get(id);
    if (first === undefined) firsts.set(id, index);
    return first === undefined
      ? []
      : [{ file, path: `${path}[${index}].id`, found: `"${id}", as in ${path}[${first}]`, expected: 'its own id' }];
  });
}
