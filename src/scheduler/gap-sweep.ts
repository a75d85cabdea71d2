// Keeps the records of occurrences that made no job bounded, by age and by number, like the jobs.
import type { Controller, Unsettled } from '../engine/controller.ts';
import { pages } from '../engine/shard-sweep.ts';
import type { Instant } from '../model/instant.ts';
import type { Gap } from '../model/schedule.ts';
import type { Query, Store, Stored } from '../ports/store.ts';

/** How many records are kept. */
export interface GapLimits {
  readonly maxAgeMs: number;
  /** Of each instance, the latest. */
  readonly perInstance: number;
  readonly everyMs: number;
}

const AT_ONCE = 500;
/** The scheduler looks again at jobs of other instances that ended this long before the last that it saw; with a margin. */
const UPSTREAM_MARGIN_MS = 3_600_000;

/** Drops old records (key `gapsweep:all`). */
export class GapSweep implements Controller {
  readonly prefix = 'gapsweep';
  readonly watches = {};
  readonly #store: Store;
  readonly #limits: GapLimits;
  #lookedAt: Instant | null = null;

  constructor(store: Store, limits: GapLimits) {
    this.#store = store;
    this.#limits = limits;
  }

  async reconcile(_: string, now: Instant): Promise<Instant> {
    if (now < this.#nextAt()) return this.#nextAt();
    await this.#dropAll({ orderBy: 'recordedAt', below: now - this.#limits.maxAgeMs });
    for (const instance of await this.#recordedFor()) await this.#dropMany(instance);
    this.#lookedAt = now;
    return this.#nextAt();
  }

  async *sweep(): AsyncIterable<Unsettled> {
    yield { id: 'all', at: this.#nextAt() };
  }

  #nextAt(): Instant {
    return this.#lookedAt === null ? 0 : this.#lookedAt + this.#limits.everyMs;
  }

  /** The instances of which something was recorded since the last look. */
  async #recordedFor(): Promise<ReadonlySet<string>> {
    const instances = new Set<string>();
    const recorded = { orderBy: 'recordedAt', from: this.#lookedAt ?? 0, limit: 1000 };
    for await (const { instance } of pages(this.#store, 'gap', recorded)) instances.add(instance);
    return instances;
  }

  async #dropMany(instance: string): Promise<void> {
    const where = { instance };
    const tooMany = (await this.#store.count('gap', { where })) - this.#limits.perInstance;
    if (tooMany > 0) await this.#dropAll({ where, orderBy: 'toAt' }, tooMany);
  }

  /** The first that a query gives, at most so many; each page is read beyond the one before, because some may stay. */
  async #dropAll(query: Omit<Query, 'limit' | 'after'>, most = Number.POSITIVE_INFINITY): Promise<void> {
    let after: string | undefined;
    let left = most;
    do {
      const limit = Math.min(left, AT_ONCE);
      const page = await this.#store.list('gap', { ...query, limit, ...(after === undefined ? {} : { after }) });
      await this.#drop(page.items);
      after = page.next;
      left -= page.items.length;
    } while (after !== undefined && left > 0);
  }

  /** One that is written anew meanwhile stays. */
  async #drop(gaps: readonly Stored<Gap>[]): Promise<void> {
    const needed = await this.#needed(gaps.map(({ doc }) => doc));
    const writes = gaps.flatMap(({ doc: { id }, version }) =>
      needed.has(id) ? [] : [{ do: 'delete', kind: 'gap', id, version } as const],
    );
    if (writes.length > 0) await this.#store.apply(writes);
  }

  /** A record of a run that was to follow another job is how the scheduler knows that this job was looked at. */
  async #needed(gaps: readonly Gap[]): Promise<ReadonlySet<string>> {
    const following = gaps.filter(({ id, instance }) => id.startsWith(`${instance}.d`));
    if (following.length === 0) return new Set();
    const statuses = await this.#store.getMany('instanceStatus', [...new Set(following.map((gap) => gap.instance))]);
    const upstreamAt = new Map(statuses.map(({ doc }) => [doc.id, doc.upstreamAt]));
    const isNeeded = ({ instance, toAt }: Gap) =>
      toAt >= (upstreamAt.get(instance) ?? Number.POSITIVE_INFINITY) - UPSTREAM_MARGIN_MS;
    return new Set(following.filter(isNeeded).map(({ id }) => id));
  }
}
