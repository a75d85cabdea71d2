// Whoever was taken for dead and comes back must not act beside its successor.
import { BerthError } from '../model/errors.ts';
import type { Task } from '../model/task.ts';
import type { Store } from '../ports/store.ts';
import { isFenced } from './is-fenced.ts';

/** Refuses an `exactlyOne` task whose slot was given to another one. @throws sdk.fenced */
export async function requireItsSlot(store: Store, task: Task): Promise<void> {
  if (!task.spec.exactlyOne) return;
  const job = await store.get('jobStatus', task.job);
  if (isFenced(task, job?.doc)) throw new BerthError('sdk.fenced', { task: task.id });
}
