// Connections of `exactlyOne` tasks to declared hosts: cut as soon as the slot table names another task, so that nothing which an old copy
// had on its way arrives beside its successor.
import type { Duplex } from 'node:stream';
import type { JobStatus } from '../model/job.ts';
import type { Task } from '../model/task.ts';
import { isFenced } from './is-fenced.ts';

interface Relayed {
  readonly task: Task;
  readonly connection: Duplex;
}

/** The open connections of such tasks, by their jobs. */
export class ExactlyOneRelays {
  readonly #ofJob = new Map<string, Set<Relayed>>();

  /** Holds a connection of a task until it is closed; other tasks' are not held. */
  hold(task: Task, connection: Duplex): void {
    if (!task.spec.exactlyOne) return;
    const held = this.#ofJob.get(task.job) ?? new Set();
    const relayed = { task, connection };
    this.#ofJob.set(task.job, held.add(relayed));
    connection.once('close', () => {
      held.delete(relayed);
      if (held.size === 0 && this.#ofJob.get(task.job) === held) this.#ofJob.delete(task.job);
    });
  }

  /** Cuts what belongs to tasks that have had their turn. */
  jobWritten(job: JobStatus): void {
    for (const { task, connection } of this.#ofJob.get(job.id) ?? []) if (isFenced(task, job)) connection.destroy();
  }
}
