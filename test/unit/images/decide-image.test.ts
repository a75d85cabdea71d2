import { expect, test } from 'vitest';
import { decideImage, type ImageFailure, type ImageSnapshot } from '../../../src/images/decide-image.ts';
import type { Image } from '../../../src/model/image.ts';
import { anImage, aPackage } from './image-world.ts';

const pkg = aPackage('weather', `sha256:${'f'.repeat(64)}`);
const waiting = anImage({ id: pkg.id, state: 'waiting', nextAt: 1000 });
const snapshot = (changes: Partial<ImageSnapshot>): ImageSnapshot => ({
  pkg,
  image: waiting,
  work: undefined,
  sdk: 'sha256:sdk',
  fraction: 0,
  ...changes,
});
const failed = (next: ImageFailure['next'], image: Image = waiting) => {
  const error = { code: 'image.install-failed', message: 'It failed.', remedy: 'Do this.', lastLines: ['x'] };
  return snapshot({ image, work: { phase: 'failed', failure: { error, next }, installation: 'sha256:1' } });
};

const doneIn = (decision: ReturnType<typeof decideImage>) => decision.steps.map((step) => step.do);
const written = (decision: ReturnType<typeof decideImage>) =>
  decision.steps.flatMap((step) => (step.do === 'update' || step.do === 'create' ? [step.image] : []))[0];

test('a new package gets an image and work on it begins', () => {
  const decision = decideImage(snapshot({ image: undefined }), 1000);
  expect(doneIn(decision)).toEqual(['create', 'begin']);
  expect(written(decision)).toMatchObject({ id: pkg.id, state: 'waiting', nextAt: 1000 });
});

test('after a restart of the platform an image that was being installed is made anew', () => {
  const image = { ...waiting, state: 'installing' as const };
  expect(doneIn(decideImage(snapshot({ image }), 2000))).toEqual(['begin']);
});

test('a next try waits for its time', () => {
  expect(decideImage(snapshot({}), 999)).toMatchObject({ steps: [], wakeAt: 1000 });
});

test('an installation is told once', () => {
  const work = { phase: 'installing' as const };
  const first = decideImage(snapshot({ work }), 1000);
  expect(doneIn(first)).toEqual(['update', 'tell']);
  expect(doneIn(decideImage(snapshot({ work, image: written(first) ?? waiting }), 1000))).toEqual([]);
});

test('an image that was made is ready and is not looked at again', () => {
  const built = { layers: [], manifestDigest: 'sha256:m', configDigest: 'sha256:c', architecture: 'amd64' };
  const image = { ...waiting, error: { code: 'x', message: '', remedy: '', lastLines: [] } };
  const decision = decideImage(snapshot({ image, work: { phase: 'built', built, installation: undefined } }), 1500);
  expect(doneIn(decision)).toEqual(['update', 'tell', 'forget']);
  expect(written(decision)).toMatchObject({ state: 'ready', manifestDigest: 'sha256:m', readyAt: 1500, nextAt: null });
  expect(written(decision)).not.toHaveProperty('error');
});

test('a failure that may pass is tried again after a growing wait, and given up in the end', () => {
  const waits: number[] = [];
  let image: Image = waiting;
  for (let i = 0; i < 10 && image.state !== 'failed'; i++) {
    const decision = decideImage(failed('retry', image), 0);
    image = written(decision) ?? image;
    if (decision.wakeAt !== null) waits.push(decision.wakeAt);
  }
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000]);
  expect(image).toMatchObject({ state: 'failed', attempts: 5, nextAt: null, installation: 'sha256:1' });
});

test('a failure that will not pass is final and says what to do', () => {
  const decision = decideImage(failed('give-up'), 0);
  expect(written(decision)).toMatchObject({ state: 'failed', error: { remedy: 'Do this.' }, nextAt: null });
  expect(decision.steps[1]).toMatchObject({ do: 'tell', kind: 'image.failed' });
});

test('waiting for a node is no failure', () => {
  const decision = decideImage(failed('wait'), 0);
  expect(written(decision)).toMatchObject({ state: 'waiting', attempts: 0, nextAt: 2000 });
  expect(doneIn(decision)).toEqual(['update', 'forget']);
});

test('a ready image with another SDK than the present one is made anew, because the platform speaks with the present one', () => {
  const layer = { digest: 'sha256:old', sizeBytes: 1, role: 'sdk' } as const;
  const image = { ...waiting, state: 'ready' as const, layers: [layer], nextAt: null };
  const decision = decideImage(snapshot({ image }), 1500);
  expect(written(decision)).toMatchObject({ state: 'waiting', attempts: 0, nextAt: 1500 });
  expect(doneIn(decideImage(snapshot({ image, sdk: layer.digest }), 1500))).toEqual([]);
});
