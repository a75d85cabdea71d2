// Providers, machines that are being made, and the reasons of nodes, as the API answers them.
import type { z } from 'zod';
import type { MachineOrder } from '../../model/server.ts';
import type { NodeWhy } from '../../servers/node-why-reads.ts';
import type { ProviderView } from '../../servers/server-reads.ts';
import type * as providers from '../contract/provider-views.ts';
import type * as contract from '../contract/views.ts';
import { iso, isoOrNull } from './iso.ts';

/** A provider. */
export function providerView({ provider, nodes, orders }: ProviderView): z.output<typeof providers.providerView> {
  const { id, access, labels, mostAdded, growAfterMs, idleAfterMs, removing, createdAt } = provider;
  return {
    ...{ name: id, kind: access.kind, labels: { ...labels }, mostAdded, growAfterMs, idleAfterMs, removing },
    nodes: [...nodes],
    orders: orders.map(orderView),
    createdAt: iso(createdAt),
  };
}

/** A machine that is being made or was made. */
export function orderView(order: MachineOrder): z.output<typeof providers.orderView> {
  const { id, purpose, node, state, machine, address, reason, createdAt } = order;
  return { id, purpose, node, state, machine, address, reason, createdAt: iso(createdAt) };
}

/** Why a node is as it is. */
export function nodeWhyView({
  node,
  status,
  server,
  sentences,
  tasks,
}: NodeWhy): z.output<typeof contract.nodeWhyView> {
  return {
    node: node.id,
    state: status?.state ?? 'connecting',
    sentences: [...sentences],
    recovery: server && {
      state: server.state,
      reason: server.reason,
      nextAt: isoOrNull(server.nextAt),
      tries: server.tries.map(({ act, actId, at, endedAt, outcome, text }) => ({
        ...{ step: act, act: actId, at: iso(at), endedAt: isoOrNull(endedAt), outcome, text },
      })),
    },
    tasks: tasks.map((task) => ({ ...task })),
  };
}
