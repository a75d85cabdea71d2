// What a decision about one node's recovery is made from.
import type { Instant } from '../model/instant.ts';
import type { Node, NodeStatus } from '../model/node.ts';
import type { MachineOrder, RecoveryBudget, RecoveryTry, ServerStatus } from '../model/server.ts';
import type { Provider } from '../ports/provider.ts';
import type { Brake } from './decide-brake.ts';

/** What is known of a machine through its provider. */
export interface MachineSight {
  readonly can: Provider['can'];
  /** Its last word in this life of the process; null: none yet. */
  readonly word: ServerStatus['machine'];
  /** Why it gave none when it was last asked; null: it did. */
  readonly failure: string | null;
  readonly askedAt: Instant | null;
  readonly isAsking: boolean;
}

/** How an act ended. */
export type ActEnd = Pick<RecoveryTry, 'text'> & { readonly outcome: 'done' | 'failed' };

/** Everything on which a node's recovery depends. */
export interface RecoverySnapshot {
  readonly node: Node;
  readonly nodeStatus: NodeStatus | null;
  readonly status: ServerStatus;
  /** Nothing is placed on it. */
  readonly isIdle: boolean;
  /** Null: no provider stands behind it. */
  readonly sight: MachineSight | null;
  /** Why its provider cannot be used; null: it can, or there is none. */
  readonly unusable: string | null;
  /** What this process knows of the try that is under way; `none`: an earlier process began it. */
  readonly work: 'under-way' | 'none' | ActEnd;
  /** The order of a replacement that is under way. */
  readonly order: MachineOrder | null;
  readonly budget: RecoveryBudget | null;
  readonly brake: Brake;
  /** A fresh name for an act, if one is begun. */
  readonly actId: string;
}
