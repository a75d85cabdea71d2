// Leases of `exactlyOne` tasks: given and renewed when their launchers ask, forgotten when nothing is left of the task. Deployment revokes them.
import { BerthError } from '../model/errors.ts';
import type { Lease } from '../model/node.ts';
import type { Clock } from '../ports/clock.ts';
import { type Store, StoreConflict, type Stored } from '../ports/store.ts';
import { leaseRefusal } from './lease-refusal.ts';

/** What giving leases needs. */
export interface LeaseParts {
  readonly store: Store;
  readonly clock: Pick<Clock, 'now'>;
  /** How long a lease holds. */
  readonly leaseMs: number;
}

/** Only a revocation writes to the same lease, once, and a launcher asks once at a time: more than a few conflicts are somebody's mistake. */
const TRIES = 5;

/** Gives a task its lease, or the next while of it; resolves to its length in ms once that is durable. @throws sdk.lease-refused, sdk.lease-busy, sdk.task-ended */
export async function renewLease(parts: LeaseParts, task: string): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const known = await parts.store.get('lease', task);
    await requireEntitled(parts.store, task, known?.doc);
    // Counted from here, later than the launcher counts: it asked before this was read.
    const lease = { id: task, untilAt: parts.clock.now() + parts.leaseMs, isRevoked: false };
    const given = await written(parts.store, lease, known);
    if (!given) continue;
    // A lease that did not exist may have been revoked and forgotten while this was decided; its task was over before that.
    if (!known) await requireStillEntitled(parts.store, given);
    return parts.leaseMs;
  }
  throw new BerthError('sdk.lease-busy', { task });
}

/** Forgets the lease of a task whose container is gone. */
export async function forgetLease(store: Store, task: string): Promise<void> {
  const known = await store.get('lease', task);
  if (known) await store.delete('lease', task, known.version);
}

/** What was given too late is taken back, because nobody else would forget it; one that was revoked meanwhile is not this one any more. */
async function requireStillEntitled(store: Store, { doc, version }: Stored<Lease>): Promise<void> {
  try {
    await requireEntitled(store, doc.id, doc);
  } catch (error) {
    await store.delete('lease', doc.id, version).catch(unlessConflict);
    throw error;
  }
}

async function requireEntitled(store: Store, id: string, lease: Lease | undefined): Promise<void> {
  const [task, status] = await Promise.all([store.get('task', id), store.get('taskStatus', id)]);
  if (!task) throw new BerthError('sdk.task-ended', { task: id });
  const job = await store.get('jobStatus', task.doc.job);
  const reason = leaseRefusal({ task: task.doc, status: status?.doc, job: job?.doc, lease });
  if (reason !== undefined) throw new BerthError('sdk.lease-refused', { task: id, reason });
}

async function written(
  store: Store,
  lease: Lease,
  known: Stored<Lease> | undefined,
): Promise<Stored<Lease> | undefined> {
  try {
    return known ? await store.update('lease', lease, known.version) : await store.create('lease', lease);
  } catch (error) {
    unlessConflict(error);
    return undefined;
  }
}

function unlessConflict(error: unknown): void {
  if (!(error instanceof StoreConflict)) throw error;
}
