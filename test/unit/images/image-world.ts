// What the tests of images share: a store and blobs on disk, zips and packages.
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { onTestFinished } from 'vitest';
import { ZipFile } from 'yazl';
import { FileBlobs } from '../../../src/adapters/file-blobs/file-blobs.ts';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { ZipArchives } from '../../../src/adapters/zip-archives/zip-archives.ts';
import type { Image, Layer } from '../../../src/model/image.ts';
import type { Package } from '../../../src/model/package.ts';
import type { Blobs } from '../../../src/ports/blobs.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';

/** A store, blobs and archives of the test's own. */
export async function imageWorld() {
  const directory = await temporaryDirectory();
  const clock = new SystemClock();
  const blobs = await FileBlobs.open({ directory: `${directory}/blobs`, clock });
  const store = SqliteStore.open({ path: `${directory}/berth.db`, clock, log: silentLog });
  onTestFinished(() => store.close());
  return { directory, clock, blobs, store, archives: new ZipArchives(blobs) };
}

/** One file of a zip. */
export interface ZippedFile {
  readonly path: string;
  readonly text: string;
  readonly executable: boolean;
  readonly at: Date;
}

/** A file made in the year 2020. */
export function file(path: string, text: string): ZippedFile {
  return { path, text, executable: false, at: new Date(Date.UTC(2020, 5, 1)) };
}

/** A zip of files in the order given. */
function zipOf(files: readonly ZippedFile[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { path, text, executable, at } of files) {
    zip.addBuffer(Buffer.from(text), path, { mtime: at, mode: executable ? 0o100755 : 0o100644 });
  }
  zip.end();
  return buffer(Readable.from(zip.outputStream));
}

/** A package whose zip is put into blobs. */
export async function packageOf(blobs: Blobs, application: string, files: readonly ZippedFile[]): Promise<Package> {
  const zip = await zipOf(files);
  const { digest, sizeBytes } = await blobs.put(zip);
  const listed = files.map(({ path, text }) => ({ path, sizeBytes: Buffer.byteLength(text) }));
  return { ...aPackage(application, digest), sizeBytes, files: listed };
}

/** A package that asks for nothing, by the digest of its zip. */
export function aPackage(application: string, blob: string): Package {
  return {
    id: blob.slice('sha256:'.length),
    application,
    blob,
    sizeBytes: 0,
    files: [],
    config: {
      name: application,
      version: '1',
      description: '',
      runtime: 'python',
      dependencies: { pip: [], debian: [] },
      network: [],
      algorithms: [],
    },
    sensorConfig: { sensors: [] },
    createdAt: Date.UTC(2026, 0, 1),
  };
}

/** An image in the state `ready`, with nothing behind it. */
export function anImage(changes: Partial<Image> & { readonly id: string }): Image {
  return {
    application: 'weather',
    state: 'ready',
    layers: [],
    attempts: 0,
    createdAt: 0,
    shard: 0,
    nextAt: null,
    ...changes,
  };
}

/** A layer with a digest made of one letter. */
export function aLayer(letter: string, role: Layer['role']): Layer {
  return { digest: `sha256:${letter.repeat(64)}`, sizeBytes: 1, role };
}

/** What a tar in blobs holds, in its order. */
export async function listTar(blobs: Blobs, digest: string) {
  const entries = extract();
  (await blobs.open(digest)).pipe(entries);
  const found: { path: string; mode: string; owner: number; mtime: number; text: string }[] = [];
  for await (const entry of entries) {
    const { name, mode, uid, mtime } = entry.header;
    const text = (await buffer(Readable.from(entry))).toString();
    found.push({ path: name, mode: mode.toString(8), owner: uid, mtime: mtime.getTime(), text });
  }
  return found;
}
