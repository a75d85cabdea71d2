import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StoreBlobs } from '../../../src/adapters/store-blobs/store-blobs.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { type CollectionSnapshot, decideCollection } from '../../../src/images/decide-collection.ts';
import { ImageCollector } from '../../../src/images/image-collector.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { ManualClock } from '../engine/manual-clock.ts';
import { writeBlobNamingDocuments } from './image-documents.ts';
import { aLayer, anImage, imageWorld } from './image-world.ts';

const DAY = 86_400_000;
const limits = { keepPerApplication: 2, maxAgeMs: 10 * DAY };
const nothing: CollectionSnapshot = {
  images: [],
  wanted: new Set(),
  dependencyLayers: [],
  baseImages: [],
  currentBases: new Set(['now', 'now-node-26']),
};

test('the newest images of each application stay, older ones go', () => {
  const images = ['a', 'b', 'c'].flatMap((application) =>
    [1, 2, 3].map((day) => anImage({ id: `${application}${day}`, application, createdAt: day * DAY })),
  );
  expect(decideCollection({ ...nothing, images }, limits, 4 * DAY).images).toEqual(['a1', 'b1', 'c1']);
});

test('an image beyond its age goes though it is one of the newest', () => {
  const images = [anImage({ id: 'old', createdAt: 0 })];
  expect(decideCollection({ ...nothing, images }, limits, 11 * DAY).images).toEqual(['old']);
});

test('an image that is needed or being made never goes', () => {
  const image = fc.record({
    id: fc.uuid(),
    application: fc.constantFrom('a', 'b'),
    state: fc.constantFrom('ready' as const, 'failed' as const, 'waiting' as const, 'installing' as const),
    createdAt: fc.nat(100 * DAY),
    wanted: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.uniqueArray(image, { selector: ({ id }) => id }), (made) => {
      const images = made.map(({ wanted: _, ...each }) => anImage(each));
      const wanted = new Set(made.filter((each) => each.wanted).map(({ id }) => id));
      const dropped = decideCollection({ ...nothing, images, wanted }, limits, 100 * DAY).images;
      const byId = new Map(images.map((each) => [each.id, each]));
      for (const id of dropped) {
        expect(wanted.has(id)).toBe(false);
        expect(['ready', 'failed']).toContain(byId.get(id)?.state);
      }
    }),
  );
});

test('a dependency layer stays while an image stands on it or it was used lately', () => {
  const images = [anImage({ id: 'i', createdAt: 95 * DAY, layers: [aLayer('a', 'dependencies')] })];
  const dependencyLayers = [
    { id: 'named', layer: aLayer('a', 'dependencies'), usedAt: 0 },
    { id: 'lately', layer: aLayer('b', 'dependencies'), usedAt: 95 * DAY },
    { id: 'unused', layer: aLayer('c', 'dependencies'), usedAt: 0 },
  ];
  const decided = decideCollection({ ...nothing, images, dependencyLayers }, limits, 100 * DAY);
  expect(decided.dependencyLayers).toEqual(['unused']);
});

test('the current base images stay, that with Node as well, however old', () => {
  const baseImages = [
    { id: 'now', createdAt: 0 },
    { id: 'now-node-26', createdAt: 0 },
    { id: 'now-node-25', createdAt: 0 },
    { id: 'before', createdAt: 0 },
  ];
  expect(decideCollection({ ...nothing, baseImages }, limits, 100 * DAY).baseImages).toEqual(['now-node-25', 'before']);
});

test('blobs that no document names go once they are old enough; zips, logs, outputs and images stay', async () => {
  const { store, blobs, clock } = await imageWorld();
  const put = async (text: string) => (await blobs.put(Buffer.from(text))).digest;
  const named = await writeBlobNamingDocuments(store, put);
  const garbage = await put('nobody names this');
  const collector = (graceMs: number) =>
    new ImageCollector({
      store,
      blobs,
      log: silentLog,
      limits,
      currentBases: new Set(['now']),
      everyMs: 1000,
      graceMs,
    });

  expect(await collector(60_000).reconcile('all', clock.now())).toBeGreaterThan(clock.now());
  expect(await blobs.stat(garbage)).toBeDefined();
  await collector(-1000).reconcile('all', clock.now());
  expect(await blobs.stat(garbage)).toBeUndefined();
  for (const [what, digest] of Object.entries(named)) expect(await blobs.stat(digest), what).toBeDefined();
});

test('a blob that another process puts again while the collector looks stays, and what a dead process left goes', async () => {
  const { store } = await imageWorld();
  const clock = new ManualClock();
  const blobsOfProcess = () => new StoreBlobs({ store, clock, random: new SystemRandom(), log: silentLog });
  const [mine, theirs] = [blobsOfProcess(), blobsOfProcess()];
  const { digest } = await mine.put(Buffer.from('an old layer that nothing names'));
  const garbage = await mine.put(Buffer.from('garbage'));
  await store.create('blobChunk', { id: 'dead-0000000', put: 'dead', base64: 'AAAA', storedAt: clock.now() });
  await clock.advance(DAY);
  const listing = new Proxy(mine, {
    get: (target, name) => {
      if (name === 'list')
        return () => listedThenPut(target, () => theirs.put(Buffer.from('an old layer that nothing names')));
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const collector = new ImageCollector({
    ...{ store, blobs: listing, log: silentLog, limits },
    ...{ currentBases: new Set<string>(), everyMs: 1000, graceMs: 3_600_000 },
  });
  await collector.reconcile('all', clock.now());
  expect(await mine.stat(digest)).toBeDefined();
  expect(await mine.stat(garbage.digest)).toBeUndefined();
  expect(await store.get('blobChunk', 'dead-0000000')).toBeUndefined();
});

/** What is listed, each only after somebody else has put something. */
async function* listedThenPut(blobs: StoreBlobs, put: () => Promise<unknown>) {
  for await (const each of blobs.list()) {
    await put();
    yield each;
  }
}
