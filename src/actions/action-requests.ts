// What tasks may ask to be done. A request is answered when it is durable, and under its key it is one action however often it is asked.
import { createHash } from 'node:crypto';
import type { OnWritten } from '../engine/watched-store.ts';
import type { Action, ActionOrder, ActionStatus } from '../model/action.ts';
import { BerthError } from '../model/errors.ts';
import { shardOf } from '../model/shard.ts';
import type { Task } from '../model/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { actionEnded } from './decide-action.ts';
import { lastsUntil } from './ordinary-rules.ts';
import { storeAction } from './store-action.ts';
import { type CheckedAction, checkedAction } from './wanted-action.ts';

/** What requests need. */
export interface ActionRequestParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Tells of every document that is written; returns how to stop. */
  readonly onWritten: (listener: OnWritten) => () => void;
}

type WantedControl = Extract<CheckedAction, { readonly kind: 'control' }>;

/** How long a question for an outcome is held. */
const HELD_MS = 25_000;
/** Of one instance: what is not over. Budgets let through what they may; the rest must not pile up without bound. */
const MOST_WAITING = 500;
/** Of the digest of instance and key, in hex: 80 bits. */
const ID_DIGITS = 20;

/** Takes requests of tasks and tells them what became of them. */
export class ActionRequests {
  readonly #parts: ActionRequestParts;
  readonly #waiting = new Map<string, Set<AbortController>>();
  readonly #stopListening: () => void;

  constructor(parts: ActionRequestParts) {
    this.#parts = parts;
    this.#stopListening = parts.onWritten((kind, id) => {
      if (kind === 'actionStatus') for (const changed of this.#waiting.get(id) ?? []) changed.abort();
    });
  }

  /**
   * Takes what a task wants (see wanted-action.ts): the same key from the same instance is the same action, whatever else it says.
   * @throws action.invalid, action.not-declared, action.no-such-control, action.instance-gone, action.too-many
   */
  async request(task: Task, wanted: unknown): Promise<Action> {
    const { store, clock } = this.#parts;
    const checked = checkedAction(wanted);
    const id = actionId(task.instance, checked.key);
    const present = await store.get('action', id);
    if (present) return storeAction(store, present.doc);
    const order = await this.#order(task, checked);
    await this.#refuseTooMany(task.instance);
    const requestedAt = clock.now();
    const { instance, application, job } = task;
    const of = { id, instance, application, job, task: task.id, key: checked.key, shard: shardOf(id) };
    return storeAction(store, { ...of, order, requestedAt, expiresAt: lastsUntil(order, requestedAt) });
  }

  /** What became of an action of the task's instance: as soon as it is over, or its state after a while. @throws request.not-found */
  async outcome(task: Task, id: string, signal: AbortSignal): Promise<ActionStatus> {
    const held = new AbortController();
    const cancel = this.#parts.clock.after(HELD_MS, () => held.abort());
    const until = AbortSignal.any([signal, held.signal]);
    try {
      for (;;) {
        const status = await this.#endOrChange(task, id, until);
        if (status) return status;
      }
    } finally {
      cancel();
    }
  }

  /** Stops listening to what is written. */
  close(): void {
    this.#stopListening();
  }

  /** Listens first and reads then, so that a change between the two is not missed. */
  async #endOrChange(task: Task, id: string, until: AbortSignal): Promise<ActionStatus | undefined> {
    const changed = new AbortController();
    this.#waiting.set(id, (this.#waiting.get(id) ?? new Set()).add(changed));
    try {
      const status = await this.#status(task, id);
      if (actionEnded(status.state) || until.aborted) return status;
      await aborted(AbortSignal.any([changed.signal, until]));
      return undefined;
    } finally {
      const waiting = this.#waiting.get(id);
      waiting?.delete(changed);
      if (waiting?.size === 0) this.#waiting.delete(id);
    }
  }

  async #status(task: Task, id: string): Promise<ActionStatus> {
    const stored = await this.#parts.store.get('actionStatus', id);
    if (stored?.doc.instance !== task.instance) throw new BerthError('request.not-found', { what: 'action', id });
    return stored.doc;
  }

  async #order(task: Task, wanted: CheckedAction): Promise<ActionOrder> {
    if (wanted.kind === 'control') return this.#controlOrder(task, wanted);
    if (!task.spec.actions?.includes(wanted.kind))
      throw new BerthError('action.not-declared', { algorithm: task.algorithm, what: `the action ${wanted.kind}` });
    const { key: _, ...order } = wanted;
    return order;
  }

  async #controlOrder(task: Task, wanted: WantedControl): Promise<ActionOrder> {
    const { name, index, control, parameters, timeoutSeconds } = wanted;
    const isDeclared = task.spec.sensorNeeds?.controls.some((need) => need.name === name) ?? false;
    if (!isDeclared)
      throw new BerthError('action.not-declared', { algorithm: task.algorithm, what: `the control ${name}` });
    const binding = await this.#parts.store.get('jobBinding', task.job);
    const controls = binding?.doc.controls ?? {};
    const bound = Object.hasOwn(controls, name) ? (controls[name] ?? []) : [];
    const sensor = bound[index];
    if (sensor === undefined) throw new BerthError('action.no-such-control', { name, index, count: bound.length });
    return { kind: 'control', sensor, control, parameters, timeoutMs: Math.round(timeoutSeconds * 1000) };
  }

  async #refuseTooMany(id: string): Promise<void> {
    const { store } = this.#parts;
    const instance = await store.get('instance', id);
    if (!instance || instance.doc.removing) throw new BerthError('action.instance-gone', { instance: id });
    const states = ['waiting', 'held', 'sending'] as const;
    const counts = await Promise.all(
      states.map((state) => store.count('actionStatus', { where: { instance: id, state } })),
    );
    const count = counts.reduce((total, each) => total + each, 0);
    if (count >= MOST_WAITING) throw new BerthError('action.too-many', { count, instance: instance.doc.name });
  }
}

/** The id of the action that an instance asks for under a key. */
export function actionId(instance: string, key: string): string {
  const digest = createHash('sha256').update(`${instance}\0${key}`).digest('hex');
  return `${instance}.${digest.slice(0, ID_DIGITS)}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
