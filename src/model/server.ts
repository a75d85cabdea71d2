// The life cycle of the machine under a node: what its provider says of it, and how far its recovery is.
import type { Instant } from './instant.ts';
import type { RecoveryAct } from './node.ts';

/** What a provider says of a machine. `gone`: destroyed, or never known to it. */
export type MachineState = 'pending' | 'running' | 'stopping' | 'stopped' | 'gone';

/**
 * `well`: nothing to do. `watching`: silent, not lost yet or just lost. `acting`: a step is under way. `waiting`: until the next step may be tried, or for a
 * budget. `held`: too much of the fleet is lost at once, or a person switched recovery off. `given-up`: every step is used up; a person must help.
 */
export type RecoveryState = 'well' | 'watching' | 'acting' | 'waiting' | 'held' | 'given-up';

/** One step of a recovery that was taken. */
export interface RecoveryTry {
  readonly act: RecoveryAct;
  /** Names the act outward, where the other side takes a name, and finds it again after a crash. */
  readonly actId: string;
  readonly at: Instant;
  readonly endedAt: Instant | null;
  /** `unknown`: the platform ended amid an act that cannot be found again. */
  readonly outcome: 'under-way' | 'done' | 'failed' | 'unknown';
  readonly text: string;
}

/** What was observed and done for the machine of a node (same id as the node). Written by servers. */
export interface ServerStatus {
  readonly id: string;
  /** The provider's word and when it was given; null: no provider, or it has not answered yet. */
  readonly machine: { readonly state: MachineState; readonly at: Instant; readonly address: string | null } | null;
  readonly state: RecoveryState;
  /** Why, in a sentence. */
  readonly reason: string;
  /** Newest last, bounded; forgotten when the node has been well for a while, so that one that comes and goes climbs the ladder. */
  readonly tries: readonly RecoveryTry[];
  /** The last forced request that was done. */
  readonly forcedRequest: string | null;
  /** Since when an added machine has had nothing to do; null: it has something, or was not added. */
  readonly idleSinceAt: Instant | null;
  readonly shard: number;
  readonly nextAt: Instant | null;
}

/** How one kind of provider is told what to do. Secrets are named by the path of a file on the platform's machine, never held here. */
export type ProviderAccess =
  | {
      readonly kind: 'command';
      /** The words of each act; `{machine}`, `{name}`, `{act}` in a word are filled in. */
      readonly status: readonly string[];
      readonly start: readonly string[] | null;
      readonly stop: readonly string[] | null;
      readonly create: readonly string[] | null;
      /** Tells which machine an act made; without it, a `create` that was interrupted stays unknown. */
      readonly find: readonly string[] | null;
      readonly destroy: readonly string[] | null;
    }
  | { readonly kind: 'docker'; readonly socketPath: string; readonly image: string; readonly network: string }
  | {
      readonly kind: 'ec2';
      readonly region: string;
      /** Another address of the service; for compatible clouds and for tests. */
      readonly endpoint: string | null;
      /** An INI file as the AWS tools keep it; null: the ways of the AWS client (environment, instance role). */
      readonly credentialsFile: string | null;
      readonly profile: string | null;
      /** Id or name, and after a colon a version; null: machines are not made, only started and stopped. */
      readonly launchTemplate: string | null;
      /** Which of a machine's addresses the platform reaches. */
      readonly address: 'private' | 'public';
    };

/** Something that can start, restart, create and destroy machines. Written by requests. */
export interface ProviderConfig {
  readonly id: string;
  readonly access: ProviderAccess;
  /** How the platform signs in to machines that it makes. */
  readonly ssh: { readonly user: string; readonly port: number; readonly identity: string };
  /** Of nodes that it makes. */
  readonly labels: Readonly<Record<string, string>>;
  /** Scaling: at most this many added machines at a time; 0: none. */
  readonly mostAdded: number;
  /** Scaling: a job that waited this long for room makes the fleet grow. */
  readonly growAfterMs: number;
  /** Scaling: an added machine that had nothing to do for this long is given back. */
  readonly idleAfterMs: number;
  readonly createdAt: Instant;
  /** On its way out: forgotten when no node names it. */
  readonly removing: boolean;
}

/** A machine that is being made, from the intention on until a node stands for it. Its id is the act's. Written by servers. */
export interface MachineOrder {
  readonly id: string;
  readonly provider: string;
  readonly purpose: 'replace' | 'grow';
  /** The node that it replaces, or the new node's name. */
  readonly node: string;
  readonly state: 'ordered' | 'made' | 'joined' | 'failed' | 'unknown';
  readonly machine: string | null;
  readonly address: string | null;
  readonly reason: string;
  /** When its provider was asked to make it, written before it is asked; absent: it was not, or it answered that it made nothing. */
  readonly askedAt?: Instant;
  /** Failures in a row of what is due; absent: none. */
  readonly failures?: number;
  /** Since when it has been in its state; absent: since it was ordered. */
  readonly stateSinceAt?: Instant;
  /** A person asked for it: it is kept though it is idle; absent: it was added for room, and is given back. */
  readonly isKept?: true;
  /** The machine that it replaces, destroyed once the new one is the node; absent: none. */
  readonly replaces?: string;
  readonly createdAt: Instant;
  readonly nextAt: Instant | null;
  readonly shard: number;
}

/** Replacements that were begun lately (id `all`): a budget, by compare-and-set. Written by servers. */
export interface RecoveryBudget {
  readonly id: string;
  readonly replacedAt: readonly Instant[];
}
