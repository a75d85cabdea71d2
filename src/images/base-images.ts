// The base image that every application's image stands on: pulled where a registry answers, made from Debian packages where none does.
// It is made once per platform and setting. Its document is written last, so that a crash before leaves only blobs that nothing names.
import { createHash } from 'node:crypto';
import { BerthError } from '../model/errors.ts';
import type { BaseImage } from '../model/image.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Clock } from '../ports/clock.ts';
import type { Machine } from '../ports/machine.ts';
import type { RootFilesystems } from '../ports/root-filesystems.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import type { FindBuilder } from './builder.ts';
import { baseRecipe, imageDocuments } from './image-config.ts';
import { type SavedImage, storeSavedImage } from './saved-image.ts';
import { withinLimit } from './within-limit.ts';

/** Debian packages that an application's image needs beside the minimal system. */
export const BASE_PACKAGES: readonly string[] = ['python3', 'python3-pip', 'ca-certificates'];

/** Which base image is wanted. */
export interface BaseSettings {
  /** An image with `python3` and pip on its PATH that a registry serves; empty to make it from Debian packages at once. */
  readonly reference: string;
  /** Path of a tar that is the root file system; empty to make one. What is in it is read once, so a changed one wants a new path. */
  readonly tar: string;
  /** How long the registry may take before Debian packages are used instead, in ms. */
  readonly pullLimitMs: number;
  /** How long making it from Debian packages may take, in ms. */
  readonly buildLimitMs: number;
  /** Debian mirror; the machine's own when empty. */
  readonly debianMirror: string;
  /** PEM certificates to trust inside; empty for none. */
  readonly caCertificates: string;
}

/** What making base images needs. */
export interface BaseImageParts {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly rootFilesystems: RootFilesystems;
  readonly findBuilder: FindBuilder;
  readonly settings: BaseSettings;
  /** Docker's word for this machine's architecture, as in `amd64`. */
  readonly architecture: string;
}

/** Told what is being done, line by line. */
export type OnLine = (line: string) => void;

/** The id of the base image that a setting asks for. */
export function baseImageId({ reference, tar }: Pick<BaseSettings, 'reference' | 'tar'>): string {
  const asked = JSON.stringify([reference, tar, BASE_PACKAGES]);
  return createHash('sha256').update(asked).digest('hex').slice(0, 16);
}

/** Makes the base image once; callers that come meanwhile share the work and its lines. */
export class BaseImages {
  readonly #parts: BaseImageParts;
  readonly #listeners = new Set<OnLine>();
  #making: Promise<BaseImage> | undefined;

  constructor(parts: BaseImageParts) {
    this.#parts = parts;
  }

  /** The base image, made first if it is not there. @throws image.no-builder, image.base-failed, image.base-tool-missing */
  async ensure(onLine: OnLine): Promise<BaseImage> {
    const present = await this.#parts.store.get('baseImage', baseImageId(this.#parts.settings));
    if (present) return present.doc;
    this.#listeners.add(onLine);
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    try {
      return await this.#making;
    } finally {
      this.#listeners.delete(onLine);
    }
  }

  async #make(): Promise<BaseImage> {
    const pulled = this.#parts.settings.reference === '' ? undefined : await this.#pulled();
    const made = pulled ?? (await this.#built());
    const doc = { ...made, id: baseImageId(this.#parts.settings), createdAt: this.#parts.clock.now() };
    return this.#stored(doc);
  }

  async #stored(doc: BaseImage): Promise<BaseImage> {
    const { config, manifest } = imageDocuments(baseRecipe(doc));
    await this.#parts.blobs.put(config);
    await this.#parts.blobs.put(manifest);
    try {
      return (await this.#parts.store.create('baseImage', doc)).doc;
    } catch (error) {
      // Another process made it meanwhile: theirs is the base image, and our layers are collected.
      const theirs = error instanceof StoreConflict ? await this.#parts.store.get('baseImage', doc.id) : undefined;
      if (!theirs) throw error;
      return theirs.doc;
    }
  }

  async #pulled(): Promise<Omit<BaseImage, 'id' | 'createdAt'> | undefined> {
    const { reference } = this.#parts.settings;
    const builder = await this.#parts.findBuilder();
    if (!builder) throw new BerthError('image.no-builder', { what: `the base image ${reference} can be pulled` });
    this.#tell(`Pulling the base image ${reference} on node ${builder.node}`);
    try {
      if (!(await this.#isPulled(builder.machine, reference))) return undefined;
      const saved = await this.#saved(builder.machine, reference);
      return baseOf(saved, `image ${reference}, pulled on node ${builder.node}`);
    } finally {
      await builder.close();
    }
  }

  async #isPulled(machine: Machine, reference: string): Promise<boolean> {
    try {
      await this.#pull(machine, reference);
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#tell(`${reference} could not be pulled (${why}); making a base image from Debian packages instead`);
      return false;
    }
  }

  async #pull(machine: Machine, reference: string): Promise<void> {
    if (await machine.hasImage(reference)) return;
    const { clock, settings } = this.#parts;
    const pulling = machine.pullPublicImage(reference, () => undefined);
    const reason = `no registry gave ${reference} within ${Math.round(settings.pullLimitMs / 1000)} s`;
    await withinLimit(clock, settings.pullLimitMs, pulling, () => new BerthError('image.base-failed', { reason }));
  }

  async #saved(machine: Machine, reference: string): Promise<SavedImage> {
    this.#tell('Taking its layers');
    return storeSavedImage(this.#parts.blobs, await machine.saveImage(reference), reference);
  }

  async #built(): Promise<Omit<BaseImage, 'id' | 'createdAt'>> {
    const { settings, clock, blobs, rootFilesystems, architecture } = this.#parts;
    const limit = new AbortController();
    const cancel = clock.after(settings.buildLimitMs, () => limit.abort(tooLong(settings.buildLimitMs)));
    this.#tell(`Making the base image from Debian packages: ${BASE_PACKAGES.join(', ')}`);
    try {
      const tar = await rootFilesystems.build({
        include: BASE_PACKAGES,
        mirror: settings.debianMirror,
        caCertificates: settings.caCertificates,
        onLine: (line) => this.#tell(line),
        signal: limit.signal,
      });
      const layer = await blobs.put(tar);
      return baseOf({ layers: [layer], environment: [DEBIAN_PATH], architecture }, 'Debian packages (debootstrap)');
    } finally {
      cancel();
    }
  }

  #tell(line: string): void {
    for (const listener of this.#listeners) listener(line);
  }
}

const DEBIAN_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function tooLong(limitMs: number): BerthError {
  return new BerthError('image.base-failed', { reason: `it took longer than ${Math.round(limitMs / 1000)} s.` });
}

function baseOf(saved: SavedImage, source: string): Omit<BaseImage, 'id' | 'createdAt'> {
  const layers = saved.layers.map(({ digest, sizeBytes }) => ({ digest, sizeBytes, role: 'base' as const }));
  return { source, layers, architecture: saved.architecture, environment: saved.environment };
}
