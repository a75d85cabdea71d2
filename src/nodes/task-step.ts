// The closed vocabulary of what may be done for a task, and the snapshot on which it is decided.

import type { Image } from '../model/image.ts';
import type { Instant } from '../model/instant.ts';
import type { Lease } from '../model/node.ts';
import type { Task, TaskStatus } from '../model/task.ts';
import type { ContainerView } from '../ports/machine.ts';
import type { NodeSettings } from './node-settings.ts';
import type { PullView } from './session-images.ts';

/** What changes in a task's status; everything else stays as it is stored. */
export type StatusChange = Partial<
  Pick<
    TaskStatus,
    | 'state'
    | 'reason'
    | 'containerId'
    | 'exitCode'
    | 'attempts'
    | 'startedAt'
    | 'endedAt'
    | 'killAt'
    | 'container'
    | 'nextAt'
  >
>;

/** One thing to do for a task. */
export type TaskStep =
  /** Writes what is observed, or the intention of the steps after it. */
  | { readonly do: 'record'; readonly change: StatusChange }
  /** Begins to bring the image to the node, in the background. */
  | { readonly do: 'pull' }
  | { readonly do: 'create' }
  /** Starts the container, which reads what its task is from its standard input. */
  | { readonly do: 'start' }
  /** Keeps the log of the running container. */
  | { readonly do: 'follow' }
  | { readonly do: 'signal'; readonly signal: 'SIGTERM' | 'SIGKILL' }
  /** Drains the log and the unsent output; the last lines go into the next record of a failure. */
  | { readonly do: 'collect' }
  /** The same before the container goes: it fails when not everything could be kept, and is tried again. */
  | { readonly do: 'gather' }
  /** Removes the container and its volume. */
  | { readonly do: 'remove' }
  /** Deletes the lease of a task that needs none any more, nor can ask for one. */
  | { readonly do: 'forgetLease' };

/** What to do now, when to look again (null: when woken), and why. */
export interface TaskDecision {
  readonly steps: readonly TaskStep[];
  readonly wakeAt: Instant | null;
  readonly why: string;
}

/** Everything on which a task's next steps depend. */
export interface TaskSnapshot {
  readonly task: Task;
  /** What was recorded last; undefined when this node room has not seen the task yet. */
  readonly status: TaskStatus | undefined;
  /** Of an `exactlyOne` task; undefined when it has none. */
  readonly lease: Lease | undefined;
  /** Whether the slot table names a later attempt. */
  readonly superseded: boolean;
  /** `away`: its session is not ready; `forgotten`: there is no such node any more. */
  readonly node: 'ready' | 'away' | 'forgotten';
  /** Node clock minus platform clock. */
  readonly clockOffsetMs: number;
  /** By inspection; `unknown` while the node is away. */
  readonly container: ContainerView | 'none' | 'unknown';
  /** Whether the container carries this task's digest. */
  readonly containerIsOurs: boolean;
  /** Whether this process was the first to start the container. */
  readonly isStartedHere: boolean;
  /** Looked up only while there is no container. */
  readonly image: Image | undefined;
  readonly imageOnNode: boolean;
  readonly pull: PullView;
  readonly settings: NodeSettings;
  /** Jitter for backoff, in [0, 1). */
  readonly fraction: number;
}
