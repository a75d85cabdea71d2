// The bytes of a stored blob, chunk by chunk; the next one is fetched while one is used.
import { createHash } from 'node:crypto';
import { BerthError } from '../../model/errors.ts';
import type { BlobHead } from '../../model/kept-bytes.ts';
import type { Store } from '../../ports/store.ts';
import { chunkId } from './chunk-ids.ts';

/** Bytes from `start` (inclusive) to `end` (exclusive), within the blob. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the chunks that hold a range, and no others. Bytes that are read whole are compared with their digest at the end.
 * @throws platform.blob-missing when the blob was deleted meanwhile, platform.blob-damaged
 */
export async function* readChunks(
  store: Pick<Store, 'get'>,
  head: BlobHead,
  { start, end }: ByteRange,
): AsyncGenerator<Buffer, void, undefined> {
  if (end <= start && head.sizeBytes > 0) return;
  const hash = start === 0 && end === head.sizeBytes ? createHash('sha256') : undefined;
  const past = Math.ceil(end / head.chunkBytes);
  let number = Math.floor(start / head.chunkBytes);
  for (let next = fetchAhead(store, head, number, past); next; ) {
    const bytes = await next;
    const at = number * head.chunkBytes;
    hash?.update(bytes);
    number++;
    next = fetchAhead(store, head, number, past);
    yield bytes.subarray(Math.max(0, start - at), end - at);
  }
  if (hash && `sha256:${hash.digest('hex')}` !== head.id) throw damaged(head, 'its contents have another digest');
}

function fetchAhead(
  store: Pick<Store, 'get'>,
  head: BlobHead,
  number: number,
  past: number,
): Promise<Buffer> | undefined {
  if (number >= past) return undefined;
  const bytes = fetchChunk(store, head, number);
  // Whoever stops reading never asks what became of the one ahead; whoever goes on gets its error.
  bytes.catch(() => undefined);
  return bytes;
}

async function fetchChunk(store: Pick<Store, 'get'>, head: BlobHead, number: number): Promise<Buffer> {
  const stored = await store.get('blobChunk', chunkId(head.put, number));
  if (!stored) return fetchFromSuccessor(store, head, number);
  const bytes = Buffer.from(stored.doc.base64, 'base64');
  const expected = Math.min(head.chunkBytes, head.sizeBytes - number * head.chunkBytes);
  if (bytes.length !== expected)
    throw damaged(head, `chunk ${number} has ${bytes.length} bytes in place of ${expected}`);
  return bytes;
}

/** The blob may have been deleted, and put again, since it was opened. */
async function fetchFromSuccessor(store: Pick<Store, 'get'>, head: BlobHead, number: number): Promise<Buffer> {
  const now = (await store.get('blobHead', head.id))?.doc;
  if (!now) throw new BerthError('platform.blob-missing', { digest: head.id });
  if (now.put === head.put || now.chunkBytes !== head.chunkBytes) throw damaged(head, `chunk ${number} is not there`);
  return fetchChunk(store, now, number);
}

function damaged({ id }: BlobHead, detail: string): BerthError {
  return new BerthError('platform.blob-damaged', { digest: id, detail });
}
