// An action as it is put into the store, with the status by which the loop finds it.
import type { Action, ActionStatus } from '../model/action.ts';
import { type Store, StoreConflict } from '../ports/store.ts';

/** Stores an action, or finds the one that has its id; resolves when it and its status are durable. */
export async function storeAction(store: Store, action: Action): Promise<Action> {
  const stored = await createdOrPresent(store, action);
  try {
    await store.create('actionStatus', firstStatus(stored));
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
  }
  return stored;
}

async function createdOrPresent(store: Store, action: Action): Promise<Action> {
  try {
    return (await store.create('action', action)).doc;
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
    return (await store.get('action', action.id))?.doc ?? action;
  }
}

/** The status of an action that nothing was done for. */
export function firstStatus({ id, instance, application, order, requestedAt, shard }: Action): ActionStatus {
  return {
    ...{ id, instance, application, kind: order.kind, state: 'waiting', reason: 'It was asked for.', tries: [] },
    ...{ requestedAt, endedAt: null, shard, nextAt: requestedAt },
  };
}
