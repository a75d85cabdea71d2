// Results of an algorithm, handed to the platform. Each is durable on the container's disk before the call is over: texts and values when
// it returns, files when its promise resolves. The courier delivers them also when the platform cannot be reached for a while.
import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { jsonText } from './json-text.js';
import { platformMs, put, putNow } from './spool.js';

const PIECE_BYTES = 256 * 1024;
const NAME_LENGTH = 200;
/** What is neither a space nor seen. */
const UNPRINTABLE = /(?! )[\p{C}\p{Z}]/u;

/** Hands results over. */
export const output = Object.freeze({
  // Asynchronous for the caller alone: nothing is lost of a program that ends without waiting for it.
  async write(text, options = {}) {
    if (typeof text !== 'string')
      throw new TypeError(`output.write takes a text, not a ${typeof text}; output.json takes other values`);
    putNow(recordOf('text', options.name, 'text/plain; charset=utf-8'), Buffer.from(text));
  },
  async json(value, options = {}) {
    putNow(recordOf('json', options.name, 'application/json'), Buffer.from(jsonText(value)));
  },
  async file(path, options = {}) {
    const name = options.name ?? basename(String(path));
    const record = recordOf('file', name, options.contentType ?? typeOf(name));
    const source = await open(path);
    try {
      const { size } = await source.stat();
      // What a growing file gains meanwhile had no room reserved.
      await put(record, size === 0 ? [] : piecesOf(source, size), size);
    } finally {
      await source.close();
    }
  },
});

async function* piecesOf(source, size) {
  const options = { start: 0, end: size - 1, highWaterMark: PIECE_BYTES, autoClose: false };
  yield* source.createReadStream(options);
}

function recordOf(kind, name, contentType) {
  if (UNPRINTABLE.test(contentType) || contentType.length > NAME_LENGTH) {
    throw new RangeError(
      `a content type has at most ${NAME_LENGTH} printable characters: ${contentType.slice(0, 250)}`,
    );
  }
  return { kind, name: checked(name), contentType, at: platformMs() };
}

function checked(name) {
  if (name === undefined || name === null) return '';
  if (
    typeof name !== 'string' ||
    name === '' ||
    name.length > NAME_LENGTH ||
    UNPRINTABLE.test(name) ||
    /[/\\]/.test(name)
  ) {
    throw new RangeError(
      `an output's name has 1 to ${NAME_LENGTH} printable characters and no slash: ${String(name).slice(0, 250)}`,
    );
  }
  return name;
}

const TYPES = {
  '.bin': 'application/octet-stream',
  '.css': 'text/css',
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.gz': 'application/gzip',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.mp4': 'video/mp4',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tar': 'application/x-tar',
  '.tsv': 'text/tab-separated-values',
  '.txt': 'text/plain',
  '.wav': 'audio/x-wav',
  '.webp': 'image/webp',
  '.xml': 'text/xml',
  '.zip': 'application/zip',
};

function typeOf(name) {
  return TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
}
