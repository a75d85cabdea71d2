// One document of every kind that names blobs.
import { baseRecipe, imageDocuments } from '../../../src/images/image-config.ts';
import type { BaseImage } from '../../../src/model/image.ts';
import type { Store } from '../../../src/ports/store.ts';
import { anImage, aPackage } from './image-world.ts';

/** Puts a blob for each place where a document names one, and writes the documents; resolves to the digests by place. */
export async function writeBlobNamingDocuments(store: Store, put: (text: string) => Promise<string>) {
  const places = [
    'zip',
    'layer',
    'manifest',
    'config',
    'installation',
    'dependencies',
    'base',
    'output',
    'log',
  ] as const;
  const digests = Object.fromEntries(
    await Promise.all(places.map(async (place) => [place, await put(place)] as const)),
  ) as Record<(typeof places)[number], string>;
  const base: BaseImage = {
    id: 'now',
    source: 'a test',
    layers: [{ digest: digests.base, sizeBytes: 4, role: 'base' }],
    architecture: 'amd64',
    environment: [],
    createdAt: 0,
  };
  const documents = imageDocuments(baseRecipe(base));
  const baseManifest = await put(documents.manifest.toString());
  const baseConfig = await put(documents.config.toString());
  await store.create('baseImage', base);
  const pkg = aPackage('weather', digests.zip);
  await store.create('package', pkg);
  await store.create('application', {
    id: 'weather',
    description: '',
    currentPackage: pkg.id,
    createdAt: 0,
    updatedAt: 0,
  });
  await store.create(
    'image',
    anImage({
      id: pkg.id,
      manifestDigest: digests.manifest,
      configDigest: digests.config,
      installation: digests.installation,
      layers: [{ digest: digests.layer, sizeBytes: 5, role: 'code' }],
    }),
  );
  await store.create('dependencyLayer', {
    id: 'd',
    layer: { digest: digests.dependencies, sizeBytes: 1, role: 'dependencies' },
    asked: { base: 'b', pip: ['six'], debian: [] },
    createdAt: Date.now(),
    usedAt: Date.now(),
  });
  await store.create('output', {
    id: 't/1',
    job: 'j',
    slot: 0,
    task: 't',
    kind: 'file',
    name: 'f',
    contentType: 'text/plain',
    sizeBytes: 1,
    blob: digests.output,
    at: 0,
  });
  await store.create('logSegment', {
    id: 't/000001',
    task: 't',
    sequence: 1,
    blob: digests.log,
    frames: 1,
    sizeBytes: 1,
    storedBytes: 1,
    fromAt: 0,
    toAt: 0,
  });
  return { ...digests, baseManifest, baseConfig };
}
