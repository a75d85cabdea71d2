// What every way to another process must do: carry requests and answers as streams, show where they come from, and give up on what is dead.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../src/ports/clock.ts';
import type { PeerSeals, Peers } from '../../src/ports/peers.ts';
import { ManualClock } from '../unit/engine/manual-clock.ts';

/** How an adapter is opened: for a process of this name, with a key, and what knows the addresses of others. */
export interface PeersUnderTest {
  readonly peers: (parts: {
    readonly seals: PeerSeals;
    readonly addressOf: (component: string) => string | null;
    readonly connectMs: number;
    readonly silentMs: number;
  }) => Peers;
  readonly seals: (parts: { readonly key: Uint8Array; readonly component: string; readonly clock: Clock }) => PeerSeals;
}

const KEY = Buffer.alloc(32, 1);
const here = new AbortController().signal;
const get = (path: string) => ({ method: 'GET', path, headers: {} });

/** The contract. */
export function peersContract(name: string, open: PeersUnderTest): void {
  function connected(addressOf: (component: string) => string | null, over: { readonly silentMs?: number } = {}) {
    const seals = open.seals({ key: KEY, component: 'a', clock: new ManualClock(Date.now()) });
    return open.peers({ seals, addressOf, connectMs: 1000, silentMs: 2000, ...over });
  }

  describe(`Peers: ${name}`, () => {
    test('carries a request and its answer as they are', async () => {
      const url = await serving(async (request, response) => {
        response.writeHead(207, { 'x-path': request.url, 'x-said': request.headers['x-said'] });
        response.end(Buffer.concat([Buffer.from(`${request.method} `), await buffer(request)]));
      });
      const body = Readable.from([Buffer.from('one '), Buffer.from('two')]);
      const asked = { method: 'PUT', path: '/a%20b?c=d', headers: { 'x-said': 'yes' }, body };
      const answer = await connected(() => url).fetch('b', asked, here);
      expect(answer).toMatchObject({ status: 207, headers: { 'x-path': '/a%20b?c=d', 'x-said': 'yes' } });
      expect(await text(answer.body)).toBe('PUT one two');
    });

    test('gives what comes while more is still to come', async () => {
      const url = await serving((_, response) => void response.write('begins'));
      const { body } = await connected(() => url).fetch('b', get('/'), here);
      const [chunk] = (await once(body, 'data')) as [Buffer];
      expect(chunk.toString()).toBe('begins');
      body.on('error', () => undefined).destroy();
    });

    test('is answered before the end of a body that nobody reads', async () => {
      const url = await serving((_, response) => void response.writeHead(413).end('too much'));
      const endless = Readable.from(chunks(400));
      const asked = { method: 'POST', path: '/', headers: {}, body: endless };
      const answer = await connected(() => url).fetch('b', asked, here);
      expect(answer.status).toBe(413);
      expect(await text(answer.body)).toBe('too much');
    });

    test('says which process does not answer: nobody knows it, nobody listens, it says nothing', async () => {
      const gone = await serving(() => undefined);
      const silent = await listeningInSilence();
      const addresses: Record<string, string> = { refused: `${gone.slice(0, gone.lastIndexOf(':'))}:1`, silent };
      const peers = connected((component) => addresses[component] ?? null, { silentMs: 200 });
      for (const component of ['unknown', 'refused', 'silent']) {
        const failed = { code: 'platform.peer-unreachable', details: { component } };
        await expect(peers.fetch(component, get('/'), here)).rejects.toMatchObject(failed);
      }
    });

    test('does not take the refusal of a process that does not know it for the answer to its request', async () => {
      const url = await serving((_, response) => void response.writeHead(401, { 'berth-peer-refused': 'yes' }).end());
      const refused = { code: 'platform.peer-unreachable', message: expect.stringContaining('stranger') };
      await expect(connected(() => url).fetch('b', get('/'), here)).rejects.toMatchObject(refused);
    });

    test('gives up on an answer that stops in the middle', async () => {
      const url = await serving((_, response) => void response.write('half'));
      const { body } = await connected(() => url, { silentMs: 200 }).fetch('b', get('/'), here);
      await expect(text(body)).rejects.toThrow();
    });

    test('who leaves is gone for the other side too', async () => {
      const { promise: left, resolve } = Promise.withResolvers<void>();
      const url = await serving((request, response) => {
        request.socket.once('close', resolve);
        response.write('begins');
      });
      const leave = new AbortController();
      const { body } = await connected(() => url).fetch('b', get('/'), leave.signal);
      body.on('error', () => undefined);
      leave.abort();
      await left;
    });

    test('a kept connection that the other side closed is replaced by a new one', async () => {
      const sockets = new Set<IncomingMessage['socket']>();
      const url = await serving((request, response) => {
        sockets.add(request.socket);
        response.end('well');
      });
      const peers = connected(() => url);
      for (let round = 0; round < 5; round++) {
        expect(await text((await peers.fetch('b', get('/'), here)).body)).toBe('well');
        for (const socket of sockets) socket.destroy();
      }
    });
  });

  describe(`Seals of requests between processes: ${name}`, () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const [asking, answering] = [
      open.seals({ key: KEY, component: 'a', clock }),
      open.seals({ key: KEY, component: 'b', clock }),
    ];
    const asked = { method: 'POST', path: '/peer/v1/api/x?y=1', headers: { 'berth-peer-client': 'http 192.0.2.1' } };
    const request = () => ({ ...asked, headers: { ...asked.headers, ...asking.sealed('b', asked) } });

    test('pass once', () => {
      const sent = request();
      expect(answering.refusal(sent)).toBeUndefined();
      expect(answering.refusal(sent)).toMatch(/used before/);
      expect(answering.refusal(request())).toBeUndefined();
    });

    test.each<[string, object]>([
      ['another path', { path: '/peer/v1/api/x?y=2' }],
      ['another method', { method: 'DELETE' }],
      ['no seal', { headers: asked.headers }],
      ['nonsense', { headers: { 'berth-peer': 'x.y.z' } }],
    ])('do not pass for %s', (_, other) => {
      expect(answering.refusal({ ...request(), ...other })).toBeTypeOf('string');
    });

    test('do not pass for another client, another process, or another key', () => {
      const { headers, ...rest } = request();
      const other = { ...rest, headers: { ...headers, 'berth-peer-client': 'http 192.0.2.2' } };
      expect(answering.refusal(other)).toMatch(/another key or request/);
      expect(open.seals({ key: KEY, component: 'c', clock }).refusal(request())).toMatch(/another key or request/);
      const stranger = open.seals({ key: Buffer.alloc(32, 2), component: 'a', clock });
      const sealed = { ...asked, headers: { ...asked.headers, ...stranger.sealed('b', asked) } };
      expect(answering.refusal(sealed)).toMatch(/another key or request/);
    });

    test('pass for 30 seconds, from clocks ahead and behind', async () => {
      const [early, late] = [request(), request()];
      await clock.advance(29_999);
      expect(answering.refusal(early)).toBeUndefined();
      await clock.advance(2);
      expect(answering.refusal(late)).toMatch(/too old/);
      const ahead = open.seals({ key: KEY, component: 'a', clock: new ManualClock(clock.now() + 29_000) });
      const sent = { ...asked, headers: { ...asked.headers, ...ahead.sealed('b', asked) } };
      expect(answering.refusal(sent)).toBeUndefined();
      await clock.advance(58_000);
      expect(answering.refusal(sent)).toMatch(/used before/);
    });
  });
}

async function serving(answer: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<string> {
  const server = createServer((request, response) => void answer(request, response));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return listening(server);
}

async function listening(server: ReturnType<typeof createSocketServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Takes connections and never answers. */
function listeningInSilence(): Promise<string> {
  const server = createSocketServer((socket) => {
    socket.on('error', () => undefined).resume();
    onTestFinished(() => void socket.destroy());
  });
  onTestFinished(() => void server.close());
  return listening(server);
}

function* chunks(count: number) {
  for (let sent = 0; sent < count; sent++) yield Buffer.alloc(64 * 1024);
}
