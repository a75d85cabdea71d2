// Keeps the records of occurrences that made no job bounded, by age and by number, like the jobs.
import { deletionsOf, dropPages } from '../engine/drop-pages.ts';
import { pages } from '../engine/shard-sweep.ts';
import { Upkeep, type UpkeepProgress, type UpkeepTurn } from '../engine/upkeep.ts';
import type { Instant } from '../model/instant.ts';
import type { Gap } from '../model/schedule.ts';
import type { Deletion, Query, Store, Stored } from '../ports/store.ts';

/** How many records are kept. */
export interface GapLimits {
  readonly maxAgeMs: number;
  /** Of each instance, the latest. */
  readonly perInstance: number;
  readonly everyMs: number;
}

/** The scheduler looks again at jobs of other instances that ended this long before the last that it saw; with a margin. */
const UPSTREAM_MARGIN_MS = 3_600_000;

/** Drops old records (key `gapsweep:all`). */
export class GapSweep extends Upkeep {
  readonly prefix = 'gapsweep';
  readonly #store: Store;
  readonly #limits: GapLimits;

  constructor(store: Store, limits: GapLimits) {
    super(limits.everyMs);
    this.#store = store;
    this.#limits = limits;
  }

  protected async work({ now, lookedAt }: UpkeepTurn): Promise<UpkeepProgress> {
    await this.#drop({ orderBy: 'recordedAt', below: now - this.#limits.maxAgeMs }, Number.POSITIVE_INFINITY);
    for (const instance of await this.#recordedSince(lookedAt ?? 0)) await this.#dropMany(instance);
    return 'done';
  }

  /** The instances of which something was recorded since the last look. */
  async #recordedSince(from: Instant): Promise<ReadonlySet<string>> {
    const instances = new Set<string>();
    const recorded = { orderBy: 'recordedAt', from, limit: 1000 };
    for await (const { instance } of pages(this.#store, 'gap', recorded)) instances.add(instance);
    return instances;
  }

  async #dropMany(instance: string): Promise<void> {
    const where = { instance };
    const tooMany = (await this.#store.count('gap', { where })) - this.#limits.perInstance;
    if (tooMany > 0) await this.#drop({ where, orderBy: 'toAt' }, tooMany);
  }

  /** The first that a query gives, at most so many, without those that are needed. */
  async #drop(query: Omit<Query, 'limit' | 'after'>, most: number): Promise<void> {
    await dropPages(this.#store, { kind: 'gap', query, most }, (page) => this.#spare(page));
  }

  async #spare(page: readonly Stored<Gap>[]): Promise<readonly Deletion[]> {
    const needed = await this.#needed(page.map(({ doc }) => doc));
    return deletionsOf(
      'gap',
      page.filter(({ doc: { id } }) => !needed.has(id)),
    );
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
