// A machine that is asked for, as it is written before anything is done.
import type { Instant } from '../model/instant.ts';
import type { MachineOrder } from '../model/server.ts';
import { shardOf } from '../model/shard.ts';

/** Who asks for which machine. Its id is the act's, by which its provider finds what was made. */
export type OrderText = Pick<MachineOrder, 'id' | 'provider' | 'purpose' | 'node'> & {
  readonly replaces: string | null;
};

/** An order that nothing has been done for yet. */
export function newOrder({ id, provider, purpose, node, replaces }: OrderText, now: Instant): MachineOrder {
  return {
    ...{ id, provider, purpose, node, state: 'ordered', machine: null, address: null },
    ...(replaces === null ? {} : { replaces }),
    reason: 'It is about to be asked for.',
    createdAt: now,
    nextAt: now,
    shard: shardOf(id),
  };
}
