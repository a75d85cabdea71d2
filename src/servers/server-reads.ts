// What people may see of providers and of machines that are being made.
import { pages } from '../engine/shard-sweep.ts';
import { BerthError } from '../model/errors.ts';
import type { MachineOrder, ProviderConfig } from '../model/server.ts';
import type { Store } from '../ports/store.ts';

/** A provider with its nodes and the machines that are being made or were made. */
export interface ProviderView {
  readonly provider: ProviderConfig;
  readonly nodes: readonly string[];
  /** Oldest first. */
  readonly orders: readonly MachineOrder[];
}

const PAGE = 500;

/** Every provider, by name. */
export async function listProviders(store: Store): Promise<readonly ProviderView[]> {
  const nodes = await nodesByProvider(store);
  const views: ProviderView[] = [];
  for await (const provider of pages(store, 'provider', { limit: PAGE }))
    views.push(await viewOf(store, provider, nodes));
  return views;
}

/** One provider. @throws request.not-found */
export async function showProvider(store: Store, id: string): Promise<ProviderView> {
  const stored = await store.get('provider', id);
  if (!stored) throw new BerthError('request.not-found', { what: 'provider', id });
  return viewOf(store, stored.doc, await nodesByProvider(store));
}

async function viewOf(
  store: Store,
  provider: ProviderConfig,
  nodes: ReadonlyMap<string, readonly string[]>,
): Promise<ProviderView> {
  const orders: MachineOrder[] = [];
  const query = { where: { provider: provider.id }, orderBy: 'createdAt', limit: PAGE };
  for await (const order of pages(store, 'machineOrder', query)) orders.push(order);
  return { provider, nodes: nodes.get(provider.id) ?? [], orders };
}

async function nodesByProvider(store: Store): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for await (const { id, machine } of pages(store, 'node', { limit: PAGE })) {
    if (!machine) continue;
    const nodes = found.get(machine.provider) ?? [];
    found.set(machine.provider, [...nodes, id]);
  }
  return found;
}
