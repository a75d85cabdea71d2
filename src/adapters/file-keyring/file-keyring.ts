// Keys in a file that only the platform's user may read. Values are sealed with AES-256-GCM (NIST SP 800-38D) under a random 96-bit
// nonce; the id to which a value is bound and the key's name are authenticated with it, so that a sealed value that is copied to
// another place does not open there.
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Keyring, KeyView, Sealed } from '../../ports/keyring.ts';
import type { Random } from '../../ports/random.ts';
import { type FileKey, KEY_BYTES, readKeyFile, writeKeyFile } from './key-file.ts';

/** What the keys are kept with. */
export interface FileKeyringParts {
  readonly path: string;
  readonly clock: Clock;
  readonly random: Random;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORM = 'v1.';

/** Keys in a file. */
export class FileKeyring implements Keyring {
  readonly place: string;
  readonly #parts: FileKeyringParts;
  #keys: readonly FileKey[];
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(parts: FileKeyringParts, keys: readonly FileKey[]) {
    this.place = parts.path;
    this.#parts = parts;
    this.#keys = keys;
  }

  /** Reads the file, or makes it with a first key. @throws secret.key-file-unusable */
  static async open(parts: FileKeyringParts): Promise<FileKeyring> {
    const found = await readKeyFile(parts.path);
    if (found) return new FileKeyring(parts, found);
    const keys = [newKey(parts)];
    await writeKeyFile(parts.path, keys);
    return new FileKeyring(parts, keys);
  }

  async seal(bound: string, plain: Uint8Array): Promise<Sealed> {
    const { id, bytes } = this.#present();
    const nonce = this.#parts.random.bytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, bytes, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(associated(id, bound));
    const whole = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { key: id, sealed: FORM + whole.toString('base64') };
  }

  async open(bound: string, { key, sealed }: Sealed): Promise<Uint8Array> {
    const found = this.#keys.find(({ id }) => id === key);
    if (!found) throw new BerthError('secret.keys-missing', { count: 1, keys: key, place: this.place });
    const whole = Buffer.from(sealed.slice(FORM.length), 'base64');
    if (!sealed.startsWith(FORM) || whole.length < NONCE_BYTES + TAG_BYTES) throw unreadable(bound, key);
    const cipher = createDecipheriv(CIPHER, found.bytes, whole.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    cipher.setAAD(associated(key, bound));
    cipher.setAuthTag(whole.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([cipher.update(whole.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()]);
    } catch (error) {
      throw unreadable(bound, key, error);
    }
  }

  rotate(): Promise<string> {
    return this.#alone(async () => {
      const fresh = newKey(this.#parts);
      const retired = this.#keys.map((key) => ({ ...key, retiredAt: key.retiredAt ?? fresh.createdAt }));
      await this.#write([...retired, fresh]);
      return fresh.id;
    });
  }

  keys(): readonly KeyView[] {
    return this.#keys.map(({ id, createdAt, retiredAt }) => ({ id, createdAt, retiredAt }));
  }

  forget(key: string): Promise<void> {
    return this.#alone(async () => {
      const kept = this.#keys.filter(({ id, retiredAt }) => id !== key || retiredAt === null);
      if (kept.length < this.#keys.length) await this.#write(kept);
    });
  }

  #present(): FileKey {
    const present = this.#keys.at(-1);
    if (!present) throw new Error('A key ring without a key was made.');
    return present;
  }

  /** Nothing is sealed with a key that is not durable. */
  async #write(keys: readonly FileKey[]): Promise<void> {
    await writeKeyFile(this.#parts.path, keys);
    this.#keys = keys;
  }

  #alone<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#writing.then(act);
    // Whoever asked is told of a failure; the next act only waits for the end.
    this.#writing = done.catch(() => undefined);
    return done;
  }
}

function newKey({ clock, random }: FileKeyringParts): FileKey {
  return { id: random.id(10), bytes: Buffer.from(random.bytes(KEY_BYTES)), createdAt: clock.now(), retiredAt: null };
}

function associated(key: string, bound: string): Buffer {
  return Buffer.from(JSON.stringify(['berth secret', key, bound]));
}

function unreadable(id: string, key: string, cause?: unknown): BerthError {
  return new BerthError('secret.unreadable', { id, key }, { cause });
}
