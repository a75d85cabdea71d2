// Code that a package brings to be run while it is taken in, looked at or built: setup.py, scripts of npm, configuration that is code. The
// platform reads and never runs it; what has to be installed is installed in a container of its own, which has nothing of the platform.
// Elsewhere: the settings of npm that run no scripts (test/unit/images/npm-installation.test.ts), a real installation (test/reality/images.test.ts).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { containerBody } from '../../../src/adapters/docker-machine/container-body.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { runInstallation } from '../../../src/images/installation.ts';
import { InstallationLog } from '../../../src/images/installation-log.ts';
import type { ContainerSpec, Machine } from '../../../src/ports/machine.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { call, callRaw, openApi } from '../api/api-world.ts';
import { rawZip } from '../applications/raw-zip.ts';
import { appConfig } from '../applications/repository.ts';
import { imageWorld } from '../images/image-world.ts';

/** Files that some tool would run while it builds, tests or looks at what they lie beside. */
function hostileFiles(marker: string) {
  const python = `open(${JSON.stringify(marker)}, 'w').close()\n`;
  const node = `require('fs').writeFileSync(${JSON.stringify(marker)}, '');`;
  const shell = `#!/bin/sh\ntouch ${marker}\n`;
  const scripts = Object.fromEntries(
    ['preinstall', 'install', 'postinstall', 'prepare'].map((name) => [name, `touch ${marker}`]),
  );
  return [
    ...['setup.py', 'conftest.py', 'sitecustomize.py', 'usercustomize.py', '__init__.py', 'report.py', 'berth.py'].map(
      (name) => ({ name, contents: python }),
    ),
    ...['index.js', '.npmrc.js', 'berth.config.js', 'binding.gyp'].map((name) => ({ name, contents: node })),
    ...['Makefile', 'configure', 'build.sh', '.git/hooks/post-checkout', 'Dockerfile'].map((name) => ({
      name,
      contents: shell,
    })),
    { name: 'package.json', contents: JSON.stringify({ name: 'x', version: '1.0.0', scripts }) },
    { name: '.npmrc', contents: `node-options=--require=${marker}\nscript-shell=/bin/sh\n` },
    { name: 'pyproject.toml', contents: '[build-system]\nrequires=[]\nbuild-backend="setup"\nbackend-path=["."]\n' },
    { name: 'easy.pth', contents: `import os; ${python}` },
    { name: 'pip.conf', contents: '[global]\nindex-url = http://evil.example.org\n' },
  ];
}

describe('a package full of code', () => {
  it('is checked, taken in, compared and read, and nothing of it runs', async () => {
    const world = await openApi();
    const marker = join(await temporaryDirectory(), 'ran');
    const contents = appConfig({ dependencies: { pip: ['requests==2.31.0'] } });
    const zip = (text: string) =>
      rawZip([{ name: 'app_config.json', contents }, ...hostileFiles(marker), { name: 'x', contents: text }]);
    await call(world, 'checkPackage', { zip: zip('1') });
    const first = await call(world, 'pushPackage', { zip: zip('1') });
    const second = await call(world, 'pushPackage', { zip: zip('2') });
    await call(world, 'comparePackages', { params: { package: first.package, other: second.package } });
    for (const { name } of hostileFiles(marker))
      expect(
        (await callRaw(world, 'readPackageFile', { params: { package: first.package }, query: { path: name } }))
          .statusCode,
      ).toBe(200);
    expect(existsSync(marker)).toBe(false);
  });

  it.each(['app_config.py', 'app_config.js', 'app_config.yaml', 'app_config.json.py'])(
    'has a configuration that is data: %s is none',
    async (name) => {
      const world = await openApi();
      const refused = await callRaw(world, 'pushPackage', { zip: rawZip([{ name, contents: appConfig() }]) });
      expect(refused.json()).toMatchObject({ error: { code: 'package.no-config' } });
    },
  );
});

/** What an installation asks of its machine, and what it is given. */
async function askedOfMachine() {
  const { blobs } = await imageWorld();
  const specs: ContainerSpec[] = [];
  const archives: Buffer[] = [];
  // The machine goes away when it is to start: what it was asked before is what counts here.
  const machine = {
    removeContainer: async () => undefined,
    removeImage: async () => undefined,
    createContainer: async (spec: ContainerSpec) => String(specs.push(spec)),
    putArchive: async (_: string, __: string, tar: Buffer) => {
      archives.push(tar);
    },
    startContainer: () => Promise.reject(new Error('the machine is gone')),
  } as Partial<Machine> as Machine;
  const sources = {
    pipIndexUrl: 'https://ana:s3cret@index.example/',
    npmRegistryUrl: '',
    aptMirror: '',
    proxy: '',
    caCertificates: '',
  };
  const act = runInstallation({
    ...{ machine, blobs, clock: new SystemClock(), log: silentLog, text: new InstallationLog(), platform: 'p1' },
    ...{
      name: 'berth-install-x',
      baseTag: 'base:1',
      baseLayers: 1,
      script: Buffer.from('x'),
      npmDirectory: '/nowhere',
    },
    ...{
      dependencies: { pip: ['requests'], debian: [] },
      sources,
      limits: { limitMs: 1000, memoryBytes: 1e9, cpus: 1 },
    },
  });
  await expect(act).rejects.toThrow('the machine is gone');
  const [spec] = specs;
  if (!spec) throw new Error('no container was asked for');
  return { spec, archives };
}

describe('the container in which dependencies are installed', () => {
  it('has nothing of the platform: no socket, no directory, no token, no secret, and no more rights than it needs', async () => {
    const { spec } = await askedOfMachine();
    expect(spec).toMatchObject({
      binds: [],
      scratch: null,
      environment: {},
      command: [],
      tmpfs: {},
      network: 'bridge',
    });
    expect(spec.memoryBytes).toBeGreaterThan(0);
    expect(spec.pids).toBeGreaterThan(0);
    const { HostConfig } = containerBody(spec) as { readonly HostConfig: Readonly<Record<string, unknown>> };
    expect(HostConfig).toMatchObject({ Privileged: false, SecurityOpt: ['no-new-privileges'], Mounts: [] });
    expect(JSON.stringify(containerBody(spec))).not.toMatch(/s3cret|docker\.sock|berth\/p1/);
  });

  it('is given a list of names, and no file of the package', async () => {
    const { archives } = await askedOfMachine();
    const entries = extract();
    Readable.from(archives).pipe(entries);
    const paths: string[] = [];
    for await (const entry of entries) {
      paths.push(entry.header.name);
      entry.resume();
    }
    expect(paths.toSorted()).toEqual([
      'opt/berth-install/',
      'opt/berth-install/install-dependencies.py',
      'opt/berth-install/request.json',
    ]);
  });
});
