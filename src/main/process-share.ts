// What this process does of the whole platform: everything, or its roles and the shards of them that its leases give it.
import { ChangeFeed } from '../engine/change-feed.ts';
import type { Ownership } from '../engine/ownership.ts';
import type { ShardSet } from '../engine/role-shards.ts';
import { ShardOwnership } from '../engine/shard-ownership.ts';
import { ROLES, type Role } from '../model/role.ts';
import { shardOf } from '../model/shard.ts';
import type { Leave } from '../ports/bus.ts';
import { Announcer } from './announcer.ts';
import type { Foundations } from './foundations.ts';

/** What is told of a share that changes. */
export interface ShareListener {
  readonly onGained: (gained: ShardSet) => void;
  /** Resolves when nothing of them is under way here. */
  readonly onLeft: (left: ShardSet) => Promise<void>;
  readonly wake: (key: string) => void;
}

/** The part of the platform that is this process's. */
export interface ProcessShare {
  readonly roles: ReadonlySet<Role>;
  /** For the loop; undefined: all keys are ours. */
  readonly ownership: Ownership | undefined;
  owns(role: Role, shard: number): boolean;
  /** Whether a node is looked after here. */
  isOurs(node: string): boolean;
  /** How many shards of each role are ours. */
  counts(): Readonly<Record<string, number>>;
  /** Hears of what others write, and takes what it is given. */
  start(): Promise<void>;
  /** Gives everything up; the loop must have stopped before. */
  close(): Promise<void>;
}

const SHARDS_OF_ALL = Object.fromEntries(ROLES.map((role) => [role, 64]));

/** The share of a process that is the whole platform. */
export function wholeShare(): ProcessShare {
  return {
    roles: new Set(ROLES),
    ownership: undefined,
    owns: () => true,
    isOurs: () => true,
    counts: () => SHARDS_OF_ALL,
    start: async () => {},
    close: async () => {},
  };
}

/** The share of one process among several. */
export function sharedWithOthers(foundations: Foundations, listener: ShareListener): ProcessShare {
  const { store, bus, clock, log, identity } = foundations;
  const { roles, owner } = identity;
  const ownership = new ShardOwnership({
    ...{ store, bus, clock, log, owner, roles: [...roles] },
    onGained: (gained) => listener.onGained(gained),
    onLeft: (left) => listener.onLeft(left),
  });
  const feed = new ChangeFeed({ store, bus, log, from: owner });
  const announcer = new Announcer({ store, bus, log });
  let leave: Leave | undefined;
  return {
    roles,
    ownership,
    owns: (role, shard) => ownership.ownsShard(role, shard),
    isOurs: (node) => ownership.ownsShard('nodes', shardOf(node)),
    counts: () => ownership.counts(),
    start: async () => {
      await feed.start();
      leave = await bus.follow('berth.wakes', async ({ message: { from, key } }) => {
        // Whoever does not own it either must not pass it on: it would go round for ever.
        if (from !== owner && ownership.owns(key)) listener.wake(key);
      });
      announcer.start();
      await ownership.start();
    },
    close: async () => {
      await ownership.close();
      announcer.close();
      await leave?.();
      await feed.close();
    },
  };
}
