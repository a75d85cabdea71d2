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
  /** When a drain ends what could not move away; absent: never, it waits. */
  readonly drainUntilAt?: Instant;
  /** The machine as its provider knows it; absent: nobody but people can power it or replace it. */
  readonly machine?: NodeMachine;
  /** What people want of its recovery; absent: automatic. */
  readonly recovery?: RecoveryWish;
  /** Set while the node is on its way out: drained, then forgotten. */
  readonly removing: boolean;
  /** A person gave it up while it was lost: it is forgotten at once, with whatever may still run there; absent: it is drained first. */
  readonly abandoned?: true;
  readonly createdAt: Instant;
  readonly shard: number;
}

/** Which machine of which provider a node is. */
export interface NodeMachine {
  readonly provider: string;
  /** The provider's own name for it. */
  readonly machine: string;
  /** Made by the platform to make room, and given back when it is idle. */
  readonly isAdded: boolean;
}

/** The steps by which a lost node is brought back, from the gentlest on. */
export const RECOVERY_ACTS = ['restart-engine', 'power-cycle', 'replace', 'retire'] as const;

/** One of those steps. */
export type RecoveryAct = (typeof RECOVERY_ACTS)[number];

/** What people want of a node's recovery. Written by requests. */
export interface RecoveryWish {
  /** `off`: nothing is done by itself. */
  readonly mode: 'automatic' | 'off';
  /** A step that a person asked for, done once; its request is never done twice. */
  readonly forced: { readonly act: RecoveryAct; readonly request: string; readonly at: Instant } | null;
}

/**
 * `connecting`: not reached yet since this process took the node over. `unreachable`: silent, nothing new is placed there. `lost`: silent
 * beyond its deadline, its tasks are given to other nodes. `refused`: it answers, and only a person can help.
 */
export type NodeState = 'connecting' | 'ready' | 'unreachable' | 'lost' | 'refused';

/**
 * What was found when a silent node was tried over a fresh connection. `no-answer`: nothing at its address answers (powered off, or cut off
 * from the network). `ssh-down`: the machine refuses connections to its SSH port. `frozen`: it takes connections and says nothing.
 * `engine-down`: SSH works, the Docker engine does not answer. `not-let-in`: it answers, but not to us.
 */
export type NodeTrouble = 'no-answer' | 'ssh-down' | 'frozen' | 'engine-down' | 'not-let-in';

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
  /** What is wrong with it while it is not ready, as far as that was found out; absent: nothing, or not known. */
  readonly trouble?: NodeTrouble;
  /** A disk so full that images and dead containers are collected and nothing is placed; absent: no pressure. */
  readonly pressure?: 'disk';
  /** When it was lost lately, newest last; bounded. Absent: never. */
  readonly lostAt?: readonly Instant[];
  /** It came and went too often: nothing is placed on it before this. Absent: no quarantine. */
  readonly quarantinedUntilAt?: Instant;
  readonly shard: number;
}

/**
 * The right of an `exactlyOne` task to run (same id as the task). Renewed by nodes for its launcher, revoked by deployment once it has run
 * out: both by compare-and-set on this one document, so that there is no successor to a task that may still renew.
 */
export interface Lease {
  readonly id: string;
  /** The launcher, counting from when it asked, ends the task by then at the latest. */
  readonly untilAt: Instant;
  /** Never renewed again. */
  readonly isRevoked: boolean;
}

/** Between a launcher's KILL and a successor: clocks are not quite the same, and neither is anything done in no time. */
const LEASE_MARGIN_MS = 2000;

/** From when on a task with this lease can not run any more, wherever it is: its launcher has ended it. */
export function leaseOverAt({ untilAt }: Lease, graceMs: number): Instant {
  return untilAt + graceMs + LEASE_MARGIN_MS;
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
  /** When its job ends; null: no end is known. Absent in what was written before this was known. */
  readonly endsAt?: Instant | null;
}

/** Who may use a node's room (same id). Updated before a task is assigned. Written by deployment. */
export interface Ledger {
  readonly id: string;
  /** The standalone job that has the node to itself. */
  readonly claim: string | null;
  readonly reservations: readonly Reservation[];
}
