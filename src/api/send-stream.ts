// Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) over one answer.
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { errorAnswer } from './error-answer.ts';
import type { Exchange, RouteParts } from './exchange.ts';
import type { Message } from './handler.ts';

/** A comment now and then keeps proxies from taking a quiet stream for a dead one. */
const HEARTBEAT_MS = 15_000;

/**
 * Sends messages as they come, as fast as the client takes them, until they end or the client leaves. An error after the beginning is
 * the last message, `failure`, with the body that any other route would answer.
 */
export async function sendStream(
  parts: RouteParts,
  { request, reply, signal, refused }: Exchange,
  messages: AsyncIterable<Message>,
): Promise<FastifyReply> {
  const fail = (error: unknown) =>
    write(reply, { event: 'failure', data: errorAnswer(error, parts, request).body }, signal);
  begin(reply);
  parts.streams.add(reply.raw);
  const stopBeating = keepBeating(parts, reply);
  try {
    for await (const message of messages) {
      await write(reply, message, signal);
      if (signal.aborted) break;
    }
    if (refused?.aborted) await fail(refused.reason);
  } catch (error) {
    if (refused?.aborted) await fail(refused.reason);
    else if (!signal.aborted) await fail(error);
  } finally {
    stopBeating();
    reply.raw.end();
  }
  return reply;
}

function begin(reply: FastifyReply): void {
  // What every answer carries: what is written by hand would go without it.
  const common = Object.entries(reply.getHeaders());
  reply.hijack();
  for (const [name, value] of common) if (value !== undefined) reply.raw.setHeader(name, value);
  const streamed = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
  reply.raw.writeHead(200, streamed);
  reply.raw.write(': begins\n\n');
}

function keepBeating({ clock }: Pick<RouteParts, 'clock'>, { raw }: FastifyReply): () => void {
  let cancel = clock.after(HEARTBEAT_MS, beat);
  function beat(): void {
    raw.write(': still here\n\n');
    cancel = clock.after(HEARTBEAT_MS, beat);
  }
  return () => cancel();
}

async function write({ raw }: FastifyReply, { event, id, data }: Message, signal: AbortSignal): Promise<void> {
  const identified = id === undefined ? '' : `id: ${id}\n`;
  const taken = raw.write(`event: ${event}\n${identified}data: ${JSON.stringify(data)}\n\n`);
  if (!taken && !signal.aborted) await drained(raw, signal);
}

/** Resolves when the client has taken what was written, or has left. */
function drained(raw: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      raw.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    raw.on('drain', done);
    signal.addEventListener('abort', done);
  });
}
