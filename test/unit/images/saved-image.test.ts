import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { storeSavedImage } from '../../../src/images/saved-image.ts';
import { imageWorld } from './image-world.ts';

const one = Buffer.alloc(70_000, 'one');
const two = Buffer.alloc(300, 'two');
const config = { architecture: 'arm64', config: { Env: ['PATH=/usr/local/bin'] }, rootfs: {} };
const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function tarOf(files: Readonly<Record<string, Buffer | string | { readonly to: string }>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) {
    if (typeof content === 'object' && 'to' in content) tar.entry({ name, type: 'symlink', linkname: content.to });
    else tar.entry({ name }, content);
  }
  tar.finalize();
  return buffer(Readable.from(tar));
}

const expected = {
  layers: [one, two].map((bytes) => ({ digest: `sha256:${digestOf(bytes)}`, sizeBytes: bytes.length })),
  environment: ['PATH=/usr/local/bin'],
  architecture: 'arm64',
};

test('the layout of older engines is taken apart, a shared layer behind a link included', async () => {
  const { blobs } = await imageWorld();
  const tar = await tarOf({
    'a/VERSION': '1.0',
    'a/json': '{}',
    'a/layer.tar': one,
    'b/layer.tar': two,
    'c/layer.tar': { to: '../a/layer.tar' },
    'cafe.json': JSON.stringify(config),
    'manifest.json': JSON.stringify([{ Config: 'cafe.json', Layers: ['c/layer.tar', 'b/layer.tar'] }]),
    repositories: '{}',
  });
  expect(await storeSavedImage(blobs, Readable.from([tar]), 'x')).toEqual(expected);
  expect(await blobs.read(`sha256:${digestOf(one)}`)).toEqual(one);
});

test('the layout of newer engines is taken apart, and compressed layers are stored uncompressed', async () => {
  const { blobs } = await imageWorld();
  const tar = await tarOf({
    'blobs/sha256/1': gzipSync(one),
    'blobs/sha256/2': zstdCompressSync(two),
    'blobs/sha256/3': JSON.stringify(config),
    'index.json': '{}',
    'manifest.json': JSON.stringify([{ Config: 'blobs/sha256/3', Layers: ['blobs/sha256/1', 'blobs/sha256/2'] }]),
    'oci-layout': '{}',
  });
  expect(await storeSavedImage(blobs, Readable.from([tar]), 'x')).toEqual(expected);
});

test('an archive that breaks off says so', async () => {
  const { blobs } = await imageWorld();
  const tar = await tarOf({ 'a/layer.tar': one });
  const cut = storeSavedImage(blobs, Readable.from([tar.subarray(0, 40_000)]), 'x');
  await expect(cut).rejects.toMatchObject({ code: 'image.saved-image-unreadable' });
});

test('an archive whose source fails says so', async () => {
  const { blobs } = await imageWorld();
  async function* failing() {
    yield (await tarOf({ 'a/layer.tar': one })).subarray(0, 40_000);
    throw new Error('the engine went away');
  }
  const broken = storeSavedImage(blobs, Readable.from(failing()), 'x');
  await expect(broken).rejects.toMatchObject({ code: 'image.saved-image-unreadable' });
});
