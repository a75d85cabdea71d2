// Takes a zip's bytes into Blobs as they come.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { BerthError } from '../model/errors.ts';
import type { BlobStat, Blobs } from '../ports/blobs.ts';
import type { UploadHolds } from './upload-holds.ts';

/** Stores an upload; on success its digest is held, and the caller releases it. @throws package.too-large, the stream's own error */
export async function receiveUpload(
  parts: { readonly blobs: Blobs; readonly holds: UploadHolds },
  bytes: Readable,
  limitBytes: number,
): Promise<BlobStat> {
  const held: { digest?: string } = {};
  const source = Readable.from(heldBytes(bytes, parts.holds, held), { objectMode: false });
  try {
    return await parts.blobs.put(source, { limitBytes });
  } catch (error) {
    if (held.digest !== undefined) await parts.holds.release(held.digest);
    if (error instanceof RangeError) throw new BerthError('package.too-large', { limitBytes }, { cause: error });
    throw error;
  }
}

// Hashes along, so that the digest is held before Blobs can have stored it. The source is left alone when Blobs refuses it: it may be a
// connection on which the refusal is still to be answered.
async function* heldBytes(bytes: Readable, holds: UploadHolds, held: { digest?: string }): AsyncIterable<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of bytes.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    yield chunk;
  }
  const digest = `sha256:${hash.digest('hex')}`;
  await holds.take(digest);
  held.digest = digest;
}
