// Blobs as files: `directory/ab/cdef…` by the hex of their digest, written under a temporary name and renamed when they are whole.
// Temporaries lie in `directory/incoming`, on the same file system; what a crash leaves there goes away at the next opening, so one
// directory belongs to one process.
import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, opendir, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { BerthError } from '../../model/errors.ts';
import type { BlobStat, Blobs, DeleteOptions } from '../../ports/blobs.ts';
import type { Clock } from '../../ports/clock.ts';

const INCOMING = 'incoming';

/** Every name of a shard: the first two hex digits of a digest. */
const SHARDS = Array.from({ length: 256 }, (_, shard) => shard.toString(16).padStart(2, '0'));

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Bytes from `start` (inclusive) to `end` (exclusive). */
interface Range {
  readonly start: number;
  readonly end?: number;
}

/** Content-addressed bytes in a directory of one machine. */
export class FileBlobs implements Blobs {
  readonly #directory: string;
  readonly #clock: Clock;
  #incoming = 0;

  private constructor(directory: string, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  /** Makes the directory if it is not there, and clears what an earlier process left half-written. */
  static async open({ directory, clock }: { directory: string; clock: Clock }): Promise<FileBlobs> {
    await rm(join(directory, INCOMING), { recursive: true, force: true });
    for (const name of [INCOMING, ...SHARDS]) await mkdir(join(directory, name), { recursive: true, mode: 0o700 });
    await syncDirectory(directory);
    return new FileBlobs(directory, clock);
  }

  async put(
    bytes: Readable | Uint8Array,
    { limitBytes = Infinity }: { readonly limitBytes?: number } = {},
  ): Promise<BlobStat> {
    // A stream may fail before it is read from; it keeps its error for the reading, but without a listener it would end the process.
    if (bytes instanceof Readable) bytes.on('error', () => undefined);
    const temporary = join(this.#directory, INCOMING, String(this.#incoming++));
    try {
      const stored = await this.#write(temporary, bytes, limitBytes);
      await this.#keep(temporary, stored.digest);
      return stored;
    } catch (error) {
      if (bytes instanceof Readable) bytes.destroy();
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async stat(digest: string): Promise<BlobStat | undefined> {
    const found = DIGEST.test(digest) ? await unlessMissing(stat(this.#path(digest))) : undefined;
    return found && { digest, sizeBytes: found.size };
  }

  async open(digest: string, range: Range = { start: 0 }): Promise<Readable> {
    const { start, end = Infinity } = range;
    if (!(start >= 0 && end >= start)) throw new RangeError(`There are no bytes from ${start} to ${end}`);
    const file = present(digest, DIGEST.test(digest) ? await unlessMissing(open(this.#path(digest))) : undefined);
    if (end > start) return file.createReadStream({ start, end: end - 1 });
    await file.close();
    return Readable.from([]);
  }

  async read(digest: string): Promise<Buffer> {
    return present(digest, DIGEST.test(digest) ? await unlessMissing(readFile(this.#path(digest))) : undefined);
  }

  async delete(digest: string, { storedBefore = Infinity }: DeleteOptions = {}): Promise<void> {
    if (!DIGEST.test(digest)) return;
    const path = this.#path(digest);
    if (storedBefore === Infinity) await unlessMissing(unlink(path));
    else if (await isOlder(path, storedBefore)) await this.#takeAway(path, storedBefore);
  }

  discard(digest: string): Promise<void> {
    return this.delete(digest);
  }

  /** There is nothing: it went away at the opening. */
  async collectLeftovers(_now: number): Promise<number> {
    return 0;
  }

  async *list(): AsyncIterable<BlobStat & { readonly storedAt: number }> {
    for (const shard of SHARDS) {
      for await (const { name } of await opendir(join(this.#directory, shard))) {
        const found = await unlessMissing(stat(join(this.#directory, shard, name)));
        if (found) yield { digest: `sha256:${shard}${name}`, sizeBytes: found.size, storedAt: found.mtimeMs };
      }
    }
  }

  async #write(temporary: string, bytes: Readable | Uint8Array, limitBytes: number): Promise<BlobStat> {
    const file = await open(temporary, 'wx', 0o600);
    try {
      const stored = await copy(bytes instanceof Readable ? bytes : [bytes], file, limitBytes);
      const now = this.#clock.now() / 1000;
      await file.utimes(now, now);
      await file.sync();
      return stored;
    } finally {
      await file.close();
    }
  }

  // Replaces a blob that is there already, so that it counts as stored now and is not collected under whoever put it again.
  async #keep(temporary: string, digest: string): Promise<void> {
    const path = this.#path(digest);
    await rename(temporary, path);
    await syncDirectory(join(path, '..'));
  }

  // A put may have come since somebody looked: what was taken away is looked at once more, and brought back if it is a newer one.
  async #takeAway(path: string, storedBefore: number): Promise<void> {
    const aside = join(this.#directory, INCOMING, String(this.#incoming++));
    await unlessMissing(rename(path, aside));
    if (await isOlder(aside, storedBefore)) await unlessMissing(unlink(aside));
    else await unlessMissing(rename(aside, path));
  }

  #path(digest: string): string {
    const hex = digest.slice('sha256:'.length);
    return join(this.#directory, hex.slice(0, 2), hex.slice(2));
  }
}

async function isOlder(path: string, at: number): Promise<boolean> {
  const found = await unlessMissing(stat(path));
  return found !== undefined && found.mtimeMs < at;
}

async function copy(
  bytes: Iterable<unknown> | AsyncIterable<unknown>,
  file: FileHandle,
  limitBytes: number,
): Promise<BlobStat> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of bytes) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('A blob is made of bytes');
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw new RangeError(`More than ${limitBytes} bytes`);
    hash.update(chunk);
    await file.appendFile(chunk);
  }
  return { digest: `sha256:${hash.digest('hex')}`, sizeBytes };
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function present<T>(digest: string, found: T | undefined): T {
  if (found === undefined) throw new BerthError('platform.blob-missing', { digest });
  return found;
}
