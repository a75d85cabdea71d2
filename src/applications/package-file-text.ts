// Contents of files in packages, as far as people compare them.
import type { ArchiveEntry } from '../ports/archives.ts';

/** Larger texts are not compared line by line. */
const MOST_TEXT_BYTES = 256 * 1024;

/** A file as text (empty when there is none), or why it is not one that people compare. */
export async function textOf(
  entry: ArchiveEntry | undefined,
): Promise<{ readonly text: string } | 'binary' | 'too-large'> {
  if (!entry) return { text: '' };
  if (entry.declaredBytes > MOST_TEXT_BYTES) return 'too-large';
  const contents = Buffer.concat(await Array.fromAsync((await entry.open()) as AsyncIterable<Buffer>));
  if (contents.includes(0)) return 'binary';
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(contents) };
  } catch (error) {
    if (error instanceof TypeError) return 'binary';
    throw error;
  }
}

/** Whether two files hold the same bytes; of each no more than a piece is held at a time. */
export async function isSameContents(a: ArchiveEntry, b: ArchiveEntry): Promise<boolean> {
  if (a.declaredBytes !== b.declaredBytes) return false;
  const [contentsA, contentsB] = [await a.open(), await b.open()];
  try {
    const pieces = (contentsB as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    let rest: Buffer = Buffer.alloc(0);
    for await (const piece of contentsA as AsyncIterable<Buffer>) {
      while (rest.length < piece.length) {
        const next = await pieces.next();
        if (next.done) return false;
        rest = rest.length === 0 ? next.value : Buffer.concat([rest, next.value]);
      }
      if (!rest.subarray(0, piece.length).equals(piece)) return false;
      rest = rest.subarray(piece.length);
    }
    return rest.length === 0 && ((await pieces.next()).done ?? false);
  } finally {
    contentsA.destroy();
    contentsB.destroy();
  }
}
