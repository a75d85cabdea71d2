// The jobs that wait for room, in the order in which they are to get it: whoever comes later, or wants it less, leaves a node alone that one
// before him could use. Known to this process alone, and only for a while: it makes the order right and is needed for nothing else.
import type { Instant } from '../model/instant.ts';
import type { Job, JobStatus } from '../model/job.ts';
import { type Demand, type NodeView, type PlacementRules, refusalOf } from './node-filters.ts';

/** A job that waits for room. */
export interface Waiting {
  readonly job: string;
  readonly rank: number;
  readonly demand: Demand;
}

/** A job as a decision left it. */
interface LeftJob {
  readonly job: Job;
  readonly status: JobStatus;
  /** Of its image; null when it is not known. */
  readonly architecture: string | null;
}

/** A job that waits looks every few seconds; one that has not is somebody else's by now, or is over. */
const FORGOTTEN_AFTER_MS = 15_000;
/** Of those before it, a job looks at so many. */
const MOST_LOOKED_AT = 100;
const MOST_IN_LINE = 10_000;

/** Who waits for room in this process. */
export class WaitingLine {
  readonly #waiting = new Map<string, Waiting>();
  /** When each was last seen waiting. */
  readonly #seenAt = new Map<string, Instant>();
  /** By rank, until somebody joins or leaves. */
  #order: readonly Waiting[] | undefined;

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Takes note of how a job was left: in line while it waits because no node takes it. Says whether it has left the line. */
  note({ job, status, architecture }: LeftJob, now: Instant): boolean {
    if (!waitsForRoom(status)) return this.leave(job.id);
    this.#seenAt.set(job.id, now);
    const known = this.#waiting.get(job.id);
    if (known?.demand.architecture === architecture || this.#waiting.size >= MOST_IN_LINE) return false;
    this.#waiting.set(job.id, { job: job.id, rank: status.rank, demand: demandOf(job, architecture) });
    this.#order = undefined;
    return false;
  }

  /** A job has got its room, or is over. Says whether it was in line. */
  leave(job: string): boolean {
    this.#seenAt.delete(job);
    const was = this.#waiting.delete(job);
    if (was) this.#order = undefined;
    return was;
  }

  /** The first of those that a job must not overtake; none for a job that has run, because what fails is begun again at once. */
  before({ state, rank, startedAt }: JobStatus, now: Instant): readonly Waiting[] {
    if (startedAt !== null || (state !== 'accepted' && state !== 'waiting')) return [];
    const found: Waiting[] = [];
    for (const each of this.#inOrder(now)) {
      if (each.rank >= rank || found.length >= MOST_LOOKED_AT) break;
      if (this.#isThere(each.job, now)) found.push(each);
    }
    return found;
  }

  #inOrder(now: Instant): readonly Waiting[] {
    if (this.#order) return this.#order;
    for (const id of this.#waiting.keys()) if (!this.#isThere(id, now)) this.leave(id);
    this.#order = [...this.#waiting.values()].toSorted((a, b) => a.rank - b.rank);
    return this.#order;
  }

  #isThere(job: string, now: Instant): boolean {
    return now - (this.#seenAt.get(job) ?? 0) < FORGOTTEN_AFTER_MS;
  }
}

/** What a job asks of a node. */
export function demandOf({ id, machine, spec }: Job, architecture: string | null): Demand {
  const { resources, labels, location } = spec;
  return { job: id, resources, machine, labels, location, architecture };
}

/** Why a node is left to another, in words that follow its name; undefined when nobody before could use it. */
export function givesWay(
  view: NodeView,
  before: readonly Waiting[],
  rules: PlacementRules,
  now: Instant,
): string | undefined {
  const first = before.find(({ demand }) => refusalOf(view, demand, rules, now) === undefined);
  return first && `is left to ${first.job}, which comes first`;
}

function waitsForRoom({ state, slots }: JobStatus): boolean {
  return (
    state === 'waiting' &&
    slots.some((slot) => slot.state === 'empty' && slot.notBefore === null && slot.placement?.chosen === null)
  );
}
