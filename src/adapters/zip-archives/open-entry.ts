// The contents of one entry, checked against what its headers say of them.
import { pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import type { Entry, LocalFileHeader, ZipFile } from 'yauzl';
import { BerthError } from '../../model/errors.ts';
import { entryName } from './zip-entry.ts';
import { zipFault } from './zip-fault.ts';

const STORED = 0;
const DEFLATED = 8;

/** The inflated contents; the stream fails when size or CRC-32 are not as declared. @throws package.damaged, package.encrypted */
export async function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  if (entry.isEncrypted()) throw new BerthError('package.encrypted', { file: entryName(entry) });
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    throw damaged(entry, `compression method ${entry.compressionMethod}; only "store" and "deflate" are read`);
  }
  const raw = await openRaw(zip, entry);
  const checked = new CheckedContents(entry);
  const whenDone = () => undefined;
  if (entry.compressionMethod === STORED) pipeline(raw, checked, whenDone);
  else pipeline(raw, createInflateRaw(), checked, whenDone);
  return checked;
}

async function openRaw(zip: ZipFile, entry: Entry): Promise<Readable> {
  try {
    refuseDifferentHeader(entry, await zip.readLocalFileHeaderPromise(entry));
    return await zip.openReadStreamPromise(entry, { decodeFileData: false });
  } catch (error) {
    const fault = zipFault(error);
    throw fault === undefined ? error : damaged(entry, fault, error);
  }
}

// Programs differ in which of the two headers they believe, so they must agree.
function refuseDifferentHeader(entry: Entry, local: LocalFileHeader): void {
  if (!local.fileName.equals(entry.fileNameRaw)) {
    throw damaged(entry, `another name stands before its contents: ${local.fileName.toString('utf8').slice(0, 200)}`);
  }
  if (local.compressionMethod !== entry.compressionMethod) throw damaged(entry, 'two different compression methods');
}

/** Passes bytes through and fails when they are not as many, or not those, that the entry declares. */
class CheckedContents extends Transform {
  readonly #entry: Entry;
  #bytes = 0;
  #crc = 0;

  constructor(entry: Entry) {
    super();
    this.#entry = entry;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#entry.uncompressedSize) {
      done(damaged(this.#entry, `more than the ${this.#entry.uncompressedSize} bytes that it declares`));
      return;
    }
    this.#crc = crc32(chunk, this.#crc);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    const { uncompressedSize, crc32: declared } = this.#entry;
    if (this.#bytes < uncompressedSize) {
      done(damaged(this.#entry, `${this.#bytes} bytes where it declares ${uncompressedSize}`));
    } else if (this.#crc !== declared) done(damaged(this.#entry, 'its contents do not match their checksum'));
    else done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // Errors of zlib and of the reader reach here through the pipeline without an entry's name.
    const isOurs = error === null || error instanceof BerthError || !isAboutContents(error);
    done(isOurs ? error : damaged(this.#entry, error.message, error));
  }
}

function isAboutContents(error: Error & { code?: unknown }): boolean {
  return typeof error.code === 'string' && (error.code.startsWith('Z_') || error.code === 'ERR_ZLIB');
}

function damaged(entry: Entry, found: string, cause?: unknown): BerthError {
  return new BerthError('package.damaged', { file: entryName(entry), found }, { cause });
}
