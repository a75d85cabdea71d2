// Gives a program its input, whatever form it has.
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Resolves when the input is given, or when the program does not want more of it; rejects when the input itself fails. */
export async function feed(input: string | Uint8Array | Readable, into: Writable): Promise<void> {
  if (!(input instanceof Readable)) {
    into.end(input);
    return;
  }
  let failure: Error | undefined;
  input.once('error', (error) => {
    failure = error;
  });
  // A program that ends before it has read everything says why by itself.
  await pipeline(input, into).catch(() => undefined);
  const failed = failure ?? input.errored;
  if (failed) throw failed;
}
