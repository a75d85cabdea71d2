// The bytes of a piece of output on their way to where they are kept: small texts in the document, everything else in Blobs.
import { Readable } from 'node:stream';
import { BerthError } from '../model/errors.ts';
import type { Output } from '../model/output.ts';
import type { Blobs } from '../ports/blobs.ts';

/** Bounds of one piece of output. */
export interface RecordLimits {
  readonly mostFileBytes: number;
}

/** Where contents went, and how long they are. */
export type RecordContents = Pick<Output, 'sizeBytes' | 'text' | 'blob'>;

/** Text and JSON up to this size is kept in the document. */
const MOST_INLINE_BYTES = 256 * 1024;

/** JSON is held in memory to be checked. */
const MOST_JSON_BYTES = 16 * 1024 * 1024;

/** Keeps a record's body. @throws record.too-large, record.not-json, record.incomplete */
export async function keepContents(
  blobs: Blobs,
  record: { readonly id: string; readonly kind: Output['kind'] },
  body: Readable,
  limits: RecordLimits,
): Promise<RecordContents> {
  try {
    if (record.kind === 'json') return await keepJson(blobs, record.id, body, limits);
    if (record.kind === 'text') return await keepText(blobs, body, limits);
    return await keepBlob(blobs, body, limits.mostFileBytes);
  } catch (error) {
    if (error instanceof TooLarge)
      throw new BerthError('record.too-large', { record: record.id, limitBytes: error.limitBytes });
    if (body.errored) throw new BerthError('record.incomplete', { record: record.id }, { cause: error });
    throw error;
  }
}

class TooLarge extends Error {
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super('too large');
    this.limitBytes = limitBytes;
  }
}

async function keepJson(blobs: Blobs, id: string, body: Readable, limits: RecordLimits): Promise<RecordContents> {
  const limitBytes = Math.min(MOST_JSON_BYTES, limits.mostFileBytes);
  const { bytes, rest } = await takeFirst(body, limitBytes);
  if (rest) throw new TooLarge(limitBytes);
  const text = jsonText(id, bytes);
  return bytes.length <= MOST_INLINE_BYTES ? { sizeBytes: bytes.length, text } : keepBlob(blobs, bytes, limitBytes);
}

function jsonText(record: string, bytes: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    JSON.parse(text);
    return text;
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : String(error);
    throw new BerthError('record.not-json', { record, reason });
  }
}

/** A text that is not UTF-8 is kept too, byte for byte, as a blob. */
async function keepText(blobs: Blobs, body: Readable, limits: RecordLimits): Promise<RecordContents> {
  const { bytes, rest } = await takeFirst(body, MOST_INLINE_BYTES);
  if (rest) return keepBlob(blobs, Readable.from(joined(bytes, rest)), limits.mostFileBytes);
  const text = bytes.toString();
  const faithful = Buffer.from(text).equals(bytes);
  return faithful ? { sizeBytes: bytes.length, text } : keepBlob(blobs, bytes, limits.mostFileBytes);
}

async function keepBlob(blobs: Blobs, bytes: Readable | Buffer, limitBytes: number): Promise<RecordContents> {
  try {
    const { digest, sizeBytes } = await blobs.put(bytes, { limitBytes });
    return { sizeBytes, blob: digest };
  } catch (error) {
    throw error instanceof RangeError ? new TooLarge(limitBytes) : error;
  }
}

/** The bytes of a stream up to a limit; `rest` goes on with what is beyond it. */
async function takeFirst(body: Readable, limitBytes: number): Promise<{ bytes: Buffer; rest?: AsyncIterator<Buffer> }> {
  const chunks: Buffer[] = [];
  let taken = 0;
  const source: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
  for (let next = await source.next(); !next.done; next = await source.next()) {
    chunks.push(next.value);
    taken += next.value.length;
    if (taken > limitBytes) return { bytes: Buffer.concat(chunks), rest: source };
  }
  return { bytes: Buffer.concat(chunks) };
}

async function* joined(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
