// Routes of providers and of the machines under nodes.
import type { Node } from '../../model/node.ts';
import type { Store } from '../../ports/store.ts';
import { type NodeWhy, whyNode } from '../../servers/node-why-reads.ts';
import { listProviders, showProvider } from '../../servers/server-reads.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Asked, Handlers } from '../handler.ts';
import type { RouteAccess } from '../route-access.ts';
import { nodeView } from '../views/node-view.ts';
import { nodeWhyView, orderView, providerView } from '../views/provider-view.ts';

type ServerRoute =
  | 'whyNode'
  | 'setNodeRecovery'
  | 'recoverNode'
  | 'adoptMachine'
  | 'listProviders'
  | 'addProvider'
  | 'showProvider'
  | 'removeProvider'
  | 'growFleet';

/** Handlers of providers and of the machines under nodes. */
export function serverHandlers(parts: ApiParts): Pick<Handlers, ServerRoute> {
  const { store, servers, providers } = parts;
  return {
    whyNode: async ({ params, access }) => nodeWhyView(await seenWhy(store, await whyNode(store, params.node), access)),
    setNodeRecovery: async ({ params, body, caller }) =>
      changed(parts, await servers.switchRecovery(params.node, { mode: body.mode, by: caller.name })),
    recoverNode: async ({ params, body, caller }) =>
      changed(parts, await servers.recoverNode(params.node, { step: body.step, by: caller.name })),
    adoptMachine: async ({ params, body }) => changed(parts, await servers.adoptMachine(params.node, body)),
    listProviders: async () => ({ items: (await listProviders(store)).map(providerView) }),
    addProvider: (asked) => add(parts, asked),
    showProvider: async ({ params }) => providerView(await showProvider(store, params.provider)),
    removeProvider: async ({ params }) => ({ removing: (await providers.removeProvider(params.provider)).id }),
    growFleet: async ({ params, body }) => ({
      items: (await providers.growFleet(params.provider, body.count)).map(orderView),
    }),
  };
}

/** Names of tasks and jobs are told to those who see them. */
async function seenWhy(store: Store, why: NodeWhy, access: RouteAccess): Promise<NodeWhy> {
  const jobs = access.to('jobs:read');
  if (jobs.seesAll) return why;
  const docs = await store.getMany(
    'task',
    why.tasks.map(({ task }) => task),
  );
  const verdicts = await Promise.all(docs.map(({ doc }) => jobs.sees(doc.application)));
  const seen = new Set(docs.filter((_, index) => verdicts[index]).map(({ doc }) => doc.id));
  const claim = (await store.get('ledger', why.node.id))?.doc.claim ?? null;
  const job = claim === null ? undefined : await store.get('job', claim);
  const isClaimSeen = job !== undefined && (await jobs.sees(job.doc.application));
  const sentences =
    claim === null || isClaimSeen ? why.sentences : why.sentences.map((each) => each.replaceAll(claim, 'of others'));
  return { ...why, sentences, tasks: why.tasks.filter(({ task }) => seen.has(task)) };
}

async function add({ providers }: ApiParts, { body }: Asked<'addProvider'>) {
  const { name: id, ...described } = body;
  const provider = await providers.addProvider({ id, ...described });
  return providerView({ provider, nodes: [], orders: [] });
}

async function changed({ store }: ApiParts, node: Node) {
  const [status, ledger] = await Promise.all([store.get('nodeStatus', node.id), store.get('ledger', node.id)]);
  return nodeView({ node, status: status?.doc ?? null, ledger: ledger?.doc ?? null });
}
