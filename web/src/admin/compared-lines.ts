// Two states of a document, line by line, with what differs.

/** One value of a document. */
export interface ComparedLine {
  /** Where it stands: `schedule.cron`, `copies[0].name`. */
  readonly path: string;
  readonly value: string;
  readonly isOther: boolean;
}

type State = Readonly<Record<string, unknown>> | null;

/** The lines of both; a state that is not there has none. */
export function comparedLines(
  before: State,
  after: State,
): readonly [readonly ComparedLine[], readonly ComparedLine[]] {
  const [left, right] = [linesOf(before), linesOf(after)];
  return [told(left, right), told(right, left)];
}

function told(lines: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>): readonly ComparedLine[] {
  return [...lines].map(([path, value]) => ({ path, value, isOther: others.get(path) !== value }));
}

function linesOf(state: State): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  if (state !== null) collect(state, '', lines);
  return lines;
}

function collect(value: unknown, path: string, lines: Map<string, string>): void {
  if (Array.isArray(value) && value.length > 0)
    for (const [at, one] of value.entries()) collect(one, `${path}[${at}]`, lines);
  else if (isFilled(value))
    for (const [name, one] of Object.entries(value)) collect(one, path === '' ? name : `${path}.${name}`, lines);
  else lines.set(path, textOf(path, value));
}

/** Instants, which documents keep in milliseconds, as dates. */
function textOf(path: string, value: unknown): string {
  if (path.endsWith('At') && typeof value === 'number') return new Date(value).toISOString();
  return JSON.stringify(value) ?? '';
}

function isFilled(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}
