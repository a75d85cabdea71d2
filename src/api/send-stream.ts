// Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) over one answer.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { ApiParts } from './api-parts.ts';
import type { Message } from './handler.ts';

/** A comment now and then keeps proxies from taking a quiet stream for a dead one. */
const HEARTBEAT_MS = 15_000;

/** Sends messages as they come, as fast as the client takes them, until they end or the client leaves. */
export async function sendStream(
  { clock, log }: Pick<ApiParts, 'clock' | 'log'>,
  reply: FastifyReply,
  messages: AsyncIterable<Message>,
  leaving: AbortSignal,
): Promise<FastifyReply> {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  raw.write(': begins\n\n');
  let cancel = () => {};
  const beat = () => {
    raw.write(': still here\n\n');
    cancel = clock.after(HEARTBEAT_MS, beat);
  };
  cancel = clock.after(HEARTBEAT_MS, beat);
  try {
    for await (const message of messages) await write(raw, message, leaving);
  } catch (error) {
    if (!leaving.aborted) log.error('A stream broke off', { error });
  } finally {
    cancel();
    raw.end();
  }
  return reply;
}

async function write(raw: ServerResponse, { event, id, data }: Message, leaving: AbortSignal): Promise<void> {
  const identified = id === undefined ? '' : `id: ${id}\n`;
  const taken = raw.write(`event: ${event}\n${identified}data: ${JSON.stringify(data)}\n\n`);
  if (!taken && !leaving.aborted) await once(raw, 'drain', { signal: leaving });
}
