// What may be asked of secrets: keep a value, take one away, seal all with a new key. Nobody is ever given a value back here.
import type { RecordEvent } from '../engine/event-recorder.ts';
import { BerthError } from '../model/errors.ts';
import { MOST_SECRET_BYTES, SECRET_NAME, type Secret, secretId } from '../model/secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { Keyring } from '../ports/keyring.ts';
import type { Log } from '../ports/log.ts';
import { type Store, StoreConflict, type Stored } from '../ports/store.ts';
import { resealSecrets } from './reseal-secrets.ts';
import { secretsOf } from './secret-reads.ts';
import { usersOfSecret } from './secret-users.ts';

/** What requests about secrets need. */
export interface SecretParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly keyring: Keyring;
  readonly recordEvent: RecordEvent;
}

/** A value that is to be kept. */
export interface NewSecret {
  /** Null: the platform's own. */
  readonly application: string | null;
  readonly name: string;
  readonly value: string;
  /** Who gives it. */
  readonly by: string;
}

/** A secret without its value. */
export interface SecretView extends Pick<Secret, 'name' | 'version' | 'updatedAt' | 'by'> {
  /** Whether its key is there, without which nobody can open it again. */
  readonly isReadable: boolean;
}

const TRIES = 10;
const MOST_SECRETS = 1000;

/** Requests about secrets. */
export class SecretRequests {
  readonly #parts: SecretParts;

  constructor(parts: SecretParts) {
    this.#parts = parts;
  }

  /** The secrets of an application, or of the platform, without their values. @throws request.not-found */
  async list(application: string | null): Promise<readonly SecretView[]> {
    await this.#requireApplication(application);
    const keys = new Set(this.#parts.keyring.keys().map(({ id }) => id));
    return (await secretsOf(this.#parts.store, application)).map((secret) => viewOf(secret, keys));
  }

  /** Keeps a value in place of the one before. @throws secret.name-invalid, secret.value-invalid, secret.too-many, request.not-found, platform.store-conflict */
  async put(wanted: NewSecret): Promise<SecretView> {
    requireSound(wanted);
    await this.#requireApplication(wanted.application);
    await this.#requireRoom(wanted);
    const secret = await this.#write(wanted);
    await this.#confirm(secret);
    await this.#tell(secret, 'set', `was set; it is value ${secret.version}`);
    return viewOf(secret, new Set([secret.key]));
  }

  /** Takes a secret away for ever, unless something names it. @throws request.not-found, secret.needed, platform.store-conflict */
  async remove(application: string | null, name: string): Promise<void> {
    const { store } = this.#parts;
    const id = secretId(application, name);
    const stored = await store.get('secret', id);
    if (!stored) throw notFound('secret', name);
    const users = await usersOfSecret(store, application, name);
    if (users.length > 0) throw new BerthError('secret.needed', { name, users: users.join(', ') });
    await this.#delete(stored);
    await this.#tell(stored.doc, 'removed', 'was taken away');
  }

  /**
   * Makes a new key and seals every secret with it. What a crash leaves is sealed at the next start; the old key is forgotten some
   * time after nothing needs it any more.
   */
  async renewKey(): Promise<{ readonly key: string; readonly resealed: number; readonly unreadable: number }> {
    const key = await this.#parts.keyring.rotate();
    const { resealed, unreadable } = await resealSecrets(this.#parts);
    await this.#parts.recordEvent({
      kind: 'secret.key-renewed',
      subject: 'platform:platform',
      text: `The key of secrets was renewed; ${resealed} secrets are sealed with the new one`,
      evidence: { key, resealed, unreadable },
    });
    return { key, resealed, unreadable };
  }

  async #write({ application, name, value, by }: NewSecret): Promise<Secret> {
    const { store, clock, keyring } = this.#parts;
    const id = secretId(application, name);
    for (let tries = 0; tries < TRIES; tries++) {
      const before = await store.get('secret', id);
      const sealed = await keyring.seal(id, new TextEncoder().encode(value));
      const version = (before?.doc.version ?? 0) + 1;
      const secret: Secret = { id, application, name, ...sealed, version, updatedAt: clock.now(), by };
      try {
        return (await (before ? store.update('secret', secret, before.version) : store.create('secret', secret))).doc;
      } catch (error) {
        if (!(error instanceof StoreConflict)) throw error;
      }
    }
    throw new BerthError('platform.store-conflict', { kind: 'secret', id });
  }

  /** The application may have been removed while its secret was written: whoever takes its name next is not to find it. */
  async #confirm({ id, application }: Secret): Promise<void> {
    if (application === null || (await this.#parts.store.get('application', application))) return;
    const stored = await this.#parts.store.get('secret', id);
    if (stored) await this.#delete(stored);
    throw notFound('app', application);
  }

  async #delete({ doc: { id }, version }: Stored<Secret>): Promise<void> {
    try {
      await this.#parts.store.delete('secret', id, version);
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      throw new BerthError('platform.store-conflict', { kind: 'secret', id }, { cause: error });
    }
  }

  async #requireApplication(application: string | null): Promise<void> {
    if (application === null || (await this.#parts.store.get('application', application))) return;
    throw notFound('app', application);
  }

  async #requireRoom({ application, name }: NewSecret): Promise<void> {
    const { store } = this.#parts;
    if (await store.get('secret', secretId(application, name))) return;
    if ((await store.count('secret', { where: { application } })) < MOST_SECRETS) return;
    throw new BerthError('secret.too-many', { limit: MOST_SECRETS, where: application ?? 'the platform' });
  }

  #tell({ id, name, application, version, by }: Secret, what: 'set' | 'removed', text: string): Promise<void> {
    return this.#parts.recordEvent({
      kind: `secret.${what}`,
      subject: `secret:${id}`,
      application,
      text: `The secret ${name} of ${application ?? 'the platform'} ${text}`,
      evidence: what === 'set' ? { version, by } : { version },
    });
  }
}

function requireSound({ name, value }: NewSecret): void {
  if (!SECRET_NAME.test(name))
    throw new BerthError('secret.name-invalid', { name: JSON.stringify(name.slice(0, 100)) });
  const reason = valueFault(value);
  if (reason !== undefined) throw new BerthError('secret.value-invalid', { name, reason });
}

function valueFault(value: string): string | undefined {
  if (value === '') return 'it is empty';
  if (!value.isWellFormed()) return 'it is no text that can be written';
  const sizeBytes = Buffer.byteLength(value);
  return sizeBytes > MOST_SECRET_BYTES ? `it has ${sizeBytes} bytes` : undefined;
}

function viewOf({ name, version, updatedAt, by, key }: Secret, keys: ReadonlySet<string>): SecretView {
  return { name, version, updatedAt, by, isReadable: keys.has(key) };
}

function notFound(what: string, id: string): BerthError {
  return new BerthError('request.not-found', { what, id });
}
