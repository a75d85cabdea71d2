// Whoever can make the platform call something cannot make it call itself, its machine, or what only its machine reaches.
// Elsewhere: every form of every refused address, names that lead there, redirects, names that change their mind
// (test/contracts/web-caller-refusals.ts, web-caller-redirects.ts), what tasks reach through the relay (test/contracts/dialer-contract.ts,
// test/unit/nodes/sdk-endpoint.test.ts), headers of webhooks (test/unit/actions).
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkedAction } from '../../../src/actions/wanted-action.ts';
import { RefusedAddresses } from '../../../src/adapters/tcp-dialer/refused-addresses.ts';
import { isHost } from '../../../src/applications/network-host.ts';
import { call, callRaw, openApi } from '../api/api-world.ts';
import { sdkWorld, throughRelay } from '../nodes/sdk-world.ts';

/** A server of this machine that counts who calls it. */
async function inside() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end('inside');
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, asked };
}

/** Ways of writing this machine. */
const HERE = [
  ...[
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '017700000001',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '127.0.0.1.',
  ],
  ...[
    'localhost',
    'LOCALHOST',
    'localhost.',
    '0',
    '0.0.0.0',
    '[::]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
  ],
  ...[
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '%31%32%37.0.0.1',
  ],
] as const;

describe('a webhook', () => {
  it.each(HERE)('does not reach %s', async (host) => {
    const world = await openApi();
    const { port, asked } = await inside();
    await call(world, 'applyChannel', { body: { kind: 'webhooks' } });
    const to = `http://${host}:${port}/`;
    const tested = await callRaw(world, 'testChannel', { params: { channel: 'webhooks' }, body: { to } });
    expect(tested.statusCode).toBeGreaterThanOrEqual(400);
    expect(tested.json()).toMatchObject({ error: { code: 'channel.test-failed' } });
    expect(asked).toEqual([]);
  });

  it('reaches it where an administrator says so, and tells no more than the beginning of the answer', async () => {
    const world = await openApi();
    const { port, asked } = await inside();
    await call(world, 'applyChannel', { body: { kind: 'webhooks', allowPrivate: ['127.0.0.1'] } });
    const body = { to: `http://127.0.0.1:${port}/` };
    await call(world, 'testChannel', { params: { channel: 'webhooks' }, body });
    expect(asked).toEqual(['POST /']);
  });

  it.each([
    'file:///etc/passwd',
    'gopher://x/',
    'ftp://x/',
    'data:text/plain,x',
    'http://a:b@example.org/',
    'x',
    '//x/',
  ])('is not wanted at %s', (url) => {
    expect(() => checkedAction({ kind: 'webhook', key: 'k', url, body: {} })).toThrow(
      expect.objectContaining({ code: 'action.invalid' }),
    );
  });

  it.each([
    'host',
    'Content-Length',
    'transfer-encoding',
    'Connection',
    'Proxy-Authorization',
    'berth-signature',
    'a b',
    'a\nb',
  ])('has no header %j of its caller’s', (name) => {
    const wanted = { kind: 'webhook', key: 'k', url: 'https://example.org/', headers: { [name]: 'x' }, body: {} };
    expect(() => checkedAction(wanted)).toThrow(expect.objectContaining({ code: 'action.invalid' }));
  });

  it('has no line break in a header', () => {
    const wanted = { kind: 'webhook', key: 'k', url: 'https://example.org/', headers: { x: 'a\r\nhost: b' }, body: {} };
    expect(() => checkedAction(wanted)).toThrow(expect.objectContaining({ code: 'action.invalid' }));
  });
});

describe('a gateway for SMS', () => {
  it.each([
    'http://{to}/?t={text}',
    'http://example.org{to}/?t={text}',
    'http://{text}.example.org/?to={to}',
    '{to}://example.org/{text}',
    'http://a@{to}/{text}',
    'file:///{to}/{text}',
  ])('is not one whose host its messages say: %s', async (url) => {
    const world = await openApi();
    const body = { kind: 'sms-gateway', url, method: 'GET', headers: {}, body: null, secretFile: null };
    const applied = await callRaw(world, 'applyChannel', { body });
    expect(applied.statusCode).toBeGreaterThanOrEqual(400);
    expect(await world.parts.store.count('actionChannel', {})).toBe(0);
  });
});

describe('what a task reaches', () => {
  const ADDRESSES = [
    ...['127.0.0.1', '127.9.9.9', '0.0.0.0', '169.254.169.254', '224.0.0.1', '255.255.255.255', '::', '::1', 'fe80::1'],
    ...['::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '::127.0.0.1', '64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe', 'ff02::1'],
  ];

  it.each(ADDRESSES)('is not %s', (address) => {
    expect(new RefusedAddresses([], []).reason(address)).toBeDefined();
  });

  it.each([
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.0.0.1:1',
    'a/b',
    'a b',
    '*',
    '*.example.org',
    'http://a',
    '-a',
    '',
  ])('is declared as a host, which %j is not', (host) => {
    expect(isHost(host)).toBe(false);
  });

  it.each([
    '127.0.0.1:22',
    'localhost:1',
    '127.1:1',
    '[::1]:1',
    '2130706433:1',
    '127.0.0.1.:1',
    ':1',
    '127.0.0.1:99999',
    'x',
  ])('is what its package declares, and not %s', async (target) => {
    const world = await sdkWorld(1);
    const { status } = await throughRelay(world.socketPath, world.token, target);
    expect(status).toBeGreaterThanOrEqual(400);
  });
});

describe('a link that is sent to somebody', () => {
  it.each(['host', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-server', 'forwarded', 'origin', 'referer'])(
    'leads to the platform, whatever a request says in %s',
    async (header) => {
      const world = await openApi();
      await call(world, 'addUser', { body: { name: 'ana' } });
      const value = header === 'forwarded' ? 'host=evil.example.org' : 'evil.example.org';
      const invited = await world.server.inject({
        ...{ method: 'POST', url: '/api/v1/users/ana/invitation', payload: { by: 'link' } },
        headers: { authorization: `Bearer ${world.token}`, [header]: value },
      });
      expect(invited.json()).toMatchObject({
        link: expect.stringMatching(/^https:\/\/berth\.example\.org\/invitation#/),
      });
    },
  );
});
