// Searches the logs of the platform's own processes.
import type { ComponentLog } from '../model/component.ts';
import type { Instant } from '../model/instant.ts';
import type { Store } from '../ports/store.ts';

/** The levels of lines, least serious first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** How serious a line is. */
export type LineLevel = (typeof LOG_LEVELS)[number];

/** What is looked for. */
export interface ComponentLogQuery {
  readonly component: string | undefined;
  /** This serious at least. */
  readonly level: LineLevel;
  /** Contained in the line, whatever its case; empty: any. */
  readonly text: string;
  readonly since: Instant;
  readonly until: Instant;
  readonly limit: number;
}

/** One line. */
export interface ComponentLogLine {
  readonly component: string;
  readonly at: Instant;
  readonly level: LineLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Lines, newest first. */
export interface ComponentLogAnswer {
  readonly items: readonly ComponentLogLine[];
  /** Whether everything within the time was looked at; else ask for less time, or before the last line. */
  readonly isWhole: boolean;
}

const PAGE = 20;
/** Documents that one question reads, at most. */
const MOST_READ = 2000;
/** A line stands in a document that ends later than the line was written: by the time until it is stored. */
const STORED_WITHIN_MS = 600_000;

/** Looks through logs from the newest on. */
export async function searchComponentLogs(store: Store, query: ComponentLogQuery): Promise<ComponentLogAnswer> {
  const { component, since, until, limit } = query;
  const found: ComponentLogLine[] = [];
  const where = component === undefined ? {} : { where: { component } };
  const range = { orderBy: 'toAt', direction: 'descending', from: since, below: until + STORED_WITHIN_MS } as const;
  let after: string | undefined;
  for (let read = 0; read < MOST_READ; read += PAGE) {
    const rest = after === undefined ? {} : { after };
    const page = await store.list('componentLog', { ...where, ...range, limit: PAGE, ...rest });
    found.push(...page.items.flatMap(({ doc }) => matching(doc, query)));
    after = page.next;
    if (after === undefined || found.length > limit) break;
  }
  const items = found.toSorted((a, b) => b.at - a.at).slice(0, limit);
  return { items, isWhole: after === undefined && found.length <= limit };
}

function matching({ component, lines, toAt }: ComponentLog, query: ComponentLogQuery): readonly ComponentLogLine[] {
  const { level, text, since, until } = query;
  const wanted = text.toLowerCase();
  const least = LOG_LEVELS.indexOf(level);
  return lines
    .filter((line) => line.toLowerCase().includes(wanted))
    .map((line) => lineOf(component, line, toAt))
    .filter((line) => LOG_LEVELS.indexOf(line.level) >= least && line.at >= since && line.at <= until)
    .reverse();
}

/** What is no line of ours is shown as it is. */
function lineOf(component: string, line: string, toAt: Instant): ComponentLogLine {
  const { level, time, message, fields } = objectOf(line);
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return {
    component,
    at: Number.isNaN(at) ? toAt : at,
    level: LOG_LEVELS.find((known) => known === level) ?? 'info',
    message: typeof message === 'string' ? message : line,
    fields: isRecord(fields) ? fields : {},
  };
}

function objectOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
