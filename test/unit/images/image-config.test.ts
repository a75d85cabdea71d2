import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { applicationRecipe, imageDocuments } from '../../../src/images/image-config.ts';
import type { BaseImage } from '../../../src/model/image.ts';
import { aLayer } from './image-world.ts';

const base: BaseImage = {
  id: 'b',
  source: 'a test',
  layers: [aLayer('a', 'base')],
  architecture: 'amd64',
  environment: ['PATH=/usr/local/bin:/usr/bin', 'HOME=/root'],
  createdAt: 0,
};
const layers = [aLayer('b', 'sdk'), aLayer('c', 'code')];

test('an image keeps the base PATH, runs the launcher as nobody and names its layers in order', () => {
  const documents = imageDocuments(applicationRecipe(base, layers, { x: '1' }, 0));
  const config = JSON.parse(documents.config.toString());
  expect(config.config).toEqual({
    User: '65534:65534',
    Env: [
      'PATH=/usr/local/bin:/usr/bin',
      'HOME=/scratch',
      'PYTHONPATH=/opt/berth/sdk:/opt/berth/dependencies',
      'PYTHONUNBUFFERED=1',
      'TMPDIR=/tmp',
    ],
    Entrypoint: ['python3', '-B', '/opt/berth/sdk/launch.py'],
    WorkingDir: '/app',
    Labels: { x: '1' },
  });
  expect(config.rootfs.diff_ids).toEqual([...base.layers, ...layers].map(({ digest }) => digest));
  expect(config.created).toBe('1970-01-01T00:00:00.000Z');
});

test('a manifest names the digest and length of its configuration, and its own digest is that of its bytes', () => {
  const { config, configDigest, manifest, manifestDigest } = imageDocuments(applicationRecipe(base, layers, {}, 0));
  expect(JSON.parse(manifest.toString()).config).toMatchObject({ digest: configDigest, size: config.length });
  expect(manifestDigest).toBe(`sha256:${createHash('sha256').update(manifest).digest('hex')}`);
  expect(configDigest).toBe(`sha256:${createHash('sha256').update(config).digest('hex')}`);
});

test('the same inputs give the same digests, labels in any order', () => {
  const one = imageDocuments(applicationRecipe(base, layers, { a: '1', b: '2' }, 5));
  const two = imageDocuments(applicationRecipe(base, layers, { b: '2', a: '1' }, 5));
  expect(two.manifestDigest).toBe(one.manifestDigest);
});
