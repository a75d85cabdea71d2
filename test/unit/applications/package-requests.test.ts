import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findPackage, listApplications, showApplication } from '../../../src/applications/application-reads.ts';
import { removeApplication, usePackage } from '../../../src/applications/application-requests.ts';
import { createInstance } from '../../../src/applications/instance-requests.ts';
import { checkPackage, pushPackage } from '../../../src/applications/package-requests.ts';
import { InterleavedStore } from './interleaved-store.ts';
import { rawZip } from './raw-zip.ts';
import { appConfig, inPieces, openRepository, type Repository, refusal, SOUND, zipStream } from './repository.ts';

let repository: Repository;
beforeEach(async () => {
  repository = await openRepository();
});
afterEach(() => repository.end());

function versioned(version: string) {
  return inPieces(rawZip([{ name: 'app_config.json', contents: appConfig({ version }) }, ...SOUND.slice(1)]));
}

async function eventKinds(): Promise<string[]> {
  const { items } = await repository.parts.store.list('event', { orderBy: 'at', limit: 100 });
  return items.map(({ doc }) => doc.kind);
}

describe('a sound zip', () => {
  test('becomes a package and the current one of its application', async () => {
    const pushed = await pushPackage(repository.parts, zipStream({ name: 'data/rooms.csv', contents: 'a,b\n' }));
    expect(pushed.existed).toBe(false);
    expect(pushed.application).toMatchObject({ id: 'weather', currentPackage: pushed.package.id });
    expect(pushed.package.blob).toBe(`sha256:${pushed.package.id}`);
    expect(pushed.package.files.map(({ path }) => path)).toEqual(['app_config.json', 'data/rooms.csv', 'report.py']);
    expect(pushed.package.config.algorithms[0]).toEqual({
      id: 'report',
      name: 'Report',
      script: 'report.py',
      kind: 'run-to-completion',
      sensors: [],
      controls: [],
      actions: [],
      output: 'none',
      resources: { cpus: 0.25, memoryMiB: 128, diskMiB: 256, pids: 64 },
      environment: {},
      exactlyOne: false,
    });
    expect((await repository.parts.store.get('package', pushed.package.id))?.doc).toEqual(pushed.package);
    expect(await repository.stored()).toEqual({ blobs: 1, packages: 1, applications: 1 });
    expect(await eventKinds()).toEqual(['package.accepted']);
  });

  test('may have directories, 64-bit sizes and directory, a comment, and what macOS adds, which is left out', async () => {
    const zip = rawZip(
      [
        ...SOUND,
        { name: 'lib/', unixMode: 0o040755 },
        { name: 'lib/a.py', contents: 'a = 1', zip64: true },
        { name: '.DS_Store', contents: 'x' },
        { name: 'lib/.DS_Store', contents: 'x' },
        { name: '__MACOSX/lib/._a.py', contents: 'x' },
      ],
      { zip64: true, comment: 'made by hand' },
    );
    const pushed = await pushPackage(repository.parts, inPieces(zip));
    expect(pushed.package.files.map(({ path }) => path)).toEqual(['app_config.json', 'lib/a.py', 'report.py']);
  });

  test('may have a sensor_config.json', async () => {
    const sensors = [
      { id: 't1', name: 'Temperature', type: 'temperature', outputType: 'number', outputRange: [-40, 85] },
    ];
    const pushed = await pushPackage(
      repository.parts,
      zipStream({ name: 'sensor_config.json', contents: JSON.stringify({ sensors }) }),
    );
    expect(pushed.package.sensorConfig.sensors).toEqual([{ ...sensors[0], location: '', network: {} }]);
  });

  test('pushed a second time is the same package', async () => {
    const first = await pushPackage(repository.parts, zipStream());
    const second = await pushPackage(repository.parts, zipStream());
    expect(second.existed).toBe(true);
    expect(second.package).toEqual(first.package);
    expect(await repository.stored()).toEqual({ blobs: 1, packages: 1, applications: 1 });
  });

  test('pushed again after a newer one is current again', async () => {
    const first = await pushPackage(repository.parts, versioned('1.0.0'));
    const second = await pushPackage(repository.parts, versioned('2.0.0'));
    expect((await showApplication(repository.parts.store, 'weather')).application.currentPackage).toBe(
      second.package.id,
    );
    const again = await pushPackage(repository.parts, versioned('1.0.0'));
    expect(again).toMatchObject({ existed: true, application: { currentPackage: first.package.id } });
    expect(await repository.stored()).toEqual({ blobs: 2, packages: 2, applications: 1 });
  });

  test('whose package lost its application in a crash gets it back when it is pushed again', async () => {
    const { store } = repository.parts;
    await pushPackage(repository.parts, zipStream());
    const application = await store.get('application', 'weather');
    await store.delete('application', 'weather', application?.version ?? 0);
    await pushPackage(repository.parts, zipStream());
    expect(await repository.stored()).toEqual({ blobs: 1, packages: 1, applications: 1 });
  });

  test('that is only checked leaves nothing', async () => {
    const checked = await checkPackage(repository.parts, zipStream());
    expect(checked.config.name).toBe('weather');
    expect(await repository.stored()).toEqual({ blobs: 0, packages: 0, applications: 0 });
    expect(await eventKinds()).toEqual([]);
  });

  test('that is only checked stays when it was pushed before', async () => {
    await pushPackage(repository.parts, zipStream());
    await checkPackage(repository.parts, zipStream());
    expect(await repository.stored()).toEqual({ blobs: 1, packages: 1, applications: 1 });
  });

  test('pushed and checked by many at once is there afterwards', async () => {
    const { parts } = repository;
    const all = Array.from({ length: 12 }, (_, index) =>
      index % 3 === 0 ? pushPackage(parts, zipStream()) : checkPackage(parts, zipStream()),
    );
    await Promise.all(all);
    expect(await repository.stored()).toEqual({ blobs: 1, packages: 1, applications: 1 });
    const [current] = (await listApplications(parts.store, { limit: 10 })).items;
    expect(await parts.blobs.stat(current?.current?.blob ?? '')).toBeDefined();
  });

  test('of several versions pushed at once: one of them is current and all are there', async () => {
    const versions = ['1', '2', '3', '4', '5'];
    const pushed = await Promise.all(versions.map((version) => pushPackage(repository.parts, versioned(version))));
    const view = await showApplication(repository.parts.store, 'weather');
    expect(view.packages.map(({ config }) => config.version).toSorted()).toEqual(versions);
    expect(pushed.map((each) => each.package.id)).toContain(view.application.currentPackage);
  });
});

describe('bytes that are refused', () => {
  test('by many at once leave nothing', async () => {
    const bad = () => zipStream({ name: '../a', contents: 'x' });
    const acts = Array.from({ length: 8 }, (_, index) =>
      refusal(index % 2 === 0 ? pushPackage(repository.parts, bad()) : checkPackage(repository.parts, bad())),
    );
    for (const error of await Promise.all(acts)) expect(error.code).toBe('package.unsafe-entries');
    expect(await repository.stored()).toEqual({ blobs: 0, packages: 0, applications: 0 });
  });
});

describe('an application', () => {
  test('goes back to an earlier package by its version, its id or the beginning of it', async () => {
    const { parts } = repository;
    const first = await pushPackage(parts, versioned('1.0.0'));
    const second = await pushPackage(parts, versioned('2.0.0'));
    expect((await usePackage(parts, 'weather', '1.0.0')).currentPackage).toBe(first.package.id);
    expect((await usePackage(parts, 'weather', second.package.id.slice(0, 12))).currentPackage).toBe(second.package.id);
    expect((await usePackage(parts, 'weather', first.package.id)).currentPackage).toBe(first.package.id);
    expect((await findPackage(parts.store, 'weather', 'current')).id).toBe(first.package.id);
  });

  test('refuses a package that it does not have, or that more than one could be', async () => {
    const { parts } = repository;
    await pushPackage(parts, versioned('1.0.0'));
    await pushPackage(parts, inPieces(rawZip([...SOUND, { name: 'more.txt' }])));
    expect((await refusal(usePackage(parts, 'weather', '3.0.0'))).code).toBe('request.not-found');
    expect((await refusal(usePackage(parts, 'weather', '1.0.0'))).code).toBe('request.ambiguous');
    expect((await refusal(usePackage(parts, 'climate', '1.0.0'))).code).toBe('request.not-found');
  });

  test('is not removed while it has instances, which are named', async () => {
    const { parts } = repository;
    await pushPackage(parts, zipStream());
    const value = { name: 'hourly', application: 'weather', algorithm: 'report', schedule: { kind: 'now' } };
    await createInstance(parts, { name: 'hourly.json', contents: { value } });
    const error = await refusal(removeApplication(parts, 'weather'));
    expect(error.code).toBe('application.in-use');
    expect(error.message).toContain('hourly');
    expect(await repository.stored()).toEqual({ blobs: 1, packages: 1, applications: 1 });
  });

  test('is removed with its packages and their zips', async () => {
    const { parts } = repository;
    await pushPackage(parts, versioned('1.0.0'));
    await pushPackage(parts, versioned('2.0.0'));
    await removeApplication(parts, 'weather');
    expect(await repository.stored()).toEqual({ blobs: 0, packages: 0, applications: 0 });
    expect((await refusal(removeApplication(parts, 'weather'))).code).toBe('request.not-found');
  });

  test('whose removal was interrupted is removed to its end', async () => {
    const { parts } = repository;
    await pushPackage(parts, zipStream());
    const application = await parts.store.get('application', 'weather');
    await parts.store.delete('application', 'weather', application?.version ?? 0);
    await removeApplication(parts, 'weather');
    expect(await repository.stored()).toEqual({ blobs: 0, packages: 0, applications: 0 });
  });

  test('that gets an instance in the instant of its removal stays', async () => {
    const { parts } = repository;
    await pushPackage(parts, zipStream());
    const value = { name: 'hourly', application: 'weather', algorithm: 'report', schedule: { kind: 'now' } };
    const store = new InterleavedStore(parts.store, 'delete', 'application', () =>
      createInstance(parts, { name: 'hourly.json', contents: { value } }),
    );
    expect((await refusal(removeApplication({ ...parts, store }, 'weather'))).code).toBe('application.in-use');
    expect(await repository.stored()).toEqual({ blobs: 1, packages: 1, applications: 1 });
    expect(await parts.store.count('instance', {})).toBe(1);
  });

  test('that is removed in the instant in which it becomes current again is there wholly', async () => {
    const { parts } = repository;
    await pushPackage(parts, versioned('1.0.0'));
    await pushPackage(parts, versioned('2.0.0'));
    const store = new InterleavedStore(parts.store, 'update', 'application', () => removeApplication(parts, 'weather'));
    const pushed = await pushPackage({ ...parts, store }, versioned('1.0.0'));
    expect(await parts.blobs.stat(pushed.package.blob)).toBeDefined();
    expect(await repository.stored()).toEqual({ blobs: 1, packages: 1, applications: 1 });
  });

  test('that is pushed while it is removed is there wholly or not at all', async () => {
    const { parts } = repository;
    for (let round = 0; round < 10; round++) {
      await pushPackage(parts, zipStream());
      await Promise.allSettled([removeApplication(parts, 'weather'), pushPackage(parts, zipStream())]);
      const stored = await repository.stored();
      expect([0, 1]).toContain(stored.blobs);
      expect(stored).toEqual({ blobs: stored.blobs, packages: stored.blobs, applications: stored.blobs });
    }
  });
});
