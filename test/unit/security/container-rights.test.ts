// Nothing that anybody writes – in app_config.json, in an instance file, in names, in files of a package – gives a container more than every
// container has: no privileges, no capabilities, no devices, no mounts but its own, no network, no other user, no engine.
// Elsewhere: the whole container of a task as text (test/unit/nodes/container-spec.test.ts), what the engine and the program inside see
// (test/contracts/machine-containers-contract.ts), links and devices in packages (archives.test.ts), a real container that tries to get out
// (test/reality/security/container-rights.test.ts).
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containerBody } from '../../../src/adapters/docker-machine/container-body.ts';
import { storeCodeLayer } from '../../../src/images/code-layer.ts';
import { containerSpec } from '../../../src/nodes/container-spec.ts';
import { aJob, aSpec, aTask } from '../../builders/jobs.ts';
import { openAccessWorld } from '../api/access-world.ts';
import { callRaw, openApi } from '../api/api-world.ts';
import { rawZip } from '../applications/raw-zip.ts';
import { appConfig, SOUND } from '../applications/repository.ts';
import { file, imageWorld, listTar, packageOf } from '../images/image-world.ts';

const PLATFORM = { platformUid: 'p1', image: 'berth/room:1' };

/** What the engine is asked for, for a task of a job. */
function asked(spec: object, over: object = {}) {
  const task = aTask({ ...aJob({ spec: aSpec(spec) }), ...over }, 0, 1, 'n');
  return containerBody(containerSpec(task, PLATFORM)) as {
    readonly [name: string]: unknown;
    readonly Env: readonly string[];
    readonly HostConfig: Readonly<Record<string, unknown>> & {
      readonly Mounts: readonly Readonly<Record<string, unknown>>[];
    };
  };
}

/** Every field of the host's side that may be there, with what it must be. */
function expectConfined({ HostConfig: host, ...body }: ReturnType<typeof asked>): void {
  expect(host).toMatchObject({
    Privileged: false,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    ReadonlyRootfs: true,
    NetworkMode: 'none',
    AutoRemove: false,
    RestartPolicy: { Name: 'no' },
  });
  const known = [
    'RestartPolicy',
    'AutoRemove',
    'Privileged',
    'CapDrop',
    'SecurityOpt',
    'ReadonlyRootfs',
    'NetworkMode',
  ];
  const more = ['LogConfig', 'Init', 'ExtraHosts', 'Mounts', 'Tmpfs', 'Memory', 'MemorySwap', 'NanoCpus', 'PidsLimit'];
  expect(Object.keys(host).filter((name) => ![...known, ...more].includes(name))).toEqual([]);
  expect(body.User).toBe('65534:65534');
  expect(Number(host.Memory)).toBeGreaterThan(0);
  expect(host.MemorySwap).toBe(host.Memory);
  expect(Number(host.PidsLimit)).toBeGreaterThan(0);
  expect(Number(host.NanoCpus)).toBeGreaterThan(0);
  const mounts = host.Mounts.map(({ Type, Source, Target, ReadOnly }) => [Type, Source, Target, ReadOnly]);
  expect(mounts).toEqual([
    ['volume', expect.any(String), '/scratch', undefined],
    ['bind', '/run/berth/p1', '/run/berth', true],
  ]);
  for (const options of Object.values(host.Tmpfs as Record<string, string>))
    expect(options).toMatch(/^rw,noexec,nosuid,nodev,size=\d+/);
}

describe('a container', () => {
  it('is as confined as any, whatever its names, values and hosts are', () => {
    const text = fc.string({ maxLength: 40 });
    const given = fc.record({
      parameters: fc.dictionary(text, text),
      environment: fc.dictionary(text, text),
      network: fc.array(fc.record({ host: text, ports: fc.array(fc.nat(65_535)) }), { maxLength: 4 }),
      secrets: fc.option(fc.array(text, { maxLength: 3 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(given, text, text, ({ secrets, ...spec }, application, algorithm) => {
        const body = asked({ ...spec, ...(secrets ? { secrets } : {}) }, { application, algorithm });
        expectConfined(body);
        expect(body.Hostname).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,62})$/);
        const own = [
          'PYTHONPATH=/opt/berth/sdk:/opt/berth/dependencies',
          'PYTHONUNBUFFERED=1',
          'HOME=/scratch',
          'TMPDIR=/tmp',
        ];
        for (const word of own) expect(body.Env.filter((each) => each === word)).toHaveLength(1);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['HOME', 'TMPDIR', 'PYTHONPATH', 'PYTHONUNBUFFERED'])(
    'has the platform’s %s, whatever its file says',
    (name) => {
      const { Env } = asked({ environment: { [name]: '/scratch/mine' } });
      expect(Env.filter((word) => word.startsWith(`${name}=`))).not.toContain(`${name}=/scratch/mine`);
    },
  );

  it('carries no secret and no token where the engine shows it', () => {
    const body = JSON.stringify(asked({ secrets: ['db-password'] }));
    expect(body).not.toMatch(/token|password/i);
  });

  it('never has the engine’s socket, nor any directory of its machine but that of its platform', () => {
    expect(JSON.stringify(asked({ environment: { A: '/var/run/docker.sock' } }).HostConfig)).not.toContain(
      'docker.sock',
    );
  });
});

/** Keys that would give more, were anything to read them. */
const LOOSENERS: readonly object[] = [
  { privileged: true },
  { user: '0:0' },
  { capabilities: ['SYS_ADMIN'] },
  { cap_add: ['ALL'] },
  { devices: ['/dev/mem'] },
  { mounts: [{ source: '/', target: '/host' }] },
  { volumes: ['/:/host'] },
  { binds: ['/:/host'] },
  { networkMode: 'host' },
  { pid: 'host' },
  { ipc: 'host' },
  { securityOpt: ['seccomp=unconfined'] },
  { readOnlyRoot: false },
  { entrypoint: ['sh'] },
  { command: ['sh'] },
  { docker: { socket: true } },
  { labels: { 'berth.platform': 'other' } },
];

describe('a key that would loosen it', () => {
  it.each(LOOSENERS)(
    '%j is refused in a package and in each of its algorithms, and in an instance file',
    async (keys) => {
      const world = await openAccessWorld();
      const algorithm = { id: 'report', script: 'report.py' };
      const configs = [
        appConfig(keys as Record<string, unknown>),
        appConfig({ algorithms: [{ ...algorithm, ...keys }] }),
        appConfig({ algorithms: [{ ...algorithm, resources: keys }] }),
        appConfig({ dependencies: keys }),
      ];
      for (const contents of configs) {
        const zip = rawZip([{ name: 'app_config.json', contents }, ...SOUND.slice(1)]);
        expect((await callRaw(world, 'checkPackage', { zip })).statusCode).toBe(422);
      }
      for (const fields of [keys, { resources: keys }, { place: { ...keys, labels: 7 } }]) {
        const body = { ...world.file, name: 'loose', ...fields };
        expect((await callRaw(world, 'createInstance', { body })).statusCode).toBe(422);
      }
    },
  );

  it.each([
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'LD_AUDIT',
    'PYTHONSTARTUP',
    'PYTHONHOME',
    'PATH',
    'BERTH_SOCKET',
    'A=B',
    'A B',
    'A\nB',
    '',
    'A\0B',
    '1A',
  ])('no variable %j is set, by a package or an instance', async (name) => {
    const world = await openAccessWorld();
    const environment = { [name]: 'x' };
    const contents = appConfig({ algorithms: [{ id: 'report', script: 'report.py', environment }] });
    const zip = rawZip([{ name: 'app_config.json', contents }, ...SOUND.slice(1)]);
    expect((await callRaw(world, 'checkPackage', { zip })).statusCode).toBe(422);
    const body = { ...world.file, name: 'loose', environment };
    expect((await callRaw(world, 'createInstance', { body })).statusCode).toBe(422);
  });

  it.each([
    '../x.py',
    '/bin/sh',
    'report.py; sh',
    '/opt/berth/sdk/launch.py',
    '-c',
    'missing.py',
    'app_config.json/../report.py',
  ])('no script %j outside of the package is run', async (script) => {
    const world = await openApi();
    const contents = appConfig({ algorithms: [{ id: 'report', script }] });
    const zip = rawZip([{ name: 'app_config.json', contents }, ...SOUND.slice(1)]);
    expect((await callRaw(world, 'checkPackage', { zip })).statusCode).toBe(422);
  });
});

it.each([0o104777, 0o102777, 0o106755, 0o101777, 0o100777])(
  'a file of mode %o gains no rights in its image, and nobody may write it',
  async (unixMode) => {
    const { blobs, archives } = await imageWorld();
    const pkg = await packageOf(blobs, 'weather', [file('run.sh', '#!/bin/sh')]);
    const zip = rawZip([{ name: 'run.sh', contents: '#!/bin/sh', unixMode }]);
    const { digest } = await blobs.put(Readable.from([zip], { objectMode: false }));
    const layer = await storeCodeLayer(archives, blobs, { ...pkg, blob: digest });
    const found = (await listTar(blobs, layer.digest)).map(({ path, mode, owner }) => [path, mode, owner]);
    expect(found).toEqual([
      ['app/', '755', 0],
      ['app/run.sh', '755', 0],
    ]);
  },
);
