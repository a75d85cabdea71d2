// Opens a blob as a zip and tells what it is when it is none.
import yauzl from 'yauzl';
import { BerthError } from '../../model/errors.ts';
import type { Blobs } from '../../ports/blobs.ts';
import { BlobReader } from './blob-reader.ts';
import { zipFault } from './zip-fault.ts';

const LOCAL_HEADER = Buffer.from('PK\x03\x04', 'latin1');

/** A zip as yauzl opened it, with the reader below it. */
export interface OpenedZip {
  readonly zip: yauzl.ZipFile;
  readonly reader: BlobReader;
}

/** @throws package.not-a-zip, package.truncated; the blobs' own error when there is no such blob */
export async function yauzlOpen(blobs: Blobs, digest: string): Promise<OpenedZip> {
  const sizeBytes = (await blobs.stat(digest))?.sizeBytes ?? 0;
  const reader = new BlobReader(blobs, digest, sizeBytes);
  const beginning = await reader.readAt(0, 8);
  try {
    const options = { autoClose: false, lazyEntries: true, decodeStrings: false, validateEntrySizes: false };
    return { zip: await yauzl.fromRandomAccessReaderPromise(reader, sizeBytes, options), reader };
  } catch (error) {
    if (zipFault(error) === undefined) throw error;
    const cause = error;
    if (beginning.subarray(0, 4).equals(LOCAL_HEADER)) {
      throw new BerthError('package.truncated', { found: 'its directory is missing or broken' }, { cause });
    }
    throw new BerthError('package.not-a-zip', { found: describeBeginning(beginning) }, { cause });
  }
}

function describeBeginning(bytes: Buffer): string {
  if (bytes.length === 0) return 'it is empty';
  if (bytes.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) return 'it is gzip';
  return `it begins with the bytes ${bytes.toString('hex')}`;
}
