// What is kept of a task beyond its container: its log, and the output that its container had not yet handed over. The task
// controller says when; whoever implements this does it in the background and bounded.
import type { Task } from '../model/task.ts';
import type { Machine } from '../ports/machine.ts';

/** Keeps the logs and the unsent output of tasks. */
export interface TaskEvidence {
  /** Keeps the log of this running container, going on where it was; calling it again changes nothing. */
  follow(task: Task, machine: Machine): void;
  /**
   * The container has ended, or is gone (then there may be no machine): drains its log, collects spool records that were not sent,
   * and flushes. Resolves to the last lines, newest last; calling it again is harmless.
   */
  finish(task: Task, machine: Machine | undefined): Promise<readonly string[]>;
  /** The connection to a node is gone: stops following there until `follow` is called again. */
  lost(node: string): void;
}
