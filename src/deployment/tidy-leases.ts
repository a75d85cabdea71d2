// Leases that are left though their tasks are over: a slow revocation may be written after nodes have forgotten the lease.
import { pages } from '../engine/shard-sweep.ts';
import type { Lease } from '../model/node.ts';
import { taskEnded } from '../model/task.ts';
import { type Store, StoreConflict } from '../ports/store.ts';

const PAGE = 1000;

/** Forgets the leases of tasks of which nothing is left to do: such a task gets none any more. */
export async function tidyLeases(store: Store): Promise<void> {
  for await (const { id } of pages(store, 'lease', { limit: PAGE })) {
    const lease = await store.get('lease', id);
    if (lease && (await isSettled(store, lease.doc))) await deleteUnlessChanged(store, id, lease.version);
  }
}

async function isSettled(store: Store, { id }: Lease): Promise<boolean> {
  const status = await store.get('taskStatus', id);
  if (status) return taskEnded(status.doc.state) && status.doc.nextAt === null;
  const task = await store.get('task', id);
  const job = task && (await store.get('job', task.doc.job));
  return job?.doc.open !== 1;
}

async function deleteUnlessChanged(store: Store, id: string, version: number): Promise<void> {
  try {
    await store.delete('lease', id, version);
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
  }
}
