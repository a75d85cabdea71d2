// The log of one task on its way to a follower of its job.
import type { Task } from '../model/task.ts';
import { type JobLogEntry, labelled } from './job-log-entry.ts';
import type { LogEntry } from './log-entry.ts';
import type { LogViewer } from './log-viewer.ts';

/** Puts what is read of one task's log into the viewer of its job, as fast as that is read. */
export class TaskPump {
  readonly task: Task;
  /** Resolves when all that was read was handed over, also after an error. */
  readonly ended: Promise<void>;
  #count = 0;

  constructor(
    task: Task,
    log: AsyncIterable<readonly LogEntry[]>,
    to: { readonly viewer: LogViewer<JobLogEntry>; readonly fail: (error: unknown) => void },
  ) {
    this.task = task;
    this.ended = this.#run(log, to.viewer).catch(to.fail);
  }

  /** Entries that were handed over so far. */
  get count(): number {
    return this.#count;
  }

  async #run(log: AsyncIterable<readonly LogEntry[]>, viewer: LogViewer<JobLogEntry>): Promise<void> {
    for await (const entries of log) {
      await viewer.room();
      viewer.push(entries.map((entry) => labelled(entry, this.task)));
      this.#count += entries.length;
    }
  }
}
