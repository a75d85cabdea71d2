// Sensors as rows of a table (RFC 4180): one line each, for spreadsheets. Tags stand in one cell with spaces between them; `network` and
// `schedule` are JSON, because their parts have names.
import type { Problem } from '../model/errors.ts';
import type { JsonText } from './json-text.ts';
import { parseJsonText } from './json-text.ts';
import { shortened } from './shortened.ts';
import { NO_LINES } from './text-places.ts';

/** The columns, in the order in which they are written; when read they may stand in any order. */
const CSV_COLUMNS = ['id', 'name', 'type', 'location', 'tags', 'enabled', 'network', 'schedule'] as const;

type Column = (typeof CSV_COLUMNS)[number];
type Row = Readonly<Partial<Record<Column, string>>>;

const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\r|$)/y;

/** Reads a table of sensors into the value that a sensor file has; `file` is what problems call it. */
export function parseSensorCsv(file: string, text: string): JsonText {
  const rows = rowsOf(text.replace(/^\uFEFF/, ''));
  if ('brokenAt' in rows) return failed(file, rows.brokenAt);
  const [headings = [], ...lines] = rows.rows;
  const unknown = headings.filter((heading) => !CSV_COLUMNS.some((column) => column === heading));
  const problems: Problem[] = unknown.map((heading) => ({
    ...{ file, path: 'line 1', found: `the column ${shortened(heading)}` },
    expected: `columns of ${CSV_COLUMNS.join(', ')}`,
  }));
  const cells = lines.map((line) => Object.fromEntries(headings.map((heading, at) => [heading, line[at] ?? ''])));
  const sensors = cells.map((row, index) => sensorOf(file, row, `$.sensors[${index}]`, problems));
  return { value: { sensors }, problems, lineOf: NO_LINES };
}

function failed(file: string, line: number): JsonText {
  const problem = {
    file,
    path: `line ${line}`,
    found: 'a quote within a cell',
    expected: 'cells in quotes, with "" for a quote',
  };
  return { value: undefined, problems: [problem], lineOf: NO_LINES };
}

function sensorOf(file: string, row: Row, path: string, problems: Problem[]): Record<string, unknown> {
  const json = (column: Column) => {
    const read = parseJsonText(file, row[column] ?? '');
    // A line within a cell is none of the table's.
    problems.push(...read.problems.map(({ line: _, ...problem }) => ({ ...problem, path: `${path}.${column}` })));
    return read.value;
  };
  const given: Readonly<Record<Column, () => unknown>> = {
    id: () => row.id,
    name: () => row.name,
    type: () => row.type,
    location: () => row.location,
    tags: () => row.tags?.split(' ').filter((tag) => tag !== ''),
    enabled: () => ({ true: true, false: false })[row.enabled ?? ''] ?? row.enabled,
    network: () => json('network'),
    schedule: () => (row.schedule === 'always' ? 'always' : json('schedule')),
  };
  const present = CSV_COLUMNS.filter((column) => (row[column] ?? '') !== '');
  return Object.fromEntries(present.map((column) => [column, given[column]()]));
}

/** Rows without those that are empty; `brokenAt` is the line of a row that is no table's. */
function rowsOf(text: string): { readonly rows: string[][] } | { readonly brokenAt: number } {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length; ) {
    CELL.lastIndex = at;
    const found = CELL.exec(text);
    if (!found) return { brokenAt: text.slice(0, at).split('\n').length };
    row.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    at = CELL.lastIndex;
    if (found[3] === ',' && at < text.length) continue;
    if (row.some((cell) => cell.trim() !== '')) rows.push(row);
    row = [];
  }
  return { rows };
}

/** The table of rows, with its headings. */
export function sensorCsv(rows: readonly Readonly<Record<Column, string>>[]): string {
  const lines = rows.map((row) => CSV_COLUMNS.map((column) => cellOf(row[column])).join(','));
  return [CSV_COLUMNS.join(','), ...lines].map((line) => `${line}\r\n`).join('');
}

function cellOf(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
