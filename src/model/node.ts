// A machine that runs tasks: how it is reached, what it can hold, how it is.
import type { Instant } from './instant.ts';

/** How the platform reaches a machine's Docker engine. */
export type NodeAccess =
  | { readonly kind: 'local'; readonly socketPath: string }
  | {
      readonly kind: 'ssh';
      readonly host: string;
      readonly port: number;
      readonly user: string;
      /** The pinned public host key, as in known_hosts: algorithm, space, base64. */
      readonly hostKey: string;
      /** Path of a private key on the platform's machine, or `platform` for the platform's own. */
      readonly identity: string;
    };

/** A machine that runs tasks. Written by requests. */
export interface Node {
  readonly id: string;
  readonly access: NodeAccess;
  readonly labels: Readonly<Record<string, string>>;
  /** Nothing new is placed here, and what is here moves away. */
  readonly draining: boolean;
  /** Set while the node is on its way out: drained, then forgotten. */
  readonly removing: boolean;
  readonly createdAt: Instant;
  readonly shard: number;
}

/** `connecting`: not reached yet since this process took the node over. */
export type NodeState = 'connecting' | 'ready' | 'unreachable' | 'refused';

/** What a machine is. */
export interface NodeFacts {
  readonly architecture: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly engineVersion: string;
  readonly apiVersion: string;
  readonly operatingSystem: string;
  readonly bootId: string;
  /** Of the Docker engine, for ever; disks that were copied may share it. */
  readonly engineId: string;
}

/** How busy a machine is; fractions in [0, 1]. */
export interface NodeLoad {
  readonly at: Instant;
  /** Busy share of all CPUs between the last two readings of /proc/stat. */
  readonly cpu: number;
  /** 1 − MemAvailable / MemTotal. */
  readonly memory: number;
  readonly diskFreeBytes: number;
}

/** What was observed of a node (same id). Written by nodes. */
export interface NodeStatus {
  readonly id: string;
  readonly state: NodeState;
  readonly reason: string;
  readonly facts: NodeFacts | null;
  readonly load: NodeLoad | null;
  /** Node clock minus platform clock, ms. */
  readonly clockOffsetMs: number;
  /** For people; health is judged on a monotonic clock in memory. */
  readonly lastSeenAt: Instant | null;
  readonly stateSinceAt: Instant;
  readonly shard: number;
}

/** Room promised to one task. */
export interface Reservation {
  readonly task: string;
  readonly job: string;
  readonly slot: number;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly at: Instant;
}

/** Who may use a node's room (same id). Updated before a task is assigned. Written by deployment. */
export interface Ledger {
  readonly id: string;
  /** The standalone job that has the node to itself. */
  readonly claim: string | null;
  readonly reservations: readonly Reservation[];
}
