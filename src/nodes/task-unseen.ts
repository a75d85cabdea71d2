// Finds tasks that were assigned, but whose status does not exist yet because every wake-up was lost.
import type { Unsettled } from '../engine/controller.ts';
import { positionPages } from '../engine/shard-sweep.ts';
import type { Instant } from '../model/instant.ts';
import { type Slot, taskId } from '../model/job.ts';
import type { Store } from '../ports/store.ts';

/** Tasks of an open job's slots that have no status, to be looked at now: those that fill them, and those that were given up before they were seen. */
export async function* unseenTasks(store: Store, now: Instant): AsyncIterable<Unsettled> {
  for await (const jobs of positionPages(store, 'job', { where: { open: 1 }, orderBy: 'startsAt' })) {
    for (const job of jobs) {
      for (const id of await unseenOf(store, job.id)) yield { id, at: now };
    }
  }
}

async function unseenOf(store: Store, job: string): Promise<readonly string[]> {
  const status = await store.get('jobStatus', job);
  const tasks = (status?.doc.slots ?? []).flatMap((slot) => namedTasks(job, slot));
  if (tasks.length === 0) return [];
  const seen = new Set((await store.getMany('taskStatus', tasks)).map(({ doc }) => doc.id));
  return tasks.filter((task) => !seen.has(task));
}

function namedTasks(job: string, { index, attempt, task, predecessor }: Slot): readonly string[] {
  const before = attempt > 1 ? [taskId(job, index, attempt - 1)] : [];
  return [...(task === null ? [] : [task]), ...before, ...(predecessor ? [predecessor.task] : [])];
}
