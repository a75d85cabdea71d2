// Secrets that channels and providers name: `secret:NAME` is one of the platform's own, anything else the path of a file.
import { BerthError } from '../model/errors.ts';
import { SECRET_PREFIX, secretId } from '../model/secret.ts';
import type { Keyring } from '../ports/keyring.ts';
import type { SecretFiles } from '../ports/secret-files.ts';
import type { Store } from '../ports/store.ts';

/** What reading them needs. */
export interface NamedSecretParts {
  readonly store: Store;
  readonly keyring: Keyring;
  readonly files: SecretFiles;
}

/** Reads secrets by name or path. */
export class NamedSecrets implements SecretFiles {
  readonly #parts: NamedSecretParts;

  constructor(parts: NamedSecretParts) {
    this.#parts = parts;
  }

  async read(path: string): Promise<string> {
    if (!path.startsWith(SECRET_PREFIX)) return this.#parts.files.read(path);
    const text = (await this.value(path)).replace(/\r?\n$/, '');
    if (text === '') throw unreadable(path, 'it is empty');
    if (/\p{Cc}/u.test(text)) throw unreadable(path, 'it holds more than one line');
    return text;
  }

  /** The whole value that `secret:NAME` stands for. @throws platform.secret-unreadable */
  async value(path: string): Promise<string> {
    const { store, keyring } = this.#parts;
    const stored = await store.get('secret', secretId(null, path.slice(SECRET_PREFIX.length)));
    if (!stored) throw unreadable(path, 'the platform has no secret of that name');
    try {
      return new TextDecoder().decode(await keyring.open(stored.doc.id, stored.doc));
    } catch (error) {
      if (!(error instanceof BerthError)) throw error;
      throw unreadable(path, 'its key is missing or wrong', error);
    }
  }
}

function unreadable(path: string, reason: string, cause?: unknown): BerthError {
  return new BerthError('platform.secret-unreadable', { path, reason }, { cause });
}
