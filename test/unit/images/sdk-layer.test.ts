import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { storeSdkLayer } from '../../../src/images/sdk-layer.ts';
import { imageWorld, listTar } from './image-world.ts';

test('the SDK layer holds the SDK without tests and caches, and the directories that a read-only root needs', async () => {
  const { blobs, directory } = await imageWorld();
  for (const name of ['berth/__pycache__', 'tests']) await mkdir(`${directory}/sdk/${name}`, { recursive: true });
  for (const name of ['launch.py', 'berth/__init__.py', 'berth/__pycache__/x.py', 'tests/test_x.py', 'README.md']) {
    await writeFile(`${directory}/sdk/${name}`, name);
  }
  const layer = await storeSdkLayer(blobs, `${directory}/sdk`);
  const found = await listTar(blobs, layer.digest);
  expect(found.map(({ path, mode, owner }) => `${path} ${mode} ${owner}`)).toEqual([
    'app/ 755 0',
    'opt/berth/ 755 0',
    'opt/berth/dependencies/ 755 0',
    'opt/berth/sdk/ 755 0',
    'run/berth/ 755 0',
    'scratch/ 700 65534',
    'scratch/.berth/ 700 65534',
    'opt/berth/sdk/berth/ 755 0',
    'opt/berth/sdk/berth/__init__.py 644 0',
    'opt/berth/sdk/launch.py 644 0',
  ]);
});
