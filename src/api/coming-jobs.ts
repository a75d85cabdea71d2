// What is due on the platform, as one caller sees it. Working it out reads every instance, so what was found counts for a few seconds.
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import {
  type PlatformOccurrence,
  type PlatformPreview,
  type PlatformPreviewWish,
  previewSchedules,
} from '../scheduler/preview-reads.ts';

/** An occurrence with its instance. */
export interface ComingJob {
  readonly occurrence: PlatformOccurrence;
  readonly instance: Instance;
}

/** What is due, and whether these are all. */
export interface ComingJobs {
  readonly jobs: readonly ComingJob[];
  readonly isWhole: boolean;
}

/** What is asked for. */
export interface ComingWish {
  readonly untilAt: Instant;
  readonly limit: number;
  readonly isWanted: (instance: Instance) => Promise<boolean>;
}

const KEPT_MS = 5000;

/** Occurrences that are looked through. */
const MOST_LISTED = 5000;

interface Kept {
  readonly untilAt: Instant;
  readonly readAtMs: number;
  readonly preview: Promise<PlatformPreview>;
}

/** Works out what is due, for all callers together. */
export class ComingReads {
  readonly #store: Store;
  readonly #clock: Clock;
  #kept: Kept | undefined;

  constructor({ store, clock }: { readonly store: Store; readonly clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The first of what is due from now until an instant. */
  async read({ untilAt, limit, isWanted }: ComingWish): Promise<ComingJobs> {
    const now = this.#clock.now();
    if (untilAt <= now) return { jobs: [], isWhole: true };
    const { occurrences, isWhole } = await this.#preview({ fromAt: now, untilAt, limit: MOST_LISTED });
    const instances = await this.#store.getMany('instance', [...new Set(occurrences.map(({ instance }) => instance))]);
    const wanted = new Map<string, Instance>();
    for (const { doc } of instances) if (await isWanted(doc)) wanted.set(doc.id, doc);
    const jobs = occurrences.flatMap((occurrence) => {
      const instance = wanted.get(occurrence.instance);
      return instance && occurrence.at >= now && occurrence.at < untilAt ? [{ occurrence, instance }] : [];
    });
    return { jobs: jobs.slice(0, limit), isWhole: isWhole && jobs.length <= limit };
  }

  /** Times of one look at the console differ by little, and so do the ends that are asked for. */
  #preview(wish: PlatformPreviewWish): Promise<PlatformPreview> {
    const kept = this.#kept;
    const nowMs = this.#clock.monotonic();
    const isFresh = kept && nowMs - kept.readAtMs < KEPT_MS && Math.abs(kept.untilAt - wish.untilAt) < KEPT_MS;
    if (isFresh) return kept.preview;
    const preview = previewSchedules(this.#store, wish);
    this.#kept = { untilAt: wish.untilAt, readAtMs: nowMs, preview };
    preview.catch(() => {
      this.#kept = undefined;
    });
    return preview;
  }
}
