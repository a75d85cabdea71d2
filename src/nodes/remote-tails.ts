// The logs that are being written on all nodes: those of this process's own, and those that other processes look after.
import type { Kind } from '../model/kinds.ts';
import { type TaskStatus, taskEnded } from '../model/task.ts';
import type { AnyDocument } from '../ports/store.ts';
import { evidenceDueAt } from './evidence-due.ts';
import type { LiveLogs } from './log-live.ts';
import type { LogTails, TailView } from './log-tail-view.ts';
import { RemoteTail, type RemoteTailParts } from './remote-tail.ts';

/** What finding the ends of logs needs. */
export interface RemoteTailsParts extends RemoteTailParts {
  readonly local: LiveLogs;
  /** The component that looks after a node; null: nobody does, or this process. */
  readonly ownerOf: (node: string) => string | null;
}

/** The ends of logs wherever they are: which process has one is looked up each time, so that nothing stays wrong. */
export class RemoteTails implements LogTails {
  readonly #parts: RemoteTailsParts;
  readonly #listeners = new Set<(task: string) => void>();

  constructor(parts: RemoteTailsParts) {
    this.#parts = parts;
    parts.local.onAdded((task) => this.#tell(task));
  }

  async find(task: string): Promise<TailView | undefined> {
    const { local, store, ownerOf } = this.#parts;
    const here = await local.find(task);
    if (here) return here;
    const status = (await store.get('taskStatus', task))?.doc;
    const component = status && grows(status) ? ownerOf(status.node) : null;
    return component === null ? undefined : new RemoteTail(this.#parts, task, component);
  }

  onAdded(listener: (task: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A document was written. */
  written(kind: Kind, id: string, doc: AnyDocument | undefined): void {
    if (kind === 'taskStatus' && doc && 'state' in doc && doc.state === 'running') this.#tell(id);
  }

  #tell(task: string): void {
    for (const listener of this.#listeners) listener(task);
  }
}

/** Of a task that ended, until what is left of it was gathered. */
function grows({ state, nextAt, endedAt }: TaskStatus): boolean {
  return !taskEnded(state) || (endedAt !== null && nextAt === evidenceDueAt(endedAt));
}
