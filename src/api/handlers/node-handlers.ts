// Routes of nodes.
import { createHash } from 'node:crypto';
import type { Node } from '../../model/node.ts';
import { loadOverTime } from '../../nodes/load-reads.ts';
import { listNodes, type NodeView, showNode } from '../../nodes/node-reads.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Asked, Handlers } from '../handler.ts';
import { readNodeAddress } from '../node-address.ts';
import type { RouteAccess } from '../route-access.ts';
import { sinceTime } from '../since-time.ts';
import { taskView } from '../views/job-views.ts';
import { nodeLoadView } from '../views/node-load-view.ts';
import { nodeView } from '../views/node-view.ts';

type NodeRoute =
  | 'listNodes'
  | 'addNode'
  | 'nodeKey'
  | 'showNode'
  | 'nodeLoad'
  | 'drainNode'
  | 'undrainNode'
  | 'removeNode';

/** Handlers of nodes. */
export function nodeHandlers(parts: ApiParts): Pick<Handlers, NodeRoute> {
  const { store, nodes, machines } = parts;
  const changed = (node: Node) => changedView(parts, node);
  return {
    listNodes: async ({ access }) => ({ items: await seenNodes(parts, await listNodes(store), access) }),
    addNode: (asked) => addNode(parts, asked),
    nodeKey: async () => ({ publicKey: await machines.publicKey() }),
    showNode: ({ params, access }) => showDetail(parts, params.node, access),
    nodeLoad: (asked) => nodeLoad(parts, asked),
    drainNode: async (asked) => changed(await drain(parts, asked)),
    undrainNode: async ({ params }) => changed(await nodes.undrainNode(params.node)),
    removeNode: async ({ params, query }) =>
      changed(await (query.force === 'true' ? nodes.abandonNode(params.node) : nodes.removeNode(params.node))),
  };
}

async function nodeLoad({ store, series, clock }: ApiParts, { params, query }: Asked<'nodeLoad'>) {
  const toAt = clock.now();
  const range = { node: params.node, fromAt: sinceTime(query.range, toAt), toAt, mostPoints: query.points };
  return nodeLoadView(await loadOverTime({ store, series }, range));
}

async function drain({ nodes, clock }: ApiParts, { params, query }: Asked<'drainNode'>): Promise<Node> {
  const { deadlineMs } = query;
  return deadlineMs === undefined
    ? nodes.drainNode(params.node)
    : nodes.drainNode(params.node, clock.now() + deadlineMs);
}

/** A node as it was changed, even if it is gone by now. */
async function changedView({ store }: ApiParts, node: Node) {
  const [status, ledger] = await Promise.all([store.get('nodeStatus', node.id), store.get('ledger', node.id)]);
  return nodeView({ node, status: status?.doc ?? null, ledger: ledger?.doc ?? null });
}

async function addNode({ nodes }: ApiParts, { body }: Asked<'addNode'>) {
  const { address, name, labels, hostKey, identity = 'platform' } = body;
  const access = { kind: 'ssh', ...readNodeAddress(address), identity } as const;
  const expectedHostKey = hostKey === undefined ? undefined : fingerprintOf(hostKey);
  const { node } = await nodes.addNode({ id: name, access, labels, expectedHostKey });
  return nodeView({ node, status: null, ledger: null });
}

/** A fingerprint as it is, a public key line as the fingerprint that OpenSSH prints of it. */
function fingerprintOf(hostKey: string): string {
  if (hostKey.startsWith('SHA256:')) return hostKey;
  const [, key = ''] = hostKey.trim().split(/\s+/);
  return `SHA256:${createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '')}`;
}

type NodeAnswer = ReturnType<typeof nodeView>;

function seenNodes(parts: ApiParts, found: readonly NodeView[], access: RouteAccess): Promise<NodeAnswer[]> {
  return Promise.all(found.map((each) => seenNode(parts, each, access)));
}

/** Whose job has a node to itself is told to those who see the job. */
async function seenNode({ store }: ApiParts, found: NodeView, access: RouteAccess): Promise<NodeAnswer> {
  const view = nodeView(found);
  const jobs = access.to('jobs:read');
  if (view.claim === null || jobs.seesAll) return view;
  const job = await store.get('job', view.claim);
  return job && (await jobs.sees(job.doc.application)) ? view : { ...view, claim: null };
}

async function showDetail(parts: ApiParts, id: string, access: RouteAccess) {
  const { store } = parts;
  const found = await showNode(store, id);
  const tasks = await store.getMany(
    'task',
    found.tasks.map((status) => status.id),
  );
  const statuses = new Map(found.tasks.map((status) => [status.id, status]));
  const jobs = access.to('jobs:read');
  const verdicts = await Promise.all(tasks.map(({ doc }) => jobs.sees(doc.application)));
  const seen = tasks.filter((_, index) => verdicts[index]);
  const running = seen.map(({ doc }) =>
    taskView({ id: doc.id, slot: doc.slot, attempt: doc.attempt, node: doc.node }, statuses.get(doc.id) ?? null),
  );
  return { ...(await seenNode(parts, found, access)), running };
}
