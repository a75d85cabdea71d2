import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { storeCodeLayer } from '../../../src/images/code-layer.ts';
import { file, imageWorld, listTar, packageOf, type ZippedFile } from './image-world.ts';

test('a code layer holds the files below app, owned by root and without times', async () => {
  const { blobs, archives } = await imageWorld();
  const files = [file('main.py', 'print(1)'), { ...file('tools/run.sh', '#!/bin/sh'), executable: true }];
  const layer = await storeCodeLayer(archives, blobs, await packageOf(blobs, 'weather', files));
  expect(await listTar(blobs, layer.digest)).toEqual([
    { path: 'app/', mode: '755', owner: 0, mtime: 0, text: '' },
    { path: 'app/main.py', mode: '644', owner: 0, mtime: 0, text: 'print(1)' },
    { path: 'app/tools/', mode: '755', owner: 0, mtime: 0, text: '' },
    { path: 'app/tools/run.sh', mode: '755', owner: 0, mtime: 0, text: '#!/bin/sh' },
  ]);
});

test('the same files give the same layer, whatever the order and times of the zip', async () => {
  const { blobs, archives } = await imageWorld();
  const layerOf = async (files: readonly ZippedFile[]) =>
    (await storeCodeLayer(archives, blobs, await packageOf(blobs, 'weather', files))).digest;
  const part = fc.stringMatching(/^[a-zA-Zäé][a-z_-]{0,40}$/);
  const paths = fc.uniqueArray(
    fc.tuple(part, part, part).map(([a, b, c]) => `d${a}/d${b}/${c}.py`),
    { minLength: 1, maxLength: 12 },
  );
  const zips = paths.chain((names) => {
    const files = names.map((name) => file(name, name.repeat(40)));
    return fc.tuple(
      fc.constant(files),
      fc.shuffledSubarray(files, { minLength: files.length }),
      fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }),
    );
  });
  await fc.assert(
    fc.asyncProperty(zips, async ([files, shuffled, at]) => {
      expect(await layerOf(shuffled.map((each) => ({ ...each, at })))).toBe(await layerOf(files));
    }),
    { numRuns: 25 },
  );
});

test('a link in the zip is refused', async () => {
  const { blobs, archives } = await imageWorld();
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from('/etc/passwd'), 'link', { mode: 0o120777 });
  zip.end();
  const { digest } = await blobs.put(Readable.from(zip.outputStream));
  const pkg = { ...(await packageOf(blobs, 'weather', [file('main.py', '')])), blob: digest };
  await expect(storeCodeLayer(archives, blobs, pkg)).rejects.toMatchObject({ code: 'image.package-unreadable' });
});
