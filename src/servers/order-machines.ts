// Asks for new machines as nodes: writes their orders, whose controller does the rest.
import type { Instant } from '../model/instant.ts';
import type { MachineOrder } from '../model/server.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import { newOrder } from './new-order.ts';

/** Letters and digits by which the nodes of one provider are told apart. */
const NAME_END = 6;

/** Who asks for how many nodes of which provider, and for how long they are wanted. */
export interface MachineWish {
  readonly provider: string;
  readonly count: number;
  readonly until: 'idle' | 'removed';
}

/** Orders new nodes of a provider; they are named after it. */
export async function orderMachines(
  { store, random }: { readonly store: Store; readonly random: Random },
  { provider, count, until }: MachineWish,
  now: Instant,
): Promise<readonly MachineOrder[]> {
  const kept = until === 'removed' ? ({ isKept: true } as const) : {};
  const orders = Array.from({ length: count }, () => {
    const node = `${provider}-${random.id(NAME_END)}`;
    const order = newOrder({ id: `${node}-${random.id(10)}`, provider, purpose: 'grow', node, replaces: null }, now);
    return { ...order, ...kept };
  });
  for (const order of orders) await store.create('machineOrder', order);
  return orders;
}
