// Where bars stand: rows for nodes or instances, and in each as many lanes as run at once. Pure: time is given.
import type { AnswerOf } from '../../../src/api/contract/answers.ts';

type Timeline = AnswerOf<'timeline'>;

/** By what rows are made. */
export type RowBy = 'instance' | 'node';

/** One bar. */
export interface Bar {
  readonly id: string;
  /** The job that it is; null: it is still to come. */
  readonly job: string | null;
  readonly instance: string;
  readonly instanceName: string;
  readonly application: string;
  readonly state: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Whether it goes on at `to`. */
  readonly isOpen: boolean;
  readonly note: string | null;
}

/** A bar in its lane. */
export interface LaidBar extends Bar {
  readonly lane: number;
}

/** What stands in one row. */
export interface TimeRow {
  readonly name: string;
  readonly lanes: number;
  readonly bars: readonly LaidBar[];
}

/** Where nothing says on which node a job is. */
const NOWHERE = 'not placed';

/** Bars narrower than this count as this long when lanes are given, milliseconds of the shown span in parts of it. */
const LEAST_SHARE = 1 / 400;

/** The rows of a timeline, by name. */
export function rowsOf({ jobs, next, from, to }: Timeline, by: RowBy, now: number): readonly TimeRow[] {
  const least = (Date.parse(to) - Date.parse(from)) * LEAST_SHARE;
  const placed: [string, Bar][] = jobs.flatMap((job) => {
    const bar = barOfJob(job, now);
    const names = by === 'instance' ? [job.instanceName] : job.nodes.length > 0 ? job.nodes : [NOWHERE];
    return names.map((name): [string, Bar] => [name, bar]);
  });
  const coming: [string, Bar][] = next.map((each) => [
    by === 'instance' ? each.instanceName : NOWHERE,
    barOfComing(each),
  ]);
  const groups = Map.groupBy([...placed, ...coming], ([name]) => name);
  const rows = [...groups].map(([name, bars]) =>
    laid(
      name,
      bars.map(([, bar]) => bar),
      least,
    ),
  );
  return rows.toSorted(
    (a, b) => Number(a.name === NOWHERE) - Number(b.name === NOWHERE) || a.name.localeCompare(b.name),
  );
}

function barOfJob(job: Timeline['jobs'][number], now: number): Bar {
  const { id, instance, instanceName, application, state } = job;
  const from = Date.parse(job.startedAt ?? job.startsAt);
  const to = job.endedAt === null ? Math.max(from, now) : Date.parse(job.endedAt);
  return {
    id,
    job: id,
    instance,
    instanceName,
    application,
    state,
    from,
    to,
    isOpen: job.endedAt === null,
    note: null,
  };
}

function barOfComing({ instance, instanceName, application, at, endsAt, note }: Timeline['next'][number]): Bar {
  const from = Date.parse(at);
  const to = endsAt === null ? from : Date.parse(endsAt);
  const state = note === null ? 'next' : 'skipped';
  return {
    id: `${instance}@${at}`,
    job: null,
    instance,
    instanceName,
    application,
    state,
    from,
    to,
    isOpen: false,
    note,
  };
}

/** Each bar takes the first lane that is free when it begins. */
function laid(name: string, bars: readonly Bar[], least: number): TimeRow {
  const freeAt: number[] = [];
  const inOrder = bars.toSorted((a, b) => a.from - b.from || a.to - b.to);
  const placed = inOrder.map((bar) => {
    const found = freeAt.findIndex((at) => at <= bar.from);
    const lane = found < 0 ? freeAt.length : found;
    freeAt[lane] = Math.max(bar.to, bar.from + least);
    return { ...bar, lane };
  });
  return { name, lanes: freeAt.length, bars: placed };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  7 * DAY,
] as const;

/** Instants that are marked on the axis, at whole steps of the local day; `offsetMs` is the zone's from UTC. */
export function ticksOf(from: number, to: number, most: number, offsetMs: number): readonly number[] {
  const step = STEPS.find((each) => (to - from) / each <= most) ?? 28 * DAY;
  const first = Math.ceil((from + offsetMs) / step) * step - offsetMs;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, at) => first + at * step);
}
