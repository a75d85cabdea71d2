// The answer to "why is this node as it is?": its state, what was found, what was tried, what comes next, and its tasks, in sentences.
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Ledger, Node, NodeStatus } from '../model/node.ts';
import type { RecoveryTry, ServerStatus } from '../model/server.ts';
import type { Store } from '../ports/store.ts';

/** Why a node is as it is. */
export interface NodeWhy {
  readonly node: Node;
  readonly status: NodeStatus | null;
  readonly server: ServerStatus | null;
  /** Plain sentences, in the order in which a person asks; instants in them are ISO 8601 in UTC. */
  readonly sentences: readonly string[];
  readonly tasks: readonly { readonly task: string; readonly state: string; readonly reason: string }[];
}

const TASKS_TOLD = 200;

/** Why one node is as it is. @throws request.not-found */
export async function whyNode(store: Store, id: string): Promise<NodeWhy> {
  const node = await store.get('node', id);
  if (!node) throw new BerthError('request.not-found', { what: 'node', id });
  const [status, server, ledger] = await Promise.all([
    store.get('nodeStatus', id),
    store.get('serverStatus', id),
    store.get('ledger', id),
  ]);
  const facts = { node: node.doc, status: status?.doc ?? null, server: server?.doc ?? null };
  const tasks = await tasksOn(store, ledger?.doc ?? null);
  return { ...facts, sentences: nodeWhySentences({ ...facts, ledger: ledger?.doc ?? null }), tasks };
}

async function tasksOn(store: Store, ledger: Ledger | null): Promise<NodeWhy['tasks']> {
  const ids = (ledger?.reservations ?? []).slice(0, TASKS_TOLD).map(({ task }) => task);
  const statuses = new Map((await store.getMany('taskStatus', ids)).map(({ doc }) => [doc.id, doc]));
  return ids.map((task) => {
    const found = statuses.get(task);
    return { task, state: found?.state ?? 'assigned', reason: found?.reason ?? 'not taken up yet' };
  });
}

/** What the sentences are made from. */
interface NodeFactsForWhy extends Pick<NodeWhy, 'node' | 'status' | 'server'> {
  readonly ledger: Ledger | null;
}

/** The sentences; pure. */
function nodeWhySentences(facts: NodeFactsForWhy): readonly string[] {
  return [
    ...stateWords(facts),
    ...wishWords(facts),
    ...machineWords(facts),
    ...triedWords(facts),
    ...nextWords(facts),
    ...taskWords(facts),
  ];
}

function stateWords({ node, status }: NodeFactsForWhy): readonly string[] {
  if (!status) return [`Node ${node.id} has not been reached yet.`];
  const { state, stateSinceAt, reason, lastSeenAt, pressure, quarantinedUntilAt, lostAt = [] } = status;
  const seen = state !== 'ready' && lastSeenAt !== null ? [`It was last seen at ${iso(lastSeenAt)}.`] : [];
  const pressed = pressure
    ? ['Its disk is nearly full: images and ended containers are collected, and nothing is placed on it.']
    : [];
  const flapped =
    quarantinedUntilAt === undefined
      ? []
      : [
          `It came and went (lost ${lostAt.length} times lately): nothing is placed on it before ${iso(quarantinedUntilAt)}.`,
        ];
  return [
    `Node ${node.id} is ${state} since ${iso(stateSinceAt)}: ${sentence(reason)}`,
    ...seen,
    ...pressed,
    ...flapped,
  ];
}

function wishWords({ node }: NodeFactsForWhy): readonly string[] {
  const until = node.drainUntilAt === undefined ? '' : `, what is left is stopped at ${iso(node.drainUntilAt)}`;
  const leaving = node.removing
    ? ['It is being removed: it is forgotten as soon as nothing runs there.']
    : node.draining
      ? [`It is being drained: nothing new is placed on it, and what is there moves away${until}.`]
      : [];
  const off = node.recovery?.mode === 'off' ? ['A person switched its recovery off.'] : [];
  return [...leaving, ...off];
}

function machineWords({ node, server }: NodeFactsForWhy): readonly string[] {
  if (!node.machine) return ['No provider stands behind it: only people can power its machine or replace it.'];
  const { provider, machine, isAdded } = node.machine;
  const added = isAdded ? ', added by the platform for room' : '';
  const word = server?.machine;
  const said = word
    ? `; the provider said at ${iso(word.at)} that it is ${word.state}`
    : '; the provider has not said yet how it is';
  return [`Its machine is ${machine} of the provider ${provider}${added}${said}.`];
}

function triedWords({ server }: NodeFactsForWhy): readonly string[] {
  const tries = server?.tries ?? [];
  return tries.map(tryWords);
}

const OUTCOMES = { 'under-way': 'under way', done: 'done', failed: 'failed', unknown: 'outcome unknown' } as const;

function tryWords({ act, at, endedAt, outcome, text }: RecoveryTry): string {
  const end = endedAt === null ? '' : ` at ${iso(endedAt)}`;
  return `Tried at ${iso(at)}: ${act}; ${OUTCOMES[outcome]}${end}. ${sentence(text)}`;
}

function nextWords({ server }: NodeFactsForWhy): readonly string[] {
  if (!server || server.state === 'well') return [];
  const at = server.nextAt === null ? '' : ` Next step not before ${iso(server.nextAt)}.`;
  return [`Recovery is ${server.state === 'given-up' ? 'given up' : server.state}: ${sentence(server.reason)}${at}`];
}

function taskWords({ ledger }: NodeFactsForWhy): readonly string[] {
  const count = ledger?.reservations.length ?? 0;
  const claimed = ledger?.claim ? [`The standalone job ${ledger.claim} has it to itself.`] : [];
  return [
    ...claimed,
    count === 0 ? 'No task has room on it.' : `${count} ${count === 1 ? 'task has' : 'tasks have'} room on it.`,
  ];
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}
