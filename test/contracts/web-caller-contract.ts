// What every WebCaller does, tried against real HTTP servers on this machine; names are resolved as each test says.
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ownCertificate } from '../world/own-certificate.ts';
import { redirects } from './web-caller-redirects.ts';
import { rebinding, refusals } from './web-caller-refusals.ts';
import { aCall, here, listen, type OpenWebCaller, patient } from './web-caller-world.ts';

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
