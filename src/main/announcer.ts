// Publishes what this process wrote of events, nodes and actions on the topics that others may read.
import type { WatchedStore } from '../engine/watched-store.ts';
import type { ActionStatus } from '../model/action.ts';
import type { Event } from '../model/event.ts';
import type { Kind } from '../model/kinds.ts';
import type { NodeStatus } from '../model/node.ts';
import type { Bus, Topic, Topics } from '../ports/bus.ts';
import type { Log } from '../ports/log.ts';
import type { AnyDocument } from '../ports/store.ts';

/** What announcing needs. */
export interface AnnouncerParts {
  readonly store: WatchedStore;
  readonly bus: Pick<Bus, 'publish'>;
  readonly log: Log;
}

/** Messages that wait to be published, at most: more are not told, and can be read from the API. */
const MOST_WAITING = 10_000;

/** Tells the topics. */
export class Announcer {
  readonly #parts: AnnouncerParts;
  #waiting = 0;
  #stop: (() => void) | undefined;

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
  }

  /** Begins. */
  start(): void {
    this.#stop = this.#parts.store.onWrittenHere((kind, _, doc) => {
      if (doc) this.#announce(kind, doc);
    });
  }

  /** Ends. */
  close(): void {
    this.#stop?.();
  }

  #announce(kind: Kind, doc: AnyDocument): void {
    if (kind === 'event') this.#publish('berth.deploy.events', (doc as Event).subject, doc as Event);
    else if (kind === 'nodeStatus') this.#publish('berth.node.status', doc.id, nodeMessage(doc as NodeStatus));
    else if (kind === 'actionStatus') this.#publish('berth.actions', doc.id, actionMessage(doc as ActionStatus));
  }

  #publish<T extends Topic>(topic: T, key: string, message: Topics[T]): void {
    if (this.#waiting >= MOST_WAITING) return;
    this.#waiting++;
    this.#parts.bus
      .publish(topic, key, message)
      .catch((error: unknown) => this.#parts.log.debug('A message could not be published', { topic, key, error }))
      .finally(() => {
        this.#waiting--;
      });
  }
}

function nodeMessage({ id, state, reason, load, lastSeenAt, stateSinceAt }: NodeStatus): Topics['berth.node.status'] {
  const [cpu, memory] = [load?.cpu ?? null, load?.memory ?? null];
  return { node: id, state, reason, cpu, memory, at: lastSeenAt ?? stateSinceAt };
}

function actionMessage(status: ActionStatus): Topics['berth.actions'] {
  const { id, instance, kind, state, requestedAt, endedAt, tries } = status;
  const text = tries.at(-1)?.text ?? status.reason;
  return { action: id, instance, kind, state, text, at: endedAt ?? requestedAt };
}
