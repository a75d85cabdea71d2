// The shards of one role that a process has: taken as they are proposed and free, given up when they are proposed to another.
import type { ShardLease } from '../model/component.ts';
import type { Role } from '../model/role.ts';
import { SHARDS } from '../model/shard.ts';
import type { Log } from '../ports/log.ts';
import type { Store, Stored, Write } from '../ports/store.ts';
import type { OwnLease } from './own-lease.ts';

/** Some shards of a role. */
export interface ShardSet {
  readonly role: Role;
  readonly shards: ReadonlySet<number>;
}

/** What is needed of the process. */
export interface RoleShardsParts {
  readonly store: Store;
  readonly log: Log;
  readonly owner: string;
  readonly onGained: (gained: ShardSet) => void;
  readonly onLeft: (left: ShardSet) => Promise<void>;
}

/** One role's. */
export class RoleShards {
  readonly #parts: RoleShardsParts;
  readonly #role: Role;
  #proposed: ReadonlySet<number> = new Set();
  readonly #owned = new Set<number>();
  /** Ours by the lease, and no longer worked on: what runs of them comes to its end. */
  readonly #leaving = new Set<number>();
  /** Leases may name us of which we know nothing: an answer was lost, or our own lease ran out. */
  #isUnsure = true;

  constructor(parts: RoleShardsParts, role: Role) {
    this.#parts = parts;
    this.#role = role;
  }

  /** How many there are. */
  get size(): number {
    return this.#owned.size;
  }

  owns(shard: number): boolean {
    return this.#owned.has(shard);
  }

  /** What the bus would have this process look after. */
  propose(shards: readonly number[]): void {
    this.#proposed = new Set(shards);
  }

  /** The lease ran out: nothing is ours any more. Gives what was. */
  lapse(): ShardSet {
    const shards = new Set(this.#owned);
    this.#owned.clear();
    this.#isUnsure = true;
    return { role: this.#role, shards };
  }

  /** Takes what is proposed and free, and gives up what is proposed no more. */
  async settle(lease: OwnLease): Promise<void> {
    await this.#giveUp([...this.#owned].filter((shard) => !this.#proposed.has(shard)));
    const wanted = [...this.#proposed].filter((shard) => !this.#owned.has(shard) && !this.#leaving.has(shard));
    if (wanted.length > 0) await this.#take(wanted, lease);
    if (this.#isUnsure) await this.#giveUpStrays();
  }

  /** Gives everything up. */
  giveUpAll(): Promise<void> {
    return this.#giveUp([...this.#owned]);
  }

  async #giveUp(shards: readonly number[]): Promise<void> {
    if (shards.length === 0) return;
    for (const shard of shards) {
      this.#owned.delete(shard);
      this.#leaving.add(shard);
    }
    try {
      await this.#parts.onLeft({ role: this.#role, shards: new Set(shards) });
      this.#isUnsure = true;
      await this.#giveUpStrays();
      this.#parts.log.info('Shards were given up', { role: this.#role, shards: shards.length });
    } finally {
      for (const shard of shards) this.#leaving.delete(shard);
    }
  }

  /** Leases that name us, of shards that are neither ours nor wanted: nobody else would take them while we live. */
  async #giveUpStrays(): Promise<void> {
    const strays = (await this.#leases()).filter(
      ({ doc: { owner, shard } }) =>
        owner === this.#parts.owner &&
        !this.#owned.has(shard) &&
        (this.#leaving.has(shard) || !this.#proposed.has(shard)),
    );
    const results = await this.#parts.store.apply(strays.map((lease) => handed(lease, null)));
    this.#isUnsure = results.some(({ ok }) => !ok);
  }

  async #take(wanted: readonly number[], own: OwnLease): Promise<void> {
    const leases = new Map((await this.#leases()).map((lease) => [lease.doc.shard, lease]));
    const gone = await this.#gone([...leases.values()], own);
    const free = wanted.filter((shard) => {
      const owner = leases.get(shard)?.doc.owner ?? null;
      return owner === null || owner === this.#parts.owner || gone.has(owner);
    });
    if (free.length === 0) return;
    const writes = free.map((shard) => this.#taking(shard, leases.get(shard)));
    this.#isUnsure = true;
    const results = await this.#parts.store.apply(writes);
    const gained = new Set(free.filter((_, index) => results[index]?.ok));
    if (gained.size === 0 || !own.isValid) return;
    for (const shard of gained) this.#owned.add(shard);
    this.#parts.log.info('Shards were taken', { role: this.#role, shards: gained.size });
    this.#parts.onGained({ role: this.#role, shards: gained });
  }

  #taking(shard: number, lease: Stored<ShardLease> | undefined): Write {
    const { owner } = this.#parts;
    if (lease) return handed(lease, owner);
    const id = `${this.#role}:${shard}`;
    return { do: 'create', kind: 'shardLease', doc: { id, role: this.#role, shard, owner, epoch: 1 } };
  }

  async #gone(leases: readonly Stored<ShardLease>[], own: OwnLease): Promise<ReadonlySet<string>> {
    const others = new Set(leases.map(({ doc }) => doc.owner).filter((owner) => owner !== null));
    others.delete(this.#parts.owner);
    const looked = await Promise.all([...others].map(async (owner) => ({ owner, isGone: await own.isGone(owner) })));
    return new Set(looked.filter(({ isGone }) => isGone).map(({ owner }) => owner));
  }

  async #leases(): Promise<readonly Stored<ShardLease>[]> {
    const query = { where: { role: this.#role }, orderBy: 'shard', limit: SHARDS };
    return (await this.#parts.store.list('shardLease', query)).items;
  }
}

function handed({ doc, version }: Stored<ShardLease>, owner: string | null): Write {
  const epoch = owner === null ? doc.epoch : doc.epoch + 1;
  return { do: 'update', kind: 'shardLease', doc: { ...doc, owner, epoch }, version };
}
