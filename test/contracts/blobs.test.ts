// The Blobs contract over each adapter, and what is special about files.
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { FileBlobs } from '../../src/adapters/file-blobs/file-blobs.ts';
import { ManualClock } from '../unit/engine/manual-clock.ts';
import { blobsContract } from './blobs-contract.ts';
import { temporaryDirectory } from './temporary-directory.ts';

blobsContract('files', async (clock) => FileBlobs.open({ directory: await temporaryDirectory(), clock }));

describe('Blobs: files, the directory', () => {
  test('a blob lies under its digest, sharded, and only its owner may read it', async () => {
    const directory = await temporaryDirectory();
    const blobs = await FileBlobs.open({ directory, clock: new ManualClock() });
    const { digest } = await blobs.put(Buffer.from('hello'));
    const path = join(directory, digest.slice(7, 9), digest.slice(9));
    expect(await readFile(path, 'utf8')).toBe('hello');
    expect((await stat(path)).mode & 0o077).toBe(0);
  });

  test('blobs are there after opening again; what a crash left half-written is not', async () => {
    const directory = await temporaryDirectory();
    const clock = new ManualClock();
    const { digest } = await (await FileBlobs.open({ directory, clock })).put(Buffer.from('kept'));
    await writeFile(join(directory, 'incoming', '7'), 'half of something');
    const again = await FileBlobs.open({ directory, clock });
    expect(String(await again.read(digest))).toBe('kept');
    expect(await readdir(join(directory, 'incoming'))).toEqual([]);
  });

  test('a put that fails leaves no temporary file', async () => {
    const directory = await temporaryDirectory();
    const blobs = await FileBlobs.open({ directory, clock: new ManualClock() });
    const endless = new Readable({ read: (size) => endless.push(Buffer.alloc(size)) });
    await expect(blobs.put(endless, { limitBytes: 100_000 })).rejects.toThrow(RangeError);
    expect(await readdir(join(directory, 'incoming'))).toEqual([]);
  });
});
