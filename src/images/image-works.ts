// The images that this process is making now: begun by the controller, awaited here, so that a slow installation blocks nothing.
// What comes of a work is held until the controller has written it.
import { BerthError } from '../model/errors.ts';
import type { Package } from '../model/package.ts';
import type { Log } from '../ports/log.ts';
import { StoreConflict } from '../ports/store.ts';
import { type BuildParts, buildImage } from './build-image.ts';
import type { ImageFailure, ImageWork } from './decide-image.ts';
import { InstallationFailed } from './installation-failed.ts';
import type { InstallationReads } from './installation-reads.ts';
import { storeSdkLayer } from './sdk-layer.ts';

/** What making images in the background needs. */
export interface ImageWorksParts {
  readonly build: BuildParts;
  readonly reads: InstallationReads;
  readonly log: Log;
  /** Told the id of an image whose work has got further. */
  readonly onChange: (image: string) => void;
}

/** Begins and holds works; tells when one has got further. */
export class ImageWorks {
  readonly #parts: ImageWorksParts;
  readonly #works = new Map<string, ImageWork>();
  readonly #running = new Set<Promise<void>>();
  #sdk: string | undefined;

  constructor(parts: ImageWorksParts) {
    this.#parts = parts;
  }

  /** Digest of the SDK's layer; read once, because the program does not change under itself. */
  async sdkDigest(): Promise<string> {
    const { blobs, sdkDirectories } = this.#parts.build;
    this.#sdk ??= (await storeSdkLayer(blobs, sdkDirectories)).digest;
    return this.#sdk;
  }

  /** How far the work on an image is; undefined when there is none. */
  get(image: string): ImageWork | undefined {
    return this.#works.get(image);
  }

  /** Begins to make a package's image, unless that is being done. */
  begin(pkg: Package): void {
    if (this.#works.has(pkg.id)) return;
    this.#works.set(pkg.id, { phase: 'preparing' });
    const running = this.#run(pkg).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Lets a work go whose outcome was written. */
  forget(image: string): void {
    this.#works.delete(image);
    this.#parts.reads.forget(image);
  }

  /** Resolves when nothing is being made any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #run(pkg: Package): Promise<void> {
    const work = await this.#outcome(pkg);
    this.#change(pkg.id, work);
  }

  async #outcome(pkg: Package): Promise<ImageWork> {
    const text = this.#parts.reads.begin(pkg.id);
    const onInstalling = () => this.#change(pkg.id, { phase: 'installing' });
    try {
      const built = await buildImage(this.#parts.build, pkg, text, onInstalling);
      return { phase: 'built', built, installation: await this.#parts.reads.end(pkg.id) };
    } catch (error) {
      return { phase: 'failed', failure: failureOf(error), installation: await this.#keptText(pkg.id) };
    }
  }

  // The text could not be stored when the disk is what failed; the failure itself must be told all the same.
  async #keptText(image: string): Promise<string | undefined> {
    try {
      return await this.#parts.reads.end(image);
    } catch (error) {
      this.#parts.log.warn('The text of an installation could not be kept', { image, error });
      return undefined;
    }
  }

  #change(image: string, work: ImageWork): void {
    this.#works.set(image, work);
    this.#parts.onChange(image);
  }
}

function failureOf(error: unknown): ImageFailure {
  const known = error instanceof BerthError ? error : new BerthError('platform.internal', { detail: detailOf(error) });
  const { code, message, remedy } = known;
  const lastLines = error instanceof InstallationFailed ? error.lastLines : [];
  const retry = known.retryable || error instanceof StoreConflict;
  return { error: { code, message, remedy, lastLines }, next: code === 'image.no-builder' ? 'wait' : nextOf(retry) };
}

function nextOf(retry: boolean): ImageFailure['next'] {
  return retry ? 'retry' : 'give-up';
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
