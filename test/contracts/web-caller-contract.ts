// What every WebCaller does, tried against real HTTP servers on this machine; names are resolved as each test says.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { WebCall, WebCaller } from '../../src/ports/web-caller.ts';
import { ownCertificate } from '../world/own-certificate.ts';

/** Finds addresses of a name. */
export type Names = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/** Opens a caller that resolves names so, and trusts a certificate. */
export type OpenWebCaller = (names: Names, caCertificates: string) => WebCaller;

const HERE = [{ address: '127.0.0.1', family: 4 }];
const patient = new AbortController().signal;

/** Every name is this machine. */
const here: Names = async () => HERE;

function aCall(url: string, over: Partial<WebCall> = {}): WebCall {
  const of = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' } as const;
  return { url, ...of, allowPrivate: ['127.0.0.1'], timeoutMs: 2000, redirects: 'anywhere', ...over };
}

/** The contract. */
export function webCallerContract(name: string, open: OpenWebCaller): void {
  describe(`WebCaller: ${name}`, () => {
    answers(open);
    refusals(open);
    rebinding(open);
    redirects(open);
    bounds(open);
  });
}

function answers(open: OpenWebCaller): void {
  test('sends method, headers and body, and tells what was answered', async () => {
    const { url, asked } = await listen((_, response) => response.end('thank\nyou'));
    const answer = await open(here, '').call(aCall(`${url}/hook?x=1`, { method: 'PUT' }), patient);
    expect(answer).toEqual({ outcome: 'delivered', status: 200, text: 'It answered 200: thank you' });
    expect(asked).toMatchObject([{ method: 'PUT', url: '/hook?x=1', body: '{"a":1}' }]);
    expect(asked[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '7' });
  });

  test.each([
    [201, 'delivered'],
    [204, 'delivered'],
    [304, 'refused'],
    [400, 'refused'],
    [404, 'refused'],
    [408, 'failed'],
    [425, 'failed'],
    [429, 'failed'],
    [500, 'failed'],
    [503, 'failed'],
  ] as const)('%d is %s', async (status, outcome) => {
    const { url } = await listen((_, response) => response.writeHead(status).end());
    expect(await open(here, '').call(aCall(url), patient)).toMatchObject({ outcome, status });
  });

  test('speaks TLS to a server that it trusts, and to no other', async () => {
    const own = await ownCertificate('hook.test');
    const { port, asked } = await listen((_, response) => response.end(), own);
    const wanted = aCall(`https://hook.test:${port}/`);
    expect(await open(here, own.cert).call(wanted, patient)).toMatchObject({ outcome: 'delivered' });
    expect(await open(here, '').call(wanted, patient)).toMatchObject({ outcome: 'failed', status: null });
    const other = aCall(`https://other.test:${port}/`);
    expect(await open(here, own.cert).call(other, patient)).toMatchObject({ outcome: 'failed' });
    expect(asked).toHaveLength(1);
  });

  test('a server that nobody listens at, and a name without address, have failed', async () => {
    const { url, server } = await listen(() => undefined);
    server.close();
    await once(server, 'close');
    expect(await open(here, '').call(aCall(url), patient)).toMatchObject({ outcome: 'failed', status: null });
    const nowhere = open(() => Promise.reject(new Error('no such name')), '');
    const lost = await nowhere.call(aCall('http://nowhere.test/'), patient);
    expect(lost).toMatchObject({ outcome: 'failed', text: expect.stringContaining('no such name') });
  });

  test('a server that hangs up instead of answering leaves it unknown', async () => {
    const { url } = await listen((request) => void request.socket.destroy());
    expect(await open(here, '').call(aCall(url), patient)).toMatchObject({ outcome: 'unknown', status: null });
  });
}

/** Written as people who look for a way around write them. */
const FORBIDDEN = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '127.0.0.1.',
  '127.255.255.254',
  '0.0.0.0',
  '0',
  '10.0.0.1',
  '100.64.0.1',
  '100.100.100.200',
  '169.254.169.254',
  '168.63.129.16',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.0.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::127.0.0.1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:8.8.8.8]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::8.8.8.8]',
  '[64:ff9b:1::1]',
  '[100::1]',
  '[2001::1]',
  '[2001:db8::1]',
  '[2002:7f00:1::]',
  '[3fff::1]',
  '[5f00::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '[fec0::1]',
  '[ff02::1]',
] as const;

function refusals(open: OpenWebCaller): void {
  test.each(FORBIDDEN)('%s is not called', async (host) => {
    const answer = await open(forbiddenNames, '').call(aCall(`http://${host}:9/`, { allowPrivate: [] }), patient);
    expect(answer).toMatchObject({ outcome: 'refused', status: null });
  });

  test.each(
    FORBIDDEN.map((host) => host.replace(/^\[|\]$/g, '')).filter((host) => /^[\da-f.:]*[.:][\da-f.:]*$/.test(host)),
  )('a name that leads to %s is not called', async (address) => {
    const plain = new URL(`http://${address.includes(':') ? `[${address}]` : address}`).hostname.replace(
      /^\[|\]$/g,
      '',
    );
    const names: Names = async () => [{ address: plain, family: plain.includes(':') ? 6 : 4 }];
    const answer = await open(names, '').call(aCall('http://innocent.test:9/', { allowPrivate: [] }), patient);
    expect(answer).toMatchObject({ outcome: 'refused', status: null });
  });

  test.each([
    'ftp://example.org/',
    'file:///etc/passwd',
    'http://user:password@example.org/',
    'http://',
    'example.org',
  ])('%s is not called', async (url) => {
    const answer = await open(forbiddenNames, '').call(aCall(url), patient);
    expect(answer).toMatchObject({ outcome: 'refused', status: null });
  });

  test.each([
    ['the address', '127.0.0.1', ['127.0.0.1'], 'delivered'],
    ['a network around it', '127.0.0.1', ['127.0.0.0/8'], 'delivered'],
    ['the name', 'inside.test', ['inside.test'], 'delivered'],
    ['the name in other letters', 'INSIDE.test.', ['inside.TEST'], 'delivered'],
    ['another address', '127.0.0.1', ['127.0.0.2'], 'refused'],
    ['another name', 'inside.test', ['outside.test'], 'refused'],
    ['what is no network', '127.0.0.1', ['127.0.0.1/99'], 'refused'],
  ] as const)('an exception that names %s', async (_, host, allowPrivate, outcome) => {
    const { port } = await listen((_request, response) => response.end());
    const answer = await open(here, '').call(aCall(`http://${host}:${port}/`, { allowPrivate }), patient);
    expect(answer.outcome).toBe(outcome);
  });

  test('an exception by name does not reach the metadata of a cloud', async () => {
    const names: Names = async () => [{ address: '169.254.169.254', family: 4 }];
    const answer = await open(names, '').call(aCall('http://inside.test/', { allowPrivate: ['inside.test'] }), patient);
    expect(answer.outcome).toBe('refused');
  });
}

const forbiddenNames: Names = () => Promise.reject(new Error('An address is not resolved'));

function rebinding(open: OpenWebCaller): void {
  test('of the addresses of a name, only those that may be called are', async () => {
    const { port, asked } = await listen((_, response) => response.end());
    const names: Names = async () => [{ address: '127.0.0.2', family: 4 }, ...HERE];
    const answer = await open(names, '').call(aCall(`http://two.test:${port}/`), patient);
    expect(answer.outcome).toBe('delivered');
    expect(asked).toHaveLength(1);
  });

  test('a name is resolved once for each connection, and what was checked is what is connected to', async () => {
    const { port, asked } = await listen((_, response) => response.end());
    let questions = 0;
    const names: Names = async () => (++questions === 1 ? [{ address: '198.51.100.7', family: 4 }] : HERE);
    const answer = await open(names, '').call(aCall(`http://rebinding.test:${port}/`, { allowPrivate: [] }), patient);
    expect(answer.outcome).toBe('refused');
    expect(questions).toBe(1);
    expect(asked).toEqual([]);
  });

  test('a name that turns to this machine between a call and its redirect gains nothing', async () => {
    const { port, asked } = await listen((request, response) => {
      if (request.url === '/first') response.writeHead(307, { location: `http://rebinding.test:${port}/second` });
      response.end();
    });
    let questions = 0;
    const names: Names = async () => (++questions === 1 ? HERE : [{ address: '127.0.0.2', family: 4 }]);
    const answer = await open(names, '').call(aCall(`http://rebinding.test:${port}/first`), patient);
    expect(answer).toMatchObject({ outcome: 'refused', text: expect.stringContaining('127.0.0.2') });
    expect(asked.map(({ url }) => url)).toEqual(['/first']);
  });
}

function redirects(open: OpenWebCaller): void {
  const to =
    (status: number, location: string): RequestListener =>
    (request, response) =>
      request.url === '/' ? response.writeHead(status, { location }).end() : response.end();

  test.each([307, 308])('%d is followed with the same method and body', async (status) => {
    const { url, asked } = await listen(to(status, '/there'));
    expect(await open(here, '').call(aCall(url), patient)).toMatchObject({ outcome: 'delivered' });
    expect(asked[1]).toMatchObject({ method: 'POST', url: '/there', body: '{"a":1}' });
  });

  test.each([301, 302, 303])('%d of a POST is not: it would become something else', async (status) => {
    const { url, asked } = await listen(to(status, '/there'));
    expect(await open(here, '').call(aCall(url), patient)).toMatchObject({ outcome: 'refused', status });
    expect(asked).toHaveLength(1);
  });

  test.each([
    'http://127.0.0.2:9/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]:9/',
    '//0x7f000002:9/',
    'file:///etc/passwd',
    'http://user:password@127.0.0.1/',
    'javascript:alert(1)',
  ])('to %s is not followed', async (location) => {
    const { url, asked } = await listen(to(307, location));
    const answer = await open(here, '').call(aCall(url), patient);
    expect(answer.outcome).toBe('refused');
    expect(asked).toHaveLength(1);
  });

  test('from https to http is not followed', async () => {
    const own = await ownCertificate();
    const plain = await listen((_, response) => response.end());
    const { port } = await listen(to(307, `${plain.url}/there`), own);
    const answer = await open(here, own.cert).call(aCall(`https://localhost:${port}/`), patient);
    expect(answer).toMatchObject({ outcome: 'refused', text: expect.stringContaining('https to http') });
    expect(plain.asked).toEqual([]);
  });

  test('to another host loses credentials, or is not followed where a secret would go along', async () => {
    const other = await listen((_, response) => response.end());
    const { url } = await listen(to(307, `${other.url}/there`));
    const headers = { 'content-type': 'text/plain', authorization: 'Bearer x', 'x-key': 'y', 'berth-action': 'a' };
    expect(await open(here, '').call(aCall(url, { headers }), patient)).toMatchObject({ outcome: 'delivered' });
    expect(other.asked[0]?.headers).toMatchObject({ 'content-type': 'text/plain', 'berth-action': 'a' });
    expect(other.asked[0]?.headers).not.toHaveProperty('authorization');
    expect(other.asked[0]?.headers).not.toHaveProperty('x-key');
    const careful = await open(here, '').call(aCall(url, { redirects: 'same-origin' }), patient);
    expect(careful.outcome).toBe('refused');
    expect(other.asked).toHaveLength(1);
  });

  test('in a circle ends', async () => {
    const { url, asked } = await listen((_, response) => response.writeHead(307, { location: '/' }).end());
    expect(await open(here, '').call(aCall(url), patient)).toMatchObject({ outcome: 'refused', status: 307 });
    expect(asked).toHaveLength(4);
  });
}

function bounds(open: OpenWebCaller): void {
  test('an answer without end is cut off, and told on one line', async () => {
    const { url } = await listen((_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(`${'x'.repeat(1000)}\u0007\n`));
      };
      response.on('drain', more);
      more();
    });
    const { outcome, text } = await open(here, '').call(aCall(url), patient);
    expect(outcome).toBe('delivered');
    expect(text.length).toBeLessThan(400);
    expect(text).not.toMatch(/\p{Cc}/u);
  });

  test('a server that does not answer in time leaves it unknown', async () => {
    const { url } = await listen(() => undefined);
    const answer = await open(here, '').call(aCall(url, { timeoutMs: 50 }), patient);
    expect(answer).toMatchObject({ outcome: 'unknown', text: expect.stringContaining('0.05 s') });
  });

  test('redirects do not give it more time', async () => {
    const { url } = await listen((_, response) => {
      const timer = setTimeout(() => response.writeHead(307, { location: '/' }).end(), 40);
      response.on('close', () => clearTimeout(timer));
    });
    const answer = await open(here, '').call(aCall(url, { timeoutMs: 60 }), patient);
    expect(answer.outcome).toBe('unknown');
  });

  test('whoever asked may break it off', async () => {
    const leaving = new AbortController();
    const { url } = await listen(() => leaving.abort(new Error('the platform is stopping')));
    const answer = await open(here, '').call(aCall(url), leaving.signal);
    expect(answer).toMatchObject({ outcome: 'unknown', text: expect.stringContaining('the platform is stopping') });
    expect(await open(here, '').call(aCall(url), leaving.signal)).toMatchObject({ outcome: 'failed' });
  });
}

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function listen(
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
