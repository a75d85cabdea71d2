// A room of images that only pretends: an image is ready, or fails, some time after the first job asks for it.
import type { Controller, Unsettled } from '../../src/engine/controller.ts';
import type { Image } from '../../src/model/image.ts';
import type { Instant } from '../../src/model/instant.ts';
import type { Job } from '../../src/model/job.ts';
import { shardOf } from '../../src/model/shard.ts';
import type { Store } from '../../src/ports/store.ts';
import type { ApplicationPlan } from '../../src/sim/scenario.ts';

/** Makes images by the clock alone (keys `image:<package>`). */
export class ImageDouble implements Controller {
  readonly prefix = 'image';
  readonly watches = { job: ({ package: id }: Job) => [id], image: ({ id }: Image) => [id] };
  readonly #store: Store;
  readonly #plans: ReadonlyMap<string, ApplicationPlan>;

  constructor(store: Store, plans: readonly ApplicationPlan[]) {
    this.#store = store;
    this.#plans = new Map(plans.map((plan) => [plan.name, plan]));
  }

  async reconcile(id: string, now: Instant): Promise<Instant | null> {
    const [stored, found] = await Promise.all([this.#store.get('image', id), this.#store.get('package', id)]);
    const plan = found && this.#plans.get(found.doc.application);
    if (!plan) return null;
    if (!stored) {
      const image = newImage(id, plan, now);
      await this.#store.create('image', image);
      return image.nextAt;
    }
    if (stored.doc.nextAt === null || stored.doc.nextAt > now) return stored.doc.nextAt;
    await this.#store.update('image', finished(stored.doc, plan, now), stored.version);
    return null;
  }

  async *sweep(): AsyncIterable<Unsettled> {
    const packages = await this.#store.list('package', { limit: 100 });
    for (const { doc } of packages.items) yield { id: doc.id, at: 0 };
  }
}

function newImage(id: string, { name, imageMs }: ApplicationPlan, now: Instant): Image {
  const nextAt = now + Math.round(imageMs);
  return {
    id,
    application: name,
    state: 'installing',
    layers: [],
    attempts: 1,
    createdAt: now,
    shard: shardOf(id),
    nextAt,
  };
}

function finished(image: Image, { imageFails }: ApplicationPlan, now: Instant): Image {
  if (imageFails) {
    const error = { code: 'image.install-failed', message: 'pip failed.', remedy: 'Correct it.', lastLines: [] };
    return { ...image, state: 'failed', error, nextAt: null };
  }
  const digests = { manifestDigest: `sha256:${image.id}`, configDigest: `sha256:${image.id}`, architecture: 'amd64' };
  return { ...image, state: 'ready', ...digests, readyAt: now, nextAt: null };
}
