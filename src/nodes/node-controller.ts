// Keeps a session open for every node that is wanted, and lets nodes go that are to be removed.
import type { Controller, Unsettled, Wake, Watches } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { pages } from '../engine/shard-sweep.ts';
import { runSteps } from '../engine/steps.ts';
import type { Instant } from '../model/instant.ts';
import type { Node } from '../model/node.ts';
import { taskEnded } from '../model/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store, Stored } from '../ports/store.ts';
import { decideNode, type NodeSnapshot } from './decide-node.ts';
import type { NodeSessions } from './node-sessions.ts';
import { openStatuses } from './session-sweep.ts';

const PAGE = 500;
const LOOK_AGAIN_MS = 2000;

/** What the controller needs. */
export interface NodeControllerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly sessions: NodeSessions;
  readonly recordEvent: RecordEvent;
  readonly wake: Wake;
  readonly platformUid: string;
}

/** The loop's part for keys `node:…`. */
export class NodeController implements Controller {
  readonly prefix = 'node';
  readonly watches: Watches = {
    node: ({ id }) => [id],
    taskStatus: ({ node, state }) => (taskEnded(state) ? this.#ifLeaving(node) : []),
  };
  readonly #parts: NodeControllerParts;
  /** Nodes on their way out; a hint, so that the end of every task does not wake its node. */
  readonly #leaving = new Set<string>();

  constructor(parts: NodeControllerParts) {
    this.#parts = parts;
  }

  async reconcile(id: string, now: Instant): Promise<Instant | null> {
    const stored = await this.#parts.store.get('node', id);
    const decision = decideNode(await this.#snapshot(id, stored?.doc));
    if (stored?.doc.removing) this.#leaving.add(id);
    await runSteps(decision.steps, {
      open: async () => (stored ? this.#parts.sessions.open(stored.doc) : undefined),
      close: () => this.#parts.sessions.close(id),
      clear: () => this.#clear(id),
      forget: async () => (stored ? this.#forget(stored) : undefined),
    });
    return decision.lookAgain ? now + LOOK_AGAIN_MS : null;
  }

  async *sweep(): AsyncIterable<Unsettled> {
    const at = this.#parts.clock.now();
    for await (const { id } of pages(this.#parts.store, 'node', { limit: PAGE })) yield { id, at };
  }

  #ifLeaving(node: string): readonly string[] {
    return this.#leaving.has(node) ? [node] : [];
  }

  async #snapshot(id: string, node: Node | undefined): Promise<NodeSnapshot> {
    const { sessions, store } = this.#parts;
    const openTasks = node?.removing ? (await openStatuses({ store }, id)).length : 0;
    return { node, opened: sessions.opened(id), isReady: sessions.live(id) !== undefined, openTasks };
  }

  async #clear(id: string): Promise<void> {
    const live = this.#parts.sessions.live(id);
    const containers = (await live?.machine.listContainers(`berth.platform=${this.#parts.platformUid}`)) ?? [];
    const ofTasks = containers.filter(({ labels }) => labels['berth.task'] !== undefined);
    for (const { name } of ofTasks) await live?.machine.removeContainer(name);
  }

  /** The status goes first: a node without status is looked at again, a status without node would stay for ever. */
  async #forget({ doc, version }: Stored<Node>): Promise<void> {
    const { store, recordEvent, wake } = this.#parts;
    const left = await openStatuses({ store }, doc.id);
    const status = await store.get('nodeStatus', doc.id);
    if (status) await store.delete('nodeStatus', doc.id, status.version);
    await store.delete('node', doc.id, version);
    this.#leaving.delete(doc.id);
    for (const { id } of left) wake(`task:${id}`);
    await recordEvent({ kind: 'node.removed', subject: `node:${doc.id}`, text: `Node ${doc.id} was removed.` });
  }
}
