// The judgement on one image: make it, wait, tell how far it is, or say why it failed. Pure.
import { backoffMs } from '../engine/backoff.ts';
import type { Image } from '../model/image.ts';
import type { Instant } from '../model/instant.ts';
import type { Package } from '../model/package.ts';
import { shardOf } from '../model/shard.ts';
import type { BuiltImage } from './build-image.ts';

/** Why a work failed, and what follows: `wait` is no failure, but something is not there yet. */
export interface ImageFailure {
  readonly error: NonNullable<Image['error']>;
  readonly next: 'retry' | 'wait' | 'give-up';
}

/** How far the work on an image is in this process. */
export type ImageWork =
  | { readonly phase: 'preparing' | 'installing' }
  | { readonly phase: 'built'; readonly built: BuiltImage; readonly installation: string | undefined }
  | { readonly phase: 'failed'; readonly failure: ImageFailure; readonly installation: string | undefined };

/** Everything that a decision on an image is based on. */
export interface ImageSnapshot {
  readonly pkg: Package;
  readonly image: Image | undefined;
  readonly work: ImageWork | undefined;
  /** Digest of the SDK's layer as it is now. */
  readonly sdk: string;
  /** Jitter for the next try, in [0, 1). */
  readonly fraction: number;
}

/** What can be done for an image. */
export type ImageStep =
  | { readonly do: 'create'; readonly image: Image }
  | { readonly do: 'update'; readonly image: Image }
  | { readonly do: 'begin'; readonly pkg: Package }
  | { readonly do: 'forget'; readonly image: string }
  | {
      readonly do: 'tell';
      readonly kind: 'image.installing' | 'image.ready' | 'image.retrying' | 'image.failed';
      readonly image: Image;
    };

/** Steps for an image, in order; when to look again; and why. */
export interface ImageDecision {
  readonly steps: readonly ImageStep[];
  readonly wakeAt: Instant | null;
  readonly why: string;
}

/** Tries before an image whose failures may pass is given up. */
const MAX_ATTEMPTS = 5;
const BACKOFF = { firstMs: 5_000, maxMs: 300_000 };
/** Between two looks for a node that is not there yet. */
const WAIT_MS = 2_000;
/** A work wakes the image when it has got further; this is for wake-ups that were lost. */
const LOOK_AGAIN_MS = 60_000;

/** Decides what is to be done for an image. */
export function decideImage(snapshot: ImageSnapshot, now: Instant): ImageDecision {
  const { pkg, image, work } = snapshot;
  if (!image) return decideNew(pkg, now);
  if (!work && isOutdated(image, snapshot.sdk)) return decideAgain(image, now);
  if (image.state === 'ready' || image.state === 'failed') return settled(image, work);
  if (!work) return decideStart(snapshot.pkg, image, now);
  if (work.phase === 'built') return decideReady(image, work, now);
  if (work.phase === 'failed') return decideFailed(image, work, now, snapshot.fraction);
  return decideUnderWay(image, work.phase, now);
}

function decideNew(pkg: Package, now: Instant): ImageDecision {
  const steps: ImageStep[] = [
    { do: 'create', image: waitingImage(pkg, now) },
    { do: 'begin', pkg },
  ];
  return { steps, wakeAt: now + LOOK_AGAIN_MS, why: 'It is new.' };
}

/** Whether a ready image holds another SDK than the present one: its launcher may not understand what this platform says. */
export function isOutdated({ state, layers }: Image, sdk: string): boolean {
  return state === 'ready' && layers.some(({ role, digest }) => role === 'sdk' && digest !== sdk);
}

function decideAgain(image: Image, now: Instant): ImageDecision {
  const waiting: Image = { ...image, state: 'waiting', attempts: 0, nextAt: now };
  return { steps: [{ do: 'update', image: waiting }], wakeAt: now, why: 'The SDK has changed.' };
}

function settled(image: Image, work: ImageWork | undefined): ImageDecision {
  const steps: ImageStep[] = work ? [{ do: 'forget', image: image.id }] : [];
  return { steps, wakeAt: null, why: `It is ${image.state}.` };
}

function decideStart(pkg: Package, image: Image, now: Instant): ImageDecision {
  const due = image.nextAt ?? now;
  if (due > now) return { steps: [], wakeAt: due, why: 'The next try is later.' };
  return { steps: [{ do: 'begin', pkg }], wakeAt: now + LOOK_AGAIN_MS, why: 'Nothing is being done for it.' };
}

function decideUnderWay(image: Image, phase: 'preparing' | 'installing', now: Instant): ImageDecision {
  const wakeAt = now + LOOK_AGAIN_MS;
  if (phase !== 'installing' || image.state === 'installing') return { steps: [], wakeAt, why: 'It is being made.' };
  const installing = { ...image, state: 'installing' as const };
  const steps: ImageStep[] = [
    { do: 'update', image: installing },
    { do: 'tell', kind: 'image.installing', image: installing },
  ];
  return { steps, wakeAt, why: 'Its dependencies are being installed.' };
}

function decideReady(
  image: Image,
  { built, installation }: Extract<ImageWork, { phase: 'built' }>,
  now: Instant,
): ImageDecision {
  const { error: _, ...rest } = image;
  const kept = installation === undefined ? {} : { installation };
  const ready: Image = { ...rest, ...built, ...kept, state: 'ready', readyAt: now, nextAt: null };
  return { steps: written(ready, 'image.ready'), wakeAt: null, why: 'It was made.' };
}

function decideFailed(
  image: Image,
  { failure, installation }: Extract<ImageWork, { phase: 'failed' }>,
  now: Instant,
  fraction: number,
): ImageDecision {
  const attempts = failure.next === 'wait' ? image.attempts : image.attempts + 1;
  const kept = installation === undefined ? {} : { installation };
  const after: Image = { ...image, ...kept, error: failure.error, attempts };
  if (failure.next === 'give-up' || attempts >= MAX_ATTEMPTS) {
    const failed: Image = { ...after, state: 'failed', nextAt: null };
    return { steps: written(failed, 'image.failed'), wakeAt: null, why: failure.error.message };
  }
  const nextAt = now + (failure.next === 'wait' ? WAIT_MS : backoffMs(attempts, BACKOFF, fraction));
  const waiting: Image = { ...after, state: 'waiting', nextAt };
  const kind = failure.next === 'retry' ? 'image.retrying' : undefined;
  return { steps: written(waiting, kind), wakeAt: nextAt, why: failure.error.message };
}

// The work is let go last: its outcome is held until it is written, whatever fails before.
function written(image: Image, kind: Extract<ImageStep, { do: 'tell' }>['kind'] | undefined): readonly ImageStep[] {
  const tell: ImageStep[] = kind ? [{ do: 'tell', kind, image }] : [];
  return [{ do: 'update', image }, ...tell, { do: 'forget', image: image.id }];
}

function waitingImage(pkg: Package, now: Instant): Image {
  return {
    id: pkg.id,
    application: pkg.application,
    state: 'waiting',
    layers: [],
    attempts: 0,
    createdAt: now,
    shard: shardOf(pkg.id),
    nextAt: now,
  };
}
