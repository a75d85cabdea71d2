// A base image's root file system from a tar that somebody made: for machines without any registry, and for keeping one base everywhere.
import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { BerthError } from '../../model/errors.ts';
import type { RootFilesystemRequest, RootFilesystems } from '../../ports/root-filesystems.ts';

/** Gives the same tar whatever is asked. */
export class TarRoot implements RootFilesystems {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async build({ onLine }: RootFilesystemRequest): Promise<Readable> {
    onLine(`Taking the base image from ${this.#path}`);
    try {
      await access(this.#path, constants.R_OK);
    } catch (cause) {
      throw new BerthError('image.base-failed', { reason: `${this.#path} cannot be read` }, { cause });
    }
    return createReadStream(this.#path);
  }
}
