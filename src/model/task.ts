// One attempt to fill a slot: one container on one node.
import type { Instant } from './instant.ts';
import type { JobSpec } from './job.ts';

/** Task states, in the only order in which they may follow each other; the last four are ends. */
export const TASK_STATES = [
  'assigned',
  'preparing',
  'starting',
  'running',
  'stopping',
  'completed',
  'failed',
  'stopped',
  'lost',
] as const;

/** How far a task is. */
export type TaskState = (typeof TASK_STATES)[number];

const ENDS: ReadonlySet<TaskState> = new Set(['completed', 'failed', 'stopped', 'lost']);

/** Whether a task in this state is over. */
export function taskEnded(state: TaskState): boolean {
  return ENDS.has(state);
}

/** Whether a task may go from one state to another: forward only, and never out of an end. */
export function taskMayBecome(from: TaskState, to: TaskState): boolean {
  return !taskEnded(from) && TASK_STATES.indexOf(to) > TASK_STATES.indexOf(from);
}

/** One attempt to fill a slot, on a node. Written by deployment. */
export interface Task {
  readonly id: string;
  readonly job: string;
  readonly instance: string;
  readonly application: string;
  readonly algorithm: string;
  readonly package: string;
  readonly slot: number;
  readonly copies: number;
  readonly attempt: number;
  readonly node: string;
  readonly spec: JobSpec;
  readonly startsAt: Instant;
  readonly endsAt: Instant | null;
  /** Set when the task is to end; never unset. */
  readonly stop: { readonly reason: string; readonly at: Instant; readonly graceMs?: number } | null;
  readonly createdAt: Instant;
  readonly shard: number;
}

/** One start of the algorithm inside the task's container, as its launcher reported it. */
export interface Run {
  readonly number: number;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** What was observed of a task (same id). Written by nodes. */
export interface TaskStatus {
  readonly id: string;
  readonly job: string;
  readonly node: string;
  readonly state: TaskState;
  readonly containerId: string | null;
  readonly exitCode: number | null;
  /** Why it is in this state, in a sentence. */
  readonly reason: string;
  /** Failed tries of the act that is due, since the last that succeeded. */
  readonly attempts: number;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  /** When KILL follows TERM. */
  readonly killAt: Instant | null;
  /** Whether the container is still kept on the node. */
  readonly container: 'none' | 'kept' | 'removed';
  /** Last of them, newest last; bounded. */
  readonly runs: readonly Run[];
  /** Last log lines, kept at the end of a task that failed. */
  readonly lastLines: readonly string[];
  readonly createdAt: Instant;
  readonly shard: number;
  readonly nextAt: Instant | null;
}

/**
 * Exit codes by which the launcher says why it ended the container; everything else is the kernel's or Docker's.
 * `sdk/python/berth/_exit_codes.py` holds the same table; a test compares them.
 */
export const LAUNCHER_EXIT = {
  completed: 0,
  stopped: 200,
  deadline: 201,
  fenced: 202,
  stranger: 203,
  crashLoop: 204,
  launcherFailed: 205,
  outOfMemory: 206,
  untold: 207,
} as const;
