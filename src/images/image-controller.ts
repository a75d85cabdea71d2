// Keeps an image for every package that is wanted: the current one of each application, and those of jobs that are not over.
import type { Controller, Unsettled } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { sweepByNextAt } from '../engine/shard-sweep.ts';
import { type Executors, runSteps } from '../engine/steps.ts';
import type { Image } from '../model/image.ts';
import type { Instant } from '../model/instant.ts';
import type { Random } from '../ports/random.ts';
import type { Store, Stored } from '../ports/store.ts';
import { decideImage, type ImageStep, isOutdated } from './decide-image.ts';
import type { ImageWorks } from './image-works.ts';
import { wantedPackages } from './wanted-packages.ts';

/** What the controller needs. */
export interface ImageControllerParts {
  readonly store: Store;
  readonly random: Random;
  readonly works: ImageWorks;
  readonly recordEvent: RecordEvent;
}

/** The images' part of the loop; its keys are `image:` and a package's id. */
export class ImageController implements Controller {
  readonly prefix = 'image';
  readonly watches = {
    package: ({ id }: { readonly id: string }) => [id],
    image: ({ id, nextAt }: Image) => (nextAt === null ? [] : [id]),
    job: ({ package: pkg, open }: { readonly package: string; readonly open: 0 | 1 }) => (open ? [pkg] : []),
  };
  readonly #parts: ImageControllerParts;

  constructor(parts: ImageControllerParts) {
    this.#parts = parts;
  }

  async reconcile(id: string, now: Instant): Promise<Instant | null> {
    const { store, works, random } = this.#parts;
    const pkg = await store.get('package', id);
    if (!pkg) return null;
    const stored = await store.get('image', id);
    const [sdk, fraction] = [await works.sdkDigest(), random.fraction()];
    const snapshot = { pkg: pkg.doc, image: stored?.doc, work: works.get(id), sdk, fraction };
    const decision = decideImage(snapshot, now);
    await runSteps(decision.steps, this.#executors(stored));
    return decision.wakeAt;
  }

  async *sweep(): AsyncIterable<Unsettled> {
    yield* sweepByNextAt(this.#parts.store, 'image');
    for await (const ids of batches(wantedPackages(this.#parts.store))) {
      const sdk = await this.#parts.works.sdkDigest();
      const images = await this.#parts.store.getMany('image', ids);
      const good = new Set(images.filter(({ doc }) => !isOutdated(doc, sdk)).map(({ doc }) => doc.id));
      for (const id of ids) if (!good.has(id)) yield { id, at: 0 };
    }
  }

  #executors(stored: Stored<Image> | undefined): Executors<ImageStep> {
    const { store, works } = this.#parts;
    return {
      create: async ({ image }) => void (await store.create('image', image)),
      update: async ({ image }) => void (await store.update('image', image, stored?.version ?? 0)),
      begin: async ({ pkg }) => works.begin(pkg),
      forget: async ({ image }) => works.forget(image),
      tell: ({ kind, image }) => this.#tell(kind, image),
    };
  }

  #tell(kind: Extract<ImageStep, { do: 'tell' }>['kind'], image: Image): Promise<void> {
    const { application, error } = image;
    const evidence = { package: image.id, attempts: image.attempts, error: error?.code ?? null };
    const text = error ? `${TEXTS[kind]}: ${error.message} ${error.remedy}` : TEXTS[kind];
    return this.#parts.recordEvent({ kind, subject: `application:${application}`, application, text, evidence });
  }
}

const TEXTS = {
  'image.installing': 'The dependencies are being installed',
  'image.ready': 'The image is ready',
  'image.retrying': 'The image could not be made and is tried again',
  'image.failed': 'The image could not be made',
} as const;

const BATCH = 200;

async function* batches(ids: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let batch: string[] = [];
  for await (const id of ids) {
    batch.push(id);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
