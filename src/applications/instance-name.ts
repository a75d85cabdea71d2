// Names of instances are unique: a document of its own holds each, and is written before the instance.
//
// A crash between the two leaves a name without an instance. Such a name is taken over, after a wait in which a creator that is merely
// slow would have come to its end. One that sleeps even longer finds, when it has written its instance, that the name is not its own any
// more, and withdraws (see `confirmInstance`).
import { BerthError } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceName } from '../model/kinds.ts';
import type { Clock } from '../ports/clock.ts';
import { type Store, StoreConflict, type Stored } from '../ports/store.ts';

/** How long a name whose instance is missing is left to whoever may be about to write it, milliseconds. */
const SLOW_CREATOR_MS = 2000;

/** Takes a name for an instance that is about to be written. @throws instance.name-taken */
export async function claimInstanceName(
  parts: { readonly store: Store; readonly clock: Clock },
  instance: Pick<Instance, 'id' | 'name'>,
): Promise<void> {
  const claim = { id: instance.name, instance: instance.id };
  try {
    await parts.store.create('instanceName', claim);
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
    await takeOver(parts, claim);
  }
}

/** Whether the name is still this instance's. */
export async function holdsInstanceName(store: Store, { id, name }: Pick<Instance, 'id' | 'name'>): Promise<boolean> {
  return (await store.get('instanceName', name))?.doc.instance === id;
}

async function takeOver(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  claim: InstanceName,
): Promise<void> {
  const before = await abandonedName(store, claim.id);
  await new Promise<void>((resolve) => clock.after(SLOW_CREATOR_MS, resolve));
  const after = await abandonedName(store, claim.id);
  if (before?.version !== after?.version) throw new BerthError('instance.name-taken', { name: claim.id });
  try {
    if (after) await store.update('instanceName', claim, after.version);
    else await store.create('instanceName', claim);
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
    throw new BerthError('instance.name-taken', { name: claim.id }, { cause: error });
  }
}

// Undefined when nobody holds the name any more.
async function abandonedName(store: Store, name: string): Promise<Stored<InstanceName> | undefined> {
  const held = await store.get('instanceName', name);
  if (held && (await store.get('instance', held.doc.instance))) throw new BerthError('instance.name-taken', { name });
  return held;
}
