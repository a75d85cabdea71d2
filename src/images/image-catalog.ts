// Which digests the endpoint may serve in which repository: only what an image or a base image names, never another blob.

import { pages } from '../engine/shard-sweep.ts';
import type { BaseImage, Image } from '../model/image.ts';
import { imageRepository } from '../model/image.ts';
import type { Store } from '../ports/store.ts';
import { BASE_REPOSITORY } from './base-reference.ts';
import { baseRecipe, imageDocuments, MEDIA_TYPES } from './image-config.ts';

/** Digest to media type, of one repository. */
type Named = ReadonlyMap<string, string>;

/** Repositories whose names are kept in memory; the one asked for longest ago goes first. */
const KEPT = 200;

/** Answers from memory what it has seen; an unknown digest makes it read the repository's documents again. */
export class ImageCatalog {
  readonly #store: Store;
  readonly #named = new Map<string, Named>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The media type of what a digest names in a repository; undefined when no image there names it. */
  async find(repository: string, digest: string): Promise<string | undefined> {
    const known = this.#named.get(repository)?.get(digest);
    if (known) return known;
    const named = await this.#read(repository);
    this.#keep(repository, named);
    return named.get(digest);
  }

  #keep(repository: string, named: Named): void {
    this.#named.delete(repository);
    if (named.size > 0) this.#named.set(repository, named);
    const [oldest] = this.#named.keys();
    if (this.#named.size > KEPT && oldest !== undefined) this.#named.delete(oldest);
  }

  async #read(repository: string): Promise<Named> {
    if (repository === BASE_REPOSITORY) return this.#readBases();
    const named = new Map<string, string>();
    const application = repository.slice(imageRepository('').length);
    const query = { where: { application }, orderBy: 'createdAt', limit: 200 };
    for await (const image of pages(this.#store, 'image', query)) nameImage(named, image);
    return named;
  }

  async #readBases(): Promise<Named> {
    const named = new Map<string, string>();
    for await (const base of pages(this.#store, 'baseImage', { limit: 200 })) nameBase(named, base);
    return named;
  }
}

function nameImage(named: Map<string, string>, image: Image): void {
  if (image.manifestDigest) named.set(image.manifestDigest, MEDIA_TYPES.manifest);
  if (image.configDigest) named.set(image.configDigest, MEDIA_TYPES.config);
  for (const { digest } of image.layers) named.set(digest, MEDIA_TYPES.layer);
}

function nameBase(named: Map<string, string>, base: BaseImage): void {
  const { manifestDigest, configDigest } = imageDocuments(baseRecipe(base));
  named.set(manifestDigest, MEDIA_TYPES.manifest).set(configDigest, MEDIA_TYPES.config);
  for (const { digest } of base.layers) named.set(digest, MEDIA_TYPES.layer);
}
