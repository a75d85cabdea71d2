import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { storeSdkLayer } from '../../../src/images/sdk-layer.ts';
import { imageWorld, listTar } from './image-world.ts';

test('the SDK layer holds both SDKs without tests and caches, and the directories that a read-only root needs', async () => {
  const { blobs, directory } = await imageWorld();
  for (const name of ['sdk/berth/__pycache__', 'sdk/tests', 'node/berth/test']) {
    await mkdir(`${directory}/${name}`, { recursive: true });
  }
  const python = [
    'launch.py',
    'berth/__init__.py',
    'berth/_x.cjs',
    'berth/__pycache__/x.py',
    'tests/test_x.py',
    'README.md',
  ];
  const node = ['package.json', 'index.js', 'index.d.ts', 'test/x.js', 'README.md'];
  for (const name of [...python.map((each) => `sdk/${each}`), ...node.map((each) => `node/berth/${each}`)]) {
    await writeFile(`${directory}/${name}`, name);
  }
  const layer = await storeSdkLayer(blobs, { python: `${directory}/sdk`, node: `${directory}/node` });
  const found = await listTar(blobs, layer.digest);
  expect(found.map(({ path, mode, owner }) => `${path} ${mode} ${owner}`)).toEqual([
    'app/ 755 0',
    'node_modules/ 755 0',
    'opt/berth/ 755 0',
    'opt/berth/dependencies/ 755 0',
    'opt/berth/sdk/ 755 0',
    'run/berth/ 755 0',
    'run/secrets/ 700 65534',
    'scratch/ 700 65534',
    'scratch/.berth/ 700 65534',
    'opt/berth/sdk/berth/ 755 0',
    'opt/berth/sdk/berth/__init__.py 644 0',
    'opt/berth/sdk/berth/_x.cjs 644 0',
    'opt/berth/sdk/launch.py 644 0',
    'node_modules/berth/ 755 0',
    'node_modules/berth/index.d.ts 644 0',
    'node_modules/berth/index.js 644 0',
    'node_modules/berth/package.json 644 0',
  ]);
});
