// What every Dialer must do. The servers of these tests listen on this machine's loopback, which only an exception lets through.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Dialer } from '../../src/ports/dialer.ts';

/** What a dialer is told of addresses. */
export interface DialerSettings {
  readonly refuse: readonly string[];
  readonly allow: readonly string[];
}

/** Runs the contract. */
export function dialerContract(name: string, open: (settings: DialerSettings) => Dialer): void {
  describe(`Dialer: ${name}`, () => {
    connecting(open);
    refusing(open);
  });
}

function connecting(open: (settings: DialerSettings) => Dialer): void {
  const local = () => open({ refuse: [], allow: ['127.0.0.1'] });

  test('bytes go both ways, and each side ends by itself', async () => {
    const { port } = await listen((socket) => void answerAfterEnd(socket));
    const connection = await local().connect('127.0.0.1', port);
    connection.end('question');
    expect(await received(connection)).toBe('you said: question');
  });

  test('what the other side ended may still be written to', async () => {
    const heard = Promise.withResolvers<string>();
    const { port } = await listen((socket) => {
      socket.end('goodbye');
      heard.resolve(received(socket));
    });
    const connection = await local().connect('127.0.0.1', port);
    expect(await received(connection)).toBe('goodbye');
    connection.end('and thanks');
    expect(await heard.promise).toBe('and thanks');
  });

  test('a host is reached by name; refused addresses of it are passed over', async () => {
    const { port } = await listen((socket) => socket.end('here'));
    expect(await received(await local().connect('localhost', port))).toBe('here');
  });

  test('a port where nobody listens fails, and may be tried again', async () => {
    const { port, server } = await listen(() => undefined);
    server.close();
    await once(server, 'close');
    const failed = local().connect('127.0.0.1', port);
    await expect(failed).rejects.toMatchObject({ code: 'node.relay-failed', retryable: true });
    await expect(failed).rejects.toThrow(`127.0.0.1:${port}`);
  });

  test.each(['name.invalid', '', 'a host', '[::1]'])('%j is no host that can be found', async (host) => {
    await expect(local().connect(host, 80)).rejects.toMatchObject({ code: /^node\.relay-(failed|refused)$/ });
  });

  test.each([0, -1, 65536, 1.5, Number.NaN])('%d is no port', async (port) => {
    await expect(local().connect('127.0.0.1', port)).rejects.toMatchObject({ code: 'node.relay-failed' });
  });
}

function refusing(open: (settings: DialerSettings) => Dialer): void {
  test.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    'localhost',
    '0.0.0.0',
    '0',
    '169.254.169.254',
    '224.0.0.251',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:169.254.169.254',
    '64:ff9b::127.0.0.1',
    '::127.0.0.1',
    'fe80::1',
    'ff02::1',
  ])('%s is refused before anything is sent to it', async (host) => {
    let connections = 0;
    const { port } = await listen(() => connections++);
    const refused = open({ refuse: [], allow: [] }).connect(host, port);
    await expect(refused).rejects.toMatchObject({ code: 'node.relay-refused', details: { host, port } });
    expect(connections).toBe(0);
  });

  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['192.0.2.7', '192.0.2.0/24'],
    ['2001:db8::1', '2001:db8:0::1'],
  ])('%s is refused when the platform names %s as its own', async (host, refuse) => {
    const refused = open({ refuse: [refuse], allow: [] }).connect(host, 80);
    await expect(refused).rejects.toMatchObject({ code: 'node.relay-refused' });
  });

  test('an exception holds for what it names and nothing else', async () => {
    const { port } = await listen((socket) => socket.end('here'));
    const dialer = open({ refuse: ['127.0.0.1'], allow: ['127.0.0.1'] });
    expect(await received(await dialer.connect('127.0.0.1', port))).toBe('here');
    await expect(dialer.connect('127.0.0.2', port)).rejects.toMatchObject({ code: 'node.relay-refused' });
  });
}

// Unlike an asynchronous iteration, this leaves the other direction of a connection open.
async function received(stream: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  await once(stream, 'end');
  return Buffer.concat(pieces).toString();
}

async function answerAfterEnd(socket: Socket): Promise<void> {
  socket.end(`you said: ${await received(socket)}`);
}

async function listen(accept: (socket: Socket) => void): Promise<{ port: number; server: Server }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    accept(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server };
}
