// What a reader of a job's log gets: what each of its tasks logged, and which task that was.
import type { Task } from '../model/task.ts';
import type { LogEntry } from './log-entry.ts';

/** An entry with the slot that it came from and the attempt that filled it. */
export type JobLogEntry = LogEntry & { readonly task: string; readonly slot: number; readonly attempt: number };

/** An entry of one task's log as one of its job's. */
export function labelled(entry: LogEntry, task: Task): JobLogEntry {
  return { ...entry, task: task.id, slot: task.slot, attempt: task.attempt };
}
