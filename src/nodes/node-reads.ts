// What people may see of nodes.
import { pages } from '../engine/shard-sweep.ts';
import { BerthError } from '../model/errors.ts';
import type { Ledger, Node, NodeStatus } from '../model/node.ts';
import type { TaskStatus } from '../model/task.ts';
import type { Store } from '../ports/store.ts';
import { openStatuses } from './session-sweep.ts';

/** A node with what is observed of it and who uses its room; null where nothing is written yet. */
export interface NodeView {
  readonly node: Node;
  readonly status: NodeStatus | null;
  readonly ledger: Ledger | null;
}

/** A node with its tasks that have not ended. */
export interface NodeDetail extends NodeView {
  readonly tasks: readonly TaskStatus[];
}

const PAGE = 500;

/** Every node, by name. */
export async function listNodes(store: Store): Promise<readonly NodeView[]> {
  const nodes: Node[] = [];
  for await (const node of pages(store, 'node', { limit: PAGE })) nodes.push(node);
  return viewsOf(store, nodes);
}

/** One node. @throws request.not-found */
export async function showNode(store: Store, id: string): Promise<NodeDetail> {
  const stored = await store.get('node', id);
  if (!stored) throw new BerthError('request.not-found', { what: 'node', id });
  const [status, ledger] = await Promise.all([store.get('nodeStatus', id), store.get('ledger', id)]);
  const tasks = await openStatuses({ store }, id);
  return { node: stored.doc, status: status?.doc ?? null, ledger: ledger?.doc ?? null, tasks };
}

async function viewsOf(store: Store, nodes: readonly Node[]): Promise<readonly NodeView[]> {
  const ids = nodes.map(({ id }) => id);
  const statuses = new Map((await store.getMany('nodeStatus', ids)).map(({ doc }) => [doc.id, doc]));
  const ledgers = new Map((await store.getMany('ledger', ids)).map(({ doc }) => [doc.id, doc]));
  return nodes.map((node) => ({ node, status: statuses.get(node.id) ?? null, ledger: ledgers.get(node.id) ?? null }));
}
