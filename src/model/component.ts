// The running parts of the platform itself: processes, and which keys each of them owns.
import type { Instant } from './instant.ts';
import type { Role } from './role.ts';

/** `starting`: registered, not serving yet. `running`. `troubled`: it runs and says what is wrong. `stopping`: it ends as it was asked to. */
export type ComponentState = 'starting' | 'running' | 'troubled' | 'stopping';

/** One process of the platform, as it says of itself. Its id is its name: it stays the same over restarts on one machine. */
export interface Component {
  readonly id: string;
  readonly roles: readonly Role[];
  /** The machine that it runs on, by the name of the machines file, or its host name. */
  readonly machine: string;
  /** Where the other processes reach it, as http://host:port; null: not. */
  readonly address: string | null;
  readonly version: string;
  readonly pid: number;
  /** A new one at each start: tells a process from its predecessor. */
  readonly run: string;
  readonly startedAt: Instant;
  readonly heartbeatAt: Instant;
  readonly state: ComponentState;
  /** What a person should know, in one sentence. */
  readonly sentence: string;
  /** Keys and messages that wait in it. */
  readonly backlog: number;
  /** Resident memory. */
  readonly memoryBytes: number;
  /** The longest that its event loop stood still since the heartbeat before, milliseconds. */
  readonly heldUpMs: number;
  /** Shards that it owns, by role. */
  readonly shards: Readonly<Record<string, number>>;
  /** Of the file system with its data directory; absent: not known. */
  readonly disk?: { readonly totalBytes: number; readonly freeBytes: number };
  /** What the supervisor of its machine says of the components there; absent: there is none. */
  readonly supervised?: readonly SupervisedComponent[];
}

/** A component as the supervisor of its machine sees it. */
export interface SupervisedComponent {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly restarts: number;
  /** It died so often lately that starting it again does not help. */
  readonly keepsDying: boolean;
}

/**
 * That a process is alive, renewed by it every second; its id is component and run. While it is renewed, the shards whose leases name it are
 * its own. Others count its silence on their own clocks, from the last renewal that they saw.
 */
export interface ComponentLease {
  readonly id: string;
  /** Grows with each renewal. */
  readonly renewals: number;
}

/**
 * Which process looks after one shard of one role; its id is `role:shard`. Changed by compare-and-set, and only when the shard changes hands. The
 * epoch grows with each owner, so that what one began can be told from what its successor did.
 */
export interface ShardLease {
  readonly id: string;
  readonly role: Role;
  readonly shard: number;
  /** Id of a component's lease; null: it was given up. */
  readonly owner: string | null;
  readonly epoch: number;
}

/** Lines of a component's own log, as they were written: JSON, one a line. */
export interface ComponentLog {
  readonly id: string;
  readonly component: string;
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly lines: readonly string[];
}
