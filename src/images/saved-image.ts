// Takes an image apart as it comes out of `docker save`: layers go to Blobs, uncompressed, while they stream by; nothing else is kept.
//
// Engines write one of two layouts, and both end with a `manifest.json` that names the layers in order:
// - up to 24: `<id>/layer.tar` (a symbolic link where layers are shared) and `<digest>.json`;
// - from 25: `blobs/sha256/<digest>` for everything, layers compressed or not.
import { posix } from 'node:path';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { type ExtractEvents, extract } from 'tar-stream';
import { BerthError } from '../model/errors.ts';
import type { Layer } from '../model/image.ts';
import type { Blobs } from '../ports/blobs.ts';

/** What an image is made of, as its engine saved it. */
export interface SavedImage {
  readonly layers: readonly Omit<Layer, 'role'>[];
  readonly environment: readonly string[];
  readonly architecture: string;
}

/** Layers and JSON documents that have streamed by so far, by their name in the archive. */
interface Parts {
  readonly layers: Map<string, Omit<Layer, 'role'>>;
  readonly documents: Map<string, Buffer>;
  readonly links: Map<string, string>;
}

type Entry = ExtractEvents['entry'][1];

/** JSON documents of a saved image are small; a larger entry is a layer. */
const DOCUMENT_LIMIT = 4 * 1024 * 1024;

/** Stores the layers of a saved image, memory bounded. @throws image.saved-image-unreadable */
export async function storeSavedImage(blobs: Blobs, tar: Readable, reference: string): Promise<SavedImage> {
  const parts: Parts = { layers: new Map(), documents: new Map(), links: new Map() };
  const entries = extract();
  pipeline(tar, entries, () => undefined);
  try {
    for await (const entry of entries) await takePart(blobs, parts, entry);
    return assemble(parts);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new BerthError('image.saved-image-unreadable', { reference, detail }, { cause: error });
  }
}

async function takePart(blobs: Blobs, parts: Parts, entry: Entry): Promise<void> {
  const { name, type, linkname } = entry.header;
  const path = posix.normalize(name);
  if (type === 'symlink' && linkname) parts.links.set(path, posix.join(posix.dirname(path), linkname));
  if (type !== 'file' || !isWanted(path)) return void entry.resume();
  const { head, bytes } = await peek(entry);
  if (head[0] === OPEN_BRACE || head[0] === OPEN_BRACKET) parts.documents.set(path, await readDocument(bytes));
  else parts.layers.set(path, await blobs.put(decompressed(head, bytes)));
}

function isWanted(path: string): boolean {
  return path.endsWith('/layer.tar') || path.startsWith('blobs/') || (path.endsWith('.json') && !path.includes('/'));
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

async function peek(entry: Entry): Promise<{ head: Buffer; bytes: Readable }> {
  const iterator = (entry as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  const first = await iterator.next();
  const head: Buffer = first.done ? Buffer.alloc(0) : first.value;
  const bytes = Readable.from(rejoined(head, iterator), { objectMode: false });
  return { head, bytes };
}

async function* rejoined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function decompressed(head: Buffer, bytes: Readable): Readable {
  const decoder = decoderFor(head);
  // The callback is there because pipeline wants one: an error reaches whoever reads the decoder.
  return pipeline(bytes, decoder, () => undefined);
}

function decoderFor(head: Buffer) {
  if (head[0] === 0x1f && head[1] === 0x8b) return createGunzip();
  if (head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528) return createZstdDecompress();
  return new PassThrough();
}

async function readDocument(bytes: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > DOCUMENT_LIMIT) throw new RangeError(`a JSON document is longer than ${DOCUMENT_LIMIT} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function assemble(parts: Parts): SavedImage {
  const [manifest] = documentOf<readonly { Config: string; Layers: readonly string[] }[]>(parts, 'manifest.json');
  if (!manifest) throw new Error('its manifest.json is empty');
  const config = documentOf<{ architecture?: string; config?: { Env?: readonly string[] } }>(parts, manifest.Config);
  return {
    layers: manifest.Layers.map((path) => layerOf(parts, path)),
    environment: config.config?.Env ?? [],
    architecture: config.architecture ?? '',
  };
}

function documentOf<T>(parts: Parts, path: string): T {
  const bytes = parts.documents.get(path);
  if (!bytes) throw new Error(`${path} is missing`);
  return JSON.parse(bytes.toString()) as T;
}

function layerOf(parts: Parts, path: string): Omit<Layer, 'role'> {
  const layer = parts.layers.get(path) ?? parts.layers.get(parts.links.get(path) ?? '');
  if (!layer) throw new Error(`layer ${path} is missing`);
  return layer;
}
