// The secrets of tasks: each is given those that its job's spec names, of its own application, and told when they change.
import { hash } from 'node:crypto';
import type { OnWritten } from '../engine/watched-store.ts';
import { BerthError } from '../model/errors.ts';
import { type Secret, secretId } from '../model/secret.ts';
import type { Task } from '../model/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Keyring } from '../ports/keyring.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';

/** What giving them needs. */
export interface TaskSecretParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly keyring: Keyring;
  /** Tells of every document that is written; returns how to stop. */
  readonly onWritten: (listener: OnWritten) => () => void;
}

/** What a task is given. `etag` names the contents, and tells nothing of them. */
export interface GivenSecrets {
  readonly etag: string;
  readonly secrets: readonly { readonly name: string; readonly value: string }[];
  /** Those that its spec names and that cannot be given. */
  readonly missing: readonly string[];
}

/** How long a question is held when nothing changes. */
const HELD_MS = 25_000;

/** Gives tasks their secrets. */
export class TaskSecrets {
  readonly #parts: TaskSecretParts;
  /** Questions that are held, by application. */
  readonly #held = new Map<string, Set<AbortController>>();
  readonly #stopListening: () => void;

  constructor(parts: TaskSecretParts) {
    this.#parts = parts;
    this.#stopListening = parts.onWritten((kind, id) => {
      if (kind === 'secret') this.#tell(id.slice(0, id.indexOf('/')));
    });
  }

  /** A task's secrets as soon as they differ from what is known under `known`; undefined when they did not for a while. */
  async given(task: Task, known: string, signal: AbortSignal): Promise<GivenSecrets | undefined> {
    const late = new AbortController();
    const cancel = this.#parts.clock.after(HELD_MS, () => late.abort());
    const until = AbortSignal.any([signal, late.signal]);
    try {
      while (!until.aborted) {
        const given = await this.#givenOrChange(task, known, until);
        if (given) return given;
      }
      return undefined;
    } finally {
      cancel();
    }
  }

  /** Stops listening to what is written. */
  close(): void {
    this.#stopListening();
  }

  /** Listens first and reads then, so that a change between the two is not missed. */
  async #givenOrChange(task: Task, known: string, until: AbortSignal): Promise<GivenSecrets | undefined> {
    const changed = new AbortController();
    const held = this.#held.get(task.application) ?? new Set();
    this.#held.set(task.application, held.add(changed));
    try {
      const secrets = await this.#read(task);
      const etag = etagOf(secrets);
      if (etag !== known) return { etag, ...(await this.#opened(task, secrets)) };
      await aborted(AbortSignal.any([changed.signal, until]));
      return undefined;
    } finally {
      held.delete(changed);
      if (held.size === 0 && this.#held.get(task.application) === held) this.#held.delete(task.application);
    }
  }

  async #read({ application, spec: { secrets = [] } }: Task): Promise<readonly Secret[]> {
    if (secrets.length === 0) return [];
    const stored = await this.#parts.store.getMany(
      'secret',
      secrets.map((name) => secretId(application, name)),
    );
    return stored.map(({ doc }) => doc);
  }

  async #opened({ id, spec }: Task, secrets: readonly Secret[]): Promise<Omit<GivenSecrets, 'etag'>> {
    const opened = await Promise.all(secrets.map((secret) => this.#open(secret, id)));
    const given = opened.filter((secret) => secret !== undefined);
    const names = new Set(given.map(({ name }) => name));
    return { secrets: given, missing: (spec.secrets ?? []).filter((name) => !names.has(name)) };
  }

  async #open(secret: Secret, task: string): Promise<GivenSecrets['secrets'][number] | undefined> {
    const { keyring, log } = this.#parts;
    try {
      return { name: secret.name, value: new TextDecoder().decode(await keyring.open(secret.id, secret)) };
    } catch (error) {
      if (!(error instanceof BerthError)) throw error;
      log.error('A secret cannot be given to a task', { secret: secret.id, task, error });
      return undefined;
    }
  }

  #tell(application: string): void {
    for (const changed of this.#held.get(application) ?? []) changed.abort();
  }
}

/** Of sealed values, no two of which are the same: whoever sees it cannot try what they might be. */
function etagOf(secrets: readonly Secret[]): string {
  return hash('sha256', JSON.stringify(secrets.map(({ name, sealed }) => [name, sealed]))).slice(0, 32);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
