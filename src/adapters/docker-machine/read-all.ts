// Whole answers, with a bound on their size.
import type { Readable } from 'node:stream';

/** The bytes of a stream as UTF-8 text. @throws RangeError when there are more than `limitBytes` */
export async function readAll(stream: Readable, limitBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) throw new RangeError(`the answer is longer than ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
