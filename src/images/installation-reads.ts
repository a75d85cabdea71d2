// What was written while an image's base was made and its dependencies were installed: live while it happens, kept afterwards.
import { createInterface } from 'node:readline';
import { BerthError } from '../model/errors.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Store } from '../ports/store.ts';
import { InstallationLog } from './installation-log.ts';

/** Holds the logs of what is being installed by this process, and reads those that are kept. */
export class InstallationReads {
  readonly #store: Store;
  readonly #blobs: Blobs;
  readonly #live = new Map<string, InstallationLog>();

  constructor(store: Store, blobs: Blobs) {
    this.#store = store;
    this.#blobs = blobs;
  }

  /** Begins an image's log; until `end` it is followed live. */
  begin(image: string): InstallationLog {
    const log = new InstallationLog();
    this.#live.set(image, log);
    return log;
  }

  /** Ends an image's log and keeps its text in Blobs; resolves to its digest, undefined when there was no text. */
  async end(image: string): Promise<string | undefined> {
    const log = this.#live.get(image);
    log?.end();
    const text = log?.text() ?? '';
    return text === '' ? undefined : (await this.#blobs.put(Buffer.from(text))).digest;
  }

  /** Lets the live log go, once the image's document names what was kept. */
  forget(image: string): void {
    this.#live.delete(image);
  }

  /** The lines of an image's installation, those to come included while it happens. @throws request.not-found */
  async *follow(image: string, signal: AbortSignal): AsyncGenerator<string> {
    const live = this.#live.get(image);
    if (live) yield* live.follow(signal);
    else yield* this.#kept(image);
  }

  async *#kept(image: string): AsyncGenerator<string> {
    const stored = await this.#store.get('image', image);
    if (!stored) throw new BerthError('request.not-found', { what: 'image', id: image });
    if (stored.doc.installation === undefined) return;
    yield* createInterface({ input: await this.#blobs.open(stored.doc.installation) });
  }
}
