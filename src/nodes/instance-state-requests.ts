// What algorithms keep beyond their containers: a task reads and writes the values of its own instance.
//
// INVARIANTS:
// - A value that was answered for is durable.
// - A task of an `exactlyOne` job that has lost its slot changes nothing. The slot is looked at between the reading of a value and its
//   writing: what its successor wrote since makes the write fail, and it is looked at again.
import { BerthError } from '../model/errors.ts';
import type { InstanceState } from '../model/instance-state.ts';
import type { Task } from '../model/task.ts';
import type { Clock } from '../ports/clock.ts';
import { type Store, StoreConflict, type Stored } from '../ports/store.ts';
import { requireItsSlot } from './require-its-slot.ts';

/** Bytes of JSON that one value may have. */
export const MOST_STATE_BYTES = 256 * 1024;

/** Keys that one instance may have. Copies that make keys in the same instant may go over it by their number. */
const MOST_STATE_KEYS = 1000;

const LONGEST_KEY = 150;
const CONTROL_CHARACTERS = /\p{Cc}/u;
const TRIES = 10;

/** The values of instances, as their tasks see them. */
export class InstanceStates {
  readonly #store: Store;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(store: Store, clock: Pick<Clock, 'now'>) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Every key of the task's instance, in order. @throws sdk.fenced */
  async keys(task: Task): Promise<readonly string[]> {
    await requireItsSlot(this.#store, task);
    const keys: string[] = [];
    let after: string | undefined;
    do {
      const page = await this.#store.list('instanceState', {
        where: { instance: task.instance },
        orderBy: 'key',
        limit: 1000,
        ...(after === undefined ? {} : { after }),
      });
      keys.push(...page.items.map(({ doc }) => doc.key));
      after = page.next;
    } while (after !== undefined);
    return keys;
  }

  /** A value as JSON text; undefined when there is none. @throws sdk.fenced, state.key-invalid */
  async get(task: Task, key: string): Promise<string | undefined> {
    const id = stateId(task, key);
    await requireItsSlot(this.#store, task);
    return (await this.#store.get('instanceState', id))?.doc.value;
  }

  /** Keeps a value, given as JSON text. @throws sdk.fenced, state.key-invalid, state.too-many-keys, state.busy */
  async set(task: Task, key: string, value: string): Promise<void> {
    const id = stateId(task, key);
    await this.#change(task, id, async (before) => {
      if (before?.doc.value === value) return;
      const doc = { id, instance: task.instance, key, value, updatedAt: this.#clock.now(), task: task.id };
      if (before) return void (await this.#store.update('instanceState', doc, before.version));
      await this.#requireRoom(task.instance);
      await this.#store.create('instanceState', doc);
    });
  }

  /** Forgets a value; it is no error when there is none. @throws sdk.fenced, state.key-invalid, state.busy */
  async delete(task: Task, key: string): Promise<void> {
    const id = stateId(task, key);
    await this.#change(task, id, async (before) => {
      if (before) await this.#store.delete('instanceState', id, before.version);
    });
  }

  async #change(
    task: Task,
    id: string,
    write: (before: Stored<InstanceState> | undefined) => Promise<void>,
  ): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const before = await this.#store.get('instanceState', id);
      await requireItsSlot(this.#store, task);
      try {
        return await write(before);
      } catch (error) {
        if (!(error instanceof StoreConflict)) throw error;
      }
    }
    throw new BerthError('state.busy', { id });
  }

  async #requireRoom(instance: string): Promise<void> {
    const count = await this.#store.count('instanceState', { where: { instance } });
    if (count >= MOST_STATE_KEYS) throw new BerthError('state.too-many-keys', { instance, limit: MOST_STATE_KEYS });
  }
}

function stateId({ instance }: Task, key: string): string {
  if (key === '' || key.length > LONGEST_KEY || CONTROL_CHARACTERS.test(key) || !key.isWellFormed()) {
    throw new BerthError('state.key-invalid', { limit: LONGEST_KEY });
  }
  return `${instance}/${key}`;
}
