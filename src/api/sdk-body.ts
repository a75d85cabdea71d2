// Bodies of tasks' requests: bounded in size and in the time between two pieces.
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { BerthError } from '../model/errors.ts';
import { DEEPEST, isTooDeep } from '../model/nesting.ts';
import type { Clock } from '../ports/clock.ts';

/** Between two pieces of a body. */
const BODY_IDLE_MS = 30_000;

/** The body as a stream of its own: refusing it must not cut the connection before the refusal is told. */
export function bodyOf(request: IncomingMessage, clock: Clock): PassThrough {
  const body = new PassThrough();
  let cancel = () => {};
  const wait = () => {
    cancel();
    cancel = clock.after(BODY_IDLE_MS, () =>
      request.destroy(new BerthError('sdk.too-slow', { seconds: BODY_IDLE_MS / 1000 })),
    );
  };
  wait();
  request.on('data', wait);
  request.once('end', () => cancel());
  request.once('close', () => cancel());
  request.once('error', (error) => body.destroy(error));
  request.pipe(body);
  return body;
}

/** A body that is JSON: its text, and what it says. @throws sdk.body-too-large, sdk.body-not-json, sdk.too-slow */
export async function jsonBodyOf(
  request: IncomingMessage,
  clock: Clock,
  limitBytes: number,
): Promise<{ readonly text: string; readonly value: unknown }> {
  const body = bodyOf(request, clock);
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    sizeBytes += piece.length;
    if (sizeBytes > limitBytes) {
      request.unpipe(body).resume();
      throw new BerthError('sdk.body-too-large', { limitBytes });
    }
    pieces.push(piece);
  }
  return parsed(Buffer.concat(pieces));
}

function parsed(bytes: Buffer): { readonly text: string; readonly value: unknown } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (isTooDeep(value)) throw new SyntaxError(`it is nested more than ${DEEPEST} deep`);
    return { text, value };
  } catch (error) {
    throw new BerthError('sdk.body-not-json', { reason: error instanceof Error ? error.message : String(error) });
  }
}
