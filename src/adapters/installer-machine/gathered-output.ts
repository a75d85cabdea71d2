// What a program prints: kept up to a bound, and told line by line.
import type { Readable } from 'node:stream';

const LIMIT_BYTES = 1024 * 1024;
const LINE_LIMIT = 2000;

/** Listens to a stream; the function returned gives what was kept of it. */
export function gatheredOutput(stream: Readable, onLine: (line: string) => void): () => string {
  const pieces: Buffer[] = [];
  let [size, rest] = [0, ''];
  stream.on('data', (piece: Buffer) => {
    if (size < LIMIT_BYTES) pieces.push(piece);
    size += piece.length;
    const lines = `${rest}${piece.toString('utf8')}`.split('\n');
    rest = (lines.pop() ?? '').slice(-LINE_LIMIT);
    for (const line of lines) if (line.trim() !== '') onLine(line.trim());
  });
  return () => Buffer.concat(pieces).toString('utf8');
}
