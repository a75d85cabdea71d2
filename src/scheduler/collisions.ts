// Where schedules get into each other's way: jobs that begin within the same second, and standalone jobs that together need more machines
// than there are. Pure.
import type { Instant } from '../model/instant.ts';
import { isWithin, LOCATION_LABEL } from '../model/location.ts';

/** A job that is to come, as far as it matters to others. */
export interface ComingJob {
  readonly name: string;
  readonly startsAt: Instant;
  /** When it needs its machines no more, as far as that is known. */
  readonly untilAt: Instant;
  readonly copies: number;
  readonly isStandalone: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly location: string | null;
}

/** Jobs that begin within the same second of the clock. */
export interface Collision {
  /** The beginning of that second. */
  readonly at: Instant;
  readonly count: number;
  readonly copies: number;
  /** Of their instances, each once; bounded. */
  readonly instances: readonly string[];
  readonly sentence: string;
}

/** A stretch in which standalone jobs need more machines than can take them. */
export interface StandaloneConflict {
  readonly at: Instant;
  readonly toAt: Instant;
  /** At the worst moment of the stretch. */
  readonly needed: number;
  readonly machines: number;
  /** Of their instances, each once; bounded. */
  readonly instances: readonly string[];
  readonly sentence: string;
}

const SECOND_MS = 1000;
const NAMED = 10;

/** The seconds in which jobs of at least two instances begin, those with the most copies first, at most `most`. */
export function collisionsOf(jobs: readonly ComingJob[], most: number): readonly Collision[] {
  const seconds = Map.groupBy(jobs, ({ startsAt }) => Math.floor(startsAt / SECOND_MS) * SECOND_MS);
  const shared = [...seconds].filter(([, own]) => own.some(({ name }) => name !== own[0]?.name));
  const found = shared.map(([at, own]) => collisionAt(at, own));
  return found.toSorted((a, b) => b.copies - a.copies || a.at - b.at).slice(0, most);
}

function collisionAt(at: Instant, jobs: readonly ComingJob[]): Collision {
  const copies = jobs.reduce((sum, job) => sum + job.copies, 0);
  const count = jobs.length;
  const containers = copies === count ? '' : `, ${copies} containers together`;
  const sentence = `${count} jobs begin within the same second${containers}: ${namedIn(jobs)}.`;
  return { at, count, copies, instances: namesOf(jobs).slice(0, NAMED), sentence };
}

/**
 * The stretches in which standalone jobs need too much, in their order, at most `most`. `machines` are the labels of each machine. Jobs
 * that can only use some machines are counted against these alone, so that whatever is told cannot work; that all else can is not said.
 */
export function standaloneConflicts(
  jobs: readonly ComingJob[],
  machines: readonly Readonly<Record<string, string>>[],
  most: number,
): readonly StandaloneConflict[] {
  const standalone = jobs.filter(({ isStandalone }) => isStandalone);
  const demands = Map.groupBy(standalone, ({ labels, location }) => demandKey(labels, location));
  const groups = [...demands.values()].map((own) => ({ own, suited: suitedTo(own[0], machines) }));
  const found = groups.flatMap(({ suited }) => {
    const bound = groups.filter((other) => other.suited.isSubsetOf(suited)).flatMap(({ own }) => own);
    return overloads(bound, suited.size);
  });
  const unique = new Map(found.map((each) => [`${each.at} ${each.toAt} ${each.instances.join()}`, each]));
  return [...unique.values()].toSorted((a, b) => a.at - b.at).slice(0, most);
}

function demandKey(labels: ComingJob['labels'], location: string | null): string {
  return JSON.stringify([Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)), location]);
}

function suitedTo(job: ComingJob | undefined, machines: readonly ComingJob['labels'][]): ReadonlySet<number> {
  const { labels, location } = job ?? { labels: {}, location: null };
  const suits = (machine: ComingJob['labels']) =>
    Object.entries(labels).every(([key, value]) => machine[key] === value) &&
    (location === null || isWithin(machine[LOCATION_LABEL], location));
  return new Set(machines.flatMap((machine, index) => (suits(machine) ? [index] : [])));
}

interface Edge {
  readonly at: Instant;
  readonly change: number;
  readonly job: ComingJob;
}

/** Walks along the beginnings and ends; what ends at an instant makes room for what begins then. */
function overloads(jobs: readonly ComingJob[], machines: number): readonly StandaloneConflict[] {
  const edges: readonly Edge[] = jobs
    .flatMap((job) => [
      { at: job.startsAt, change: job.copies, job },
      { at: job.untilAt, change: -job.copies, job },
    ])
    .toSorted((a, b) => a.at - b.at || a.change - b.change);
  const found: StandaloneConflict[] = [];
  const active = new Set<ComingJob>();
  let needed = 0;
  let open: { at: Instant; needed: number; jobs: Set<ComingJob> } | undefined;
  for (const { at, change, job } of edges) {
    needed += change;
    if (change > 0) active.add(job);
    else active.delete(job);
    if (needed > machines) open = grown(open, at, needed, active);
    else if (open) {
      found.push(conflictOf(open, at, machines));
      open = undefined;
    }
  }
  return found;
}

type Overload = { at: Instant; needed: number; jobs: Set<ComingJob> };

function grown(open: Overload | undefined, at: Instant, needed: number, active: ReadonlySet<ComingJob>): Overload {
  if (!open) return { at, needed, jobs: new Set(active) };
  // Names are bounded when they are told; a stretch of a thousand jobs need not hold them all.
  for (const job of active) if (open.jobs.size < MOST_JOBS) open.jobs.add(job);
  return { ...open, needed: Math.max(open.needed, needed) };
}

const MOST_JOBS = 100;

function conflictOf({ at, needed, jobs }: Overload, toAt: Instant, machines: number): StandaloneConflict {
  const sentence = `Standalone jobs need ${needed} machines at the same time, and there ${machines === 1 ? 'is 1' : `are ${machines}`} that can take them: ${namedIn([...jobs])}.`;
  return { at, toAt, needed, machines, instances: namesOf([...jobs]).slice(0, NAMED), sentence };
}

function namedIn(jobs: readonly ComingJob[]): string {
  const names = namesOf(jobs);
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function namesOf(jobs: readonly ComingJob[]): readonly string[] {
  return [...new Set(jobs.map(({ name }) => name))].toSorted();
}
