// The part of the WebCaller contract about redirects.
import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { ownCertificate } from '../world/own-certificate.ts';
import { aCall, here, listen, type OpenWebCaller, patient } from './web-caller-world.ts';

/** Which are followed, and what goes along. */
export function redirects(open: OpenWebCaller): void {
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
