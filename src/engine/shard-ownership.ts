// Which shards of its roles a process looks after, where several processes have the same roles. The bus proposes; a lease decides.
//
// INVARIANTS:
// - A shard is ours only while our own lease was renewed lately, counted from the sending of the renewal, on a clock that never jumps.
// - A shard is taken from another process only when that one gave it up, ended, or was not seen to renew for longer than its lease lasts.
// - Whoever let its lease run out owns nothing, and takes its shards anew, each with a greater epoch.
// - A shard is given up only when nothing of it runs here any more.
import { ROLE_OF_PREFIX, type Role } from '../model/role.ts';
import { shardOfKey } from '../model/shard.ts';
import type { Bus, Leave } from '../ports/bus.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import { OwnLease } from './own-lease.ts';
import type { Ownership } from './ownership.ts';
import { RoleShards, type ShardSet } from './role-shards.ts';

/** What ownership needs. */
export interface ShardOwnershipParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly bus: Pick<Bus, 'share' | 'publish'>;
  /** Component and run: a new one at each start of a process. */
  readonly owner: string;
  readonly roles: readonly Role[];
  /** Shards became ours: what is unsettled in them must be looked at. */
  readonly onGained: (gained: ShardSet) => void;
  /** Shards are no longer ours; resolves when nothing of them is under way here. */
  readonly onLeft: (left: ShardSet) => Promise<void>;
}

const TICK_MS = 1000;

/** Keeps the shards of a process. */
export class ShardOwnership implements Ownership {
  readonly #parts: ShardOwnershipParts;
  readonly #lease: OwnLease;
  readonly #shards: ReadonlyMap<Role, RoleShards>;
  #leaves: readonly Leave[] = [];
  #timer: Cancel | undefined;
  #ticking: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: ShardOwnershipParts) {
    this.#parts = parts;
    this.#lease = new OwnLease(parts);
    this.#shards = new Map(parts.roles.map((role) => [role, new RoleShards(parts, role)]));
  }

  /** Whether a key is ours now. Tasks go by their nodes, which their controller knows. */
  owns(key: string): boolean {
    const role = ROLE_OF_PREFIX[key.slice(0, key.indexOf(':'))];
    if (role === undefined || !this.#lease.isValid) return false;
    const shard = shardOfKey(key);
    return shard === undefined ? this.#shards.has(role) : this.ownsShard(role, shard);
  }

  /** Whether a shard of a role is ours now. */
  ownsShard(role: Role, shard: number): boolean {
    return this.#lease.isValid && (this.#shards.get(role)?.owns(shard) ?? false);
  }

  /** A hint; that it is lost is no harm. */
  passOn(key: string): void {
    const { bus, owner, log } = this.#parts;
    bus.publish('berth.wakes', key, { from: owner, key }).catch((error: unknown) => {
      log.debug('A wake-up could not be passed on', { key, error });
    });
  }

  /** How many shards of each role are ours. */
  counts(): Readonly<Record<string, number>> {
    const valid = this.#lease.isValid;
    return Object.fromEntries([...this.#shards].map(([role, shards]) => [role, valid ? shards.size : 0]));
  }

  /** Takes its first lease, and its share of every role as it is proposed. */
  async start(): Promise<void> {
    await this.#lease.renew(() => {});
    const shares = [...this.#shards].map(([role, shards]) =>
      this.#parts.bus.share(role, (proposed) => {
        shards.propose(proposed);
        void this.#tick();
      }),
    );
    this.#leaves = await Promise.all(shares);
    this.#later();
  }

  /** Gives everything up, so that others need not wait for the lease to run out; the loop must have stopped before. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.();
    await Promise.all(this.#leaves.map((leave) => leave()));
    await this.#ticking;
    for (const shards of this.#shards.values()) await shards.giveUpAll();
    await this.#lease.end();
  }

  #later(): void {
    this.#timer = this.#parts.clock.after(TICK_MS, () => {
      void this.#tick().finally(() => {
        if (!this.#isClosed) this.#later();
      });
    });
  }

  #tick(): Promise<void> {
    this.#ticking = this.#ticking.then(() => this.#renewAndTake());
    return this.#ticking;
  }

  async #renewAndTake(): Promise<void> {
    if (this.#isClosed) return;
    try {
      await this.#renew();
      await this.#lease.observe();
      await Promise.all([...this.#shards.values()].map((shards) => shards.settle(this.#lease)));
    } catch (error) {
      this.#parts.log.warn('The shares of this process could not be settled; they are tried again', { error });
    }
  }

  async #renew(): Promise<void> {
    let lost: readonly ShardSet[] = [];
    await this.#lease.renew(() => {
      lost = [...this.#shards.values()].map((shards) => shards.lapse());
    });
    await Promise.all(lost.filter(({ shards }) => shards.size > 0).map((left) => this.#parts.onLeft(left)));
  }
}
