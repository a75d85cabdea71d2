// What the contract of WebCaller stands on: real HTTP servers on this machine, and names that lead where a test says.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { WebCall, WebCaller } from '../../src/ports/web-caller.ts';

/** Finds addresses of a name. */
export type Names = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/** Opens a caller that resolves names so, and trusts a certificate. */
export type OpenWebCaller = (names: Names, caCertificates: string) => WebCaller;

/** This machine's address. */
export const HERE = [{ address: '127.0.0.1', family: 4 }];
/** Nobody breaks the call off. */
export const patient = new AbortController().signal;

/** Every name is this machine. */
export const here: Names = async () => HERE;

/** A call as tests make it. */
export function aCall(url: string, over: Partial<WebCall> = {}): WebCall {
  const of = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' } as const;
  return { url, ...of, allowPrivate: ['127.0.0.1'], timeoutMs: 2000, redirects: 'anywhere', ...over };
}

/** A request that came. */
interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server of the test's own; it ends with the test. */
export async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
  tls?: { readonly key: string; readonly cert: string },
): Promise<{ readonly url: string; readonly port: number; readonly asked: Asked[]; readonly server: Server }> {
  const asked: Asked[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const { method, url, headers } = request;
      asked.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      answer(request, response);
    });
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, asked, server };
}
