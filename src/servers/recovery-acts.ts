// Acts of recovery that only write: a replacement taken from the budget, a node on its way out.
import type { Instant } from '../model/instant.ts';
import type { Node } from '../model/node.ts';
import type { RecoveryBudget } from '../model/server.ts';
import { type Store, StoreConflict } from '../ports/store.ts';

/** Replacements are remembered for longer than the hour that they count in, for people who look. */
const KEPT_MS = 86_400_000;
const MOST_KEPT = 200;
const TRIES = 5;

/** Takes one replacement of the hour's budget, as it was read. @throws StoreConflict when another node took one meanwhile */
export async function claimReplacement(
  store: Store,
  { budget, version, now }: { readonly budget: RecoveryBudget | null; readonly version: number | null; now: Instant },
): Promise<void> {
  const recent = (budget?.replacedAt ?? []).filter((at) => at > now - KEPT_MS);
  const next = { id: 'all', replacedAt: [...recent, now].slice(-MOST_KEPT) };
  if (version === null) await store.create('recoveryBudget', next);
  else await store.update('recoveryBudget', next, version);
}

/** Gives a node up: a lost one is forgotten at once and its tasks count as lost; another one is drained first. */
export async function retireNode(store: Store, id: string): Promise<void> {
  const status = await store.get('nodeStatus', id);
  const isGone = status?.doc.state === 'lost' || status?.doc.state === 'refused';
  await leave(store, id, isGone ? { abandoned: true } : {});
}

/** Drains a node and forgets it when it is empty. */
export function returnNode(store: Store, id: string): Promise<void> {
  return leave(store, id, {});
}

async function leave(store: Store, id: string, how: Pick<Node, 'abandoned'>): Promise<void> {
  for (let tries = 1; ; tries++) {
    const stored = await store.get('node', id);
    if (!stored || (stored.doc.removing && stored.doc.abandoned === how.abandoned)) return;
    try {
      await store.update('node', { ...stored.doc, draining: true, removing: true, ...how }, stored.version);
      return;
    } catch (error) {
      if (!(error instanceof StoreConflict) || tries >= TRIES) throw error;
    }
  }
}
