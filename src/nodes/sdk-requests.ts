// What tasks may ask of the platform through their SDK: what they are to do, to take their records, and connections to declared hosts.
import type { Duplex } from 'node:stream';
import type { OnWritten } from '../engine/watched-store.ts';
import { BerthError } from '../model/errors.ts';
import type { JobStatus } from '../model/job.ts';
import { type Task, taskEnded } from '../model/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Dialer } from '../ports/dialer.ts';
import { ExactlyOneRelays } from './exactly-one-relays.ts';
import { renewLease } from './lease-requests.ts';
import { acceptRecord, type GivenRecord, type RecordKeeping } from './record-requests.ts';
import { requireItsSlot } from './require-its-slot.ts';
import { type Desired, desiredOf } from './sdk-desired.ts';
import { sessionPause } from './session-pause.ts';

/** What answering tasks needs. */
export interface SdkParts extends RecordKeeping {
  readonly clock: Clock;
  readonly dialer: Dialer;
  /** How long the lease of an `exactlyOne` task holds. */
  readonly leaseMs: number;
  /** Tells of every document that is written; returns how to stop. */
  readonly onWritten: (listener: OnWritten) => () => void;
  /** The task that a token belongs to. */
  readonly checkTaskToken: (token: string) => string | undefined;
}

/** How long a question for what is desired is held when nothing changes. */
const HELD_MS = 25_000;

/** Answers tasks. */
export class SdkRequests {
  readonly #parts: SdkParts;
  readonly #waiting = new Map<string, Set<AbortController>>();
  readonly #exactlyOneRelays = new ExactlyOneRelays();
  readonly #stopListening: () => void;

  constructor(parts: SdkParts) {
    this.#parts = parts;
    this.#stopListening = parts.onWritten((kind, id, doc) => {
      if (kind === 'jobStatus' && doc) this.#exactlyOneRelays.jobWritten(doc as JobStatus);
      // A clock offset that changed is told when the question is asked anew: node statuses are written every few seconds.
      if (kind === 'task' || kind === 'taskStatus') this.#tell(`${kind}/${id}`);
    });
  }

  /**
   * The task that asks, checked: its token, that it came from its own node, and that it is not over. Enough to hand in records, which tell
   * of what has happened; for anything else a task must also be the one of its slot.
   * @throws sdk.token-refused, sdk.wrong-node, sdk.task-ended
   */
  async authenticate(token: string, node: string): Promise<Task> {
    const id = this.#parts.checkTaskToken(token);
    if (id === undefined) throw new BerthError('sdk.token-refused');
    const task = await this.#parts.store.get('task', id);
    if (!task) throw new BerthError('sdk.task-ended', { task: id });
    if (task.doc.node !== node) throw new BerthError('sdk.wrong-node', { task: id, node });
    const status = await this.#parts.store.get('taskStatus', id);
    if (status && taskEnded(status.doc.state)) throw new BerthError('sdk.task-ended', { task: id });
    return task.doc;
  }

  /** What the task is to do, as soon as it differs from what is known under `known`; undefined when it did not for a while. @throws sdk.fenced, sdk.task-ended */
  async desired(task: Task, known: string, signal: AbortSignal): Promise<Desired | undefined> {
    await this.requireItsSlot(task);
    const held = new AbortController();
    const cancel = this.#parts.clock.after(HELD_MS, () => held.abort());
    const until = AbortSignal.any([signal, held.signal]);
    try {
      while (!until.aborted) {
        const desired = await this.#desiredOrChange(task, known, until);
        if (desired) return desired;
      }
      return undefined;
    } finally {
      cancel();
    }
  }

  /** Refuses an `exactlyOne` task whose slot was given to another one. @throws sdk.fenced */
  requireItsSlot(task: Task): Promise<void> {
    return requireItsSlot(this.#parts.store, task);
  }

  /** Takes a record; resolves when it is durable. @throws record.* */
  acceptRecord(task: Task, given: GivenRecord): Promise<void> {
    return acceptRecord(this.#parts, task, given);
  }

  /** Lets an `exactlyOne` task run for another while; resolves to its length in ms once that is durable. @throws sdk.lease-refused, sdk.lease-busy */
  renewLease(task: Task): Promise<number> {
    return renewLease(this.#parts, task.id);
  }

  /** A connection to a host and port that the task's package declares. @throws sdk.fenced, node.relay-refused, node.relay-failed */
  async relay(task: Task, host: string, port: number): Promise<Duplex> {
    await this.requireItsSlot(task);
    const declared = task.spec.network.some((need) => sameHost(need.host, host) && need.ports.includes(port));
    if (!declared) {
      throw new BerthError('node.relay-refused', { host, port, reason: 'the package of the task does not declare it' });
    }
    return this.#held(task, await this.#parts.dialer.connect(host, port));
  }

  /** Stops listening to what is written. */
  close(): void {
    this.#stopListening();
  }

  /** The slot may have been given away while the host was dialled. */
  async #held(task: Task, connection: Duplex): Promise<Duplex> {
    this.#exactlyOneRelays.hold(task, connection);
    try {
      await this.requireItsSlot(task);
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  /** Listens first and reads then, so that a change between the two is not missed. */
  async #desiredOrChange(task: Task, known: string, until: AbortSignal): Promise<Desired | undefined> {
    const changed = new AbortController();
    const keys = [`task/${task.id}`, `taskStatus/${task.id}`];
    for (const key of keys) this.#listen(key, changed);
    try {
      const desired = await this.#read(task);
      if (desired.etag !== known) return desired;
      await sessionPause(this.#parts.clock, HELD_MS, AbortSignal.any([changed.signal, until]));
      return undefined;
    } finally {
      for (const key of keys) this.#unlisten(key, changed);
    }
  }

  async #read({ id, node }: Task): Promise<Desired> {
    const { store } = this.#parts;
    const [task, status, nodeStatus] = await Promise.all([
      store.get('task', id),
      store.get('taskStatus', id),
      store.get('nodeStatus', node),
    ]);
    if (!task || (status && taskEnded(status.doc.state))) throw new BerthError('sdk.task-ended', { task: id });
    return desiredOf(task.doc, status?.doc, nodeStatus?.doc);
  }

  #listen(key: string, changed: AbortController): void {
    const listeners = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, listeners.add(changed));
  }

  #unlisten(key: string, changed: AbortController): void {
    const listeners = this.#waiting.get(key);
    listeners?.delete(changed);
    if (listeners?.size === 0) this.#waiting.delete(key);
  }

  #tell(key: string): void {
    for (const changed of this.#waiting.get(key) ?? []) changed.abort();
  }
}

function sameHost(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
