// Backups: what comes back is what was there at one instant, or nothing comes back.
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { FileBlobs } from '../../../src/adapters/file-blobs/file-blobs.ts';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { StoreBlobs } from '../../../src/adapters/store-blobs/store-blobs.ts';
import { StoreReadings } from '../../../src/adapters/store-readings/store-readings.ts';
import { StoreSeries } from '../../../src/adapters/store-series/store-series.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { ZipBackup } from '../../../src/adapters/zip-backup/zip-backup.ts';
import { type BackupParts, makeBackup } from '../../../src/backups/backup-requests.ts';
import { type RestorePlace, restoreBackup } from '../../../src/backups/restore-backup.ts';
import { blobsNamedBy } from '../../../src/images/named-blobs.ts';
import type { Blobs } from '../../../src/ports/blobs.ts';
import type { Store } from '../../../src/ports/store.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { anEvent } from '../../contracts/store-documents.ts';

const clock = new SystemClock();
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'berth-backup-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
});

/** A place whose blobs lie in its database, as those of a platform of several machines do. */
async function sharedPlace(name: string) {
  const { store, putFile } = await place(name);
  return { store, blobs: new StoreBlobs({ store, clock, random: new SystemRandom(), log: silentLog }), putFile };
}

async function place(name: string) {
  const store = SqliteStore.open({ path: join(directory, `${name}.sqlite`), clock, log: silentLog });
  onTestFinished(() => store.close());
  const blobs = await FileBlobs.open({ directory: join(directory, name), clock });
  const putFile = async (file: string, contents: AsyncIterable<Uint8Array>) =>
    writeFile(join(directory, `${name}-${file}`), Buffer.concat(await Array.fromAsync(contents)));
  return { store, blobs, putFile };
}

async function backUp({ store, blobs }: { store: Store; blobs: Blobs }, over: Partial<BackupParts> = {}) {
  const path = join(directory, `backup-${Math.random().toString(36).slice(2)}.zip`);
  const own = { uid: 'p1', version: '0.1.0' };
  const parts = { store, blobs, files: new ZipBackup(), copies: [], blobsOf: blobsNamedBy, platform: own, keys: 'k1' };
  await pipeline(makeBackup({ ...parts, ...over }, 1_800_000_000_000), createWriteStream(path));
  return path;
}

async function restoreTo(to: RestorePlace, path: string) {
  const backup = await new ZipBackup().open(path);
  try {
    return await restoreBackup(backup, to, () => undefined);
  } finally {
    await backup.close();
  }
}

async function everything(store: Store): Promise<string[]> {
  const pages = await Array.fromAsync(store.snapshot());
  return pages.flatMap(({ kind, docs }) => docs.map((doc) => `${kind} ${JSON.stringify(doc)}`));
}

const anOutput = (id: string, blob: string) =>
  ({
    id,
    job: 'j',
    slot: 0,
    task: 't',
    kind: 'file',
    name: 'f',
    contentType: 'x/y',
    sizeBytes: 1,
    blob,
    at: 1,
  }) as const;

test('documents, contents and files come back as they were', async () => {
  const [from, to] = [await place('from'), await place('to')];
  const { digest } = await from.blobs.put(Buffer.from('contents of a file'));
  await from.store.create('output', anOutput('o1', digest));
  await from.store.create('event', anEvent({ id: 'e1', text: 'ü \u2028 "\\ line\nline' }));
  const copies = [{ name: 'series.sqlite', contents: () => pieces('numbers') }];
  const restored = await restoreTo(to, await backUp(from, { copies }));
  expect(await everything(to.store)).toEqual(await everything(from.store));
  expect((await to.blobs.read(digest)).toString()).toBe('contents of a file');
  expect(await readFile(join(directory, 'to-series.sqlite'), 'utf8')).toBe('numbers');
  expect(restored).toMatchObject({ documents: 2, blobs: 1, files: ['series.sqlite'] });
});

test.each([
  ['several machines comes back on several', sharedPlace, sharedPlace],
  ['several machines comes back on one', sharedPlace, place],
  ['one machine comes back on several', place, sharedPlace],
])('a platform of %s, each of its contents stored once', async (_name, placeFrom, placeTo) => {
  const [from, to] = [await placeFrom('from'), await placeTo('to')];
  const contents = Buffer.from('contents '.repeat(100_000));
  const { digest } = await from.blobs.put(contents);
  await from.store.create('output', anOutput('o1', digest));
  const path = await backUp(from);
  const { manifest } = await restoreTo(to, path);
  expect(Object.keys(manifest.documents)).toEqual(['output']);
  expect(manifest.parts.filter(({ name }) => name.startsWith('blobs/'))).toMatchObject([
    { sizeBytes: contents.length },
  ]);
  expect((await to.blobs.read(digest)).equals(contents)).toBe(true);
});

test('readings and series in the database come back, and go on behind the last sequence', async () => {
  const [from, to] = [await sharedPlace('from'), await sharedPlace('to')];
  const readingsIn = (store: Store) => new StoreReadings({ store, clock, random: new SystemRandom(), log: silentLog });
  const at = clock.now();
  const kept = await readingsIn(from.store).append([{ sensor: 's', at, values: { celsius: 20 } }]);
  const before = new StoreSeries({ store: from.store, clock, log: silentLog });
  await before.append([{ series: 'a', at, value: 7 }]);
  await before.close();
  await restoreTo(to, await backUp(from));
  const readings = readingsIn(to.store);
  expect(await readings.since(['s'], 0, 10)).toEqual(kept);
  const [next] = await readings.append([{ sensor: 's', at, values: { celsius: 21 } }]);
  expect(next?.sequence).toBe((kept[0]?.sequence ?? 0) + 1);
  const series = new StoreSeries({ store: to.store, clock, log: silentLog });
  const { points } = await series.range({ series: 'a', fromAt: at - 60_000, toAt: at + 60_000, mostPoints: 100 });
  expect(points).toMatchObject([{ mean: 7 }]);
  await series.close();
});

test('processes that ran when a backup was made, and their logs, do not come back; requests over topics do', async () => {
  const [from, to] = [await place('from'), await place('to')];
  await from.store.create('component', { id: 'c' } as never);
  await from.store.create('componentLease', { id: 'c r', renewals: 1 });
  await from.store.create('shardLease', { id: 'api:0', role: 'api', shard: 0, owner: 'c r', epoch: 1 });
  await from.store.create('componentLog', { id: 'l', component: 'c', fromAt: 1, toAt: 2, lines: [] });
  await from.store.create('topicRequest', { id: 'r' } as never);
  await restoreTo(to, await backUp(from));
  expect(await everything(to.store)).toEqual(['topicRequest {"id":"r"}']);
});

test('whatever documents there are, all of them come back, and nobody stays signed in', async () => {
  const texts = fc.array(fc.record({ id: fc.uuid(), text: fc.string({ unit: 'binary', maxLength: 40 }) }), {
    maxLength: 30,
  });
  let round = 0;
  await fc.assert(
    fc.asyncProperty(texts, async (docs) => {
      round++;
      const [from, to] = [await place(`from${round}`), await place(`to${round}`)];
      const unique = [...new Map(docs.map((doc) => [doc.id, doc])).values()];
      for (const { id, text } of unique) await from.store.create('event', anEvent({ id, text }));
      await from.store.create('session', { id: 's', user: 'u', createdAt: 1, expiresAt: 2 } as never);
      await restoreTo(to, await backUp(from));
      const expected = (await everything(from.store)).filter((line) => !line.startsWith('session '));
      expect(await everything(to.store)).toEqual(expected);
    }),
    { numRuns: 15 },
  );
}, 30_000);

test('a backup that was changed or cut short anywhere does not come back as if it were whole', async () => {
  const from = await place('from');
  const { digest } = await from.blobs.put(Buffer.from('x'.repeat(2000)));
  await from.store.create('output', anOutput('o1', digest));
  for (let index = 0; index < 50; index++) await from.store.create('event', anEvent({ id: `e${index}` }));
  const path = await backUp(from);
  const whole = await readFile(path);
  const places = fc.integer({ min: 0, max: whole.length - 1 });
  let round = 0;
  await fc.assert(
    fc.asyncProperty(places, fc.boolean(), async (at, isCut) => {
      round++;
      const broken = Buffer.from(isCut ? whole.subarray(0, at) : whole);
      if (!isCut) broken[at] = (broken[at] ?? 0) ^ 0x41;
      const damaged = join(directory, `damaged${round}.zip`);
      await writeFile(damaged, broken);
      const to = await place(`to${round}`);
      const outcome = await restoreTo(to, damaged).then(
        () => everything(to.store),
        (error: unknown) => error,
      );
      // A byte that tells nothing (a date, a mode) may be another; what comes back is all there is, or an error is told.
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: expect.stringMatching(/^backup\./) });
      else expect(outcome).toEqual(await everything(from.store));
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('a backup that is made while documents are written is of one instant', async () => {
  const [from, to] = [await place('from'), await place('to')];
  for (let index = 0; index < 400; index++) await from.store.create('event', anEvent({ id: `a${index}`, text: '0' }));
  const stopped = new AbortController();
  const writing = writePairs(from.store, stopped.signal);
  const path = await backUp(from);
  stopped.abort();
  await writing;
  await restoreTo(to, path);
  const users = await to.store.list('user', { limit: 1000 });
  const projects = await to.store.list('project', { limit: 1000 });
  // Each project is written after its user: there is never one without the other, but for the last.
  expect(projects.items.length).toBeLessThanOrEqual(users.items.length);
  expect(users.items.length - projects.items.length).toBeLessThanOrEqual(1);
});

test('contents that went away while a backup was made are told, and the rest comes back', async () => {
  const [from, to] = [await place('from'), await place('to')];
  await from.store.create('output', anOutput('o1', `sha256:${'0'.repeat(64)}`));
  const { manifest } = await restoreTo(to, await backUp(from));
  expect(manifest.missingBlobs).toEqual([`sha256:${'0'.repeat(64)}`]);
});

test('a file that is no backup, and one of a newer Berth, are refused with what to do', async () => {
  const to = await place('to');
  const path = join(directory, 'other.zip');
  await writeFile(path, 'not a zip');
  await expect(restoreTo(to, path)).rejects.toMatchObject({ code: 'backup.unreadable' });
  const newer = join(directory, 'newer.zip');
  const manifest = { name: 'manifest.json', contents: pieces('{"format":99,"parts":[]}') };
  const parts = (async function* () {
    yield manifest;
  })();
  await pipeline(new ZipBackup().write(parts), createWriteStream(newer));
  await expect(restoreTo(to, newer)).rejects.toMatchObject({ code: 'backup.newer' });
});

async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function writePairs(store: Store, signal: AbortSignal): Promise<void> {
  for (let index = 0; !signal.aborted; index++) {
    await store.create('user', { id: `u${index}` } as never);
    await store.create('project', { id: `p${index}` } as never);
  }
}
