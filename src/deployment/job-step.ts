// What a decision about a job comes to: steps in their order, and when to look again.
import type { Instant } from '../model/instant.ts';
import type { JobStatus } from '../model/job.ts';
import type { Lease, Reservation } from '../model/node.ts';
import type { Task } from '../model/task.ts';
import type { Demand } from './node-filters.ts';

/** What deployment may do for a job. */
export type JobStep =
  /** Frees the room of a task. */
  | { readonly do: 'release'; readonly node: string; readonly task: string }
  /** Takes the right to run from a task; `version` is that of the lease that the decision rests on, null when there was none. */
  | { readonly do: 'revoke-lease'; readonly lease: Lease; readonly version: number | null; readonly why: string }
  | {
      readonly do: 'reserve';
      readonly node: string;
      readonly reservation: Reservation;
      readonly claim: string | null;
      readonly demand: Demand;
      /** A task that has ended, whose room it takes over. */
      readonly inPlaceOf?: string;
    }
  | { readonly do: 'record'; readonly status: JobStatus }
  | { readonly do: 'assign'; readonly task: Task }
  /** Tells people that a copy goes from one node to another, and why. */
  | { readonly do: 'tell-move'; readonly move: CopyMove }
  | { readonly do: 'stop-task'; readonly task: string; readonly stop: NonNullable<Task['stop']> }
  /** Points out a task that nobody has taken up. */
  | { readonly do: 'nudge'; readonly task: string }
  /** Points out a job whose sensors nobody has looked up. */
  | { readonly do: 'ask-sensors' }
  | { readonly do: 'close' };

/** A copy that is given to another node though its task has not ended. */
export interface CopyMove {
  readonly slot: number;
  readonly from: { readonly task: string; readonly node: string };
  readonly to: { readonly task: string; readonly node: string };
  readonly cause: 'lost' | 'drained';
  readonly text: string;
}

/** Steps in their order, and when to look again. */
export interface JobDecision {
  readonly steps: readonly JobStep[];
  readonly wakeAt: Instant | null;
}
