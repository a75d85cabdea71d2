// Texts with places: each value is written as its place demands, and can neither end it nor bring places along.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filledText, htmlText, oneLine } from '../../../src/actions/filled-text.ts';
import { type GatewayAccess, gatewayFault, gatewayRequest } from '../../../src/actions/gateway-request.ts';
import { webhookHeaders } from '../../../src/actions/webhook-signature.ts';
import { T0 } from '../../builders/jobs.ts';

const EVIL = `"},{"to":"+666 & {secret} %0d%0a\r\nX: y <b>'{to}`;
const VALUES = { to: '+49170', text: EVIL, id: 'a.1', secret: 's3&cret' };

function gateway(over: Partial<GatewayAccess> = {}): GatewayAccess {
  const of = { kind: 'sms-gateway', url: 'https://sms.example.org/send', method: 'POST', headers: {} } as const;
  const body = '{"messages":[{"to":"{to}","text":"{text}","n":1}],"id":"{id}"}';
  return { ...of, body, contentType: 'application/json', secretFile: '/secret', accepted: [200], ...over };
}

describe('a request to a gateway', () => {
  test('is JSON in which every value is a string of its own', () => {
    expect(JSON.parse(gatewayRequest(gateway(), VALUES).body ?? '')).toEqual({
      messages: [{ to: '+49170', text: EVIL, n: 1 }],
      id: 'a.1',
    });
  });

  test('is a form in which every value is a field of its own', () => {
    const access = gateway({
      body: 'to={to}&key={secret}&text={text}',
      contentType: 'application/x-www-form-urlencoded',
    });
    const form = new URLSearchParams(gatewayRequest(access, VALUES).body ?? '');
    expect([...form]).toEqual([
      ['to', '+49170'],
      ['key', 's3&cret'],
      ['text', EVIL],
    ]);
  });

  test('is a URL in which every value is a parameter of its own', () => {
    const access = gateway({ url: 'https://sms.example.org/send/{to}?text={text}', method: 'GET', body: null });
    const { url, body } = gatewayRequest(access, VALUES);
    expect(body).toBeNull();
    expect(new URL(url).searchParams.get('text')).toBe(EVIL);
    expect(new URL(url).pathname).toBe('/send/%2B49170');
  });

  test('has headers of one line each', () => {
    const { headers } = gatewayRequest(
      gateway({ headers: { Authorization: 'Bearer {secret}', 'X-Text': '{text}' } }),
      VALUES,
    );
    expect(headers).toMatchObject({ Authorization: 'Bearer s3&cret' });
    expect(headers['X-Text']).not.toMatch(/[\r\n]/);
  });

  test('leads to the same host whatever the values are', () => {
    const access = gateway({ url: 'https://sms.example.org/{to}?text={text}', body: null, method: 'GET' });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, to) => {
        fc.pre(text.isWellFormed() && to.isWellFormed());
        const url = new URL(gatewayRequest(access, { ...VALUES, text, to }).url);
        expect(url.origin).toBe('https://sms.example.org');
        expect(url.searchParams.get('text')).toBe(text);
      }),
    );
  });

  test.each<[string, Partial<GatewayAccess>, string]>([
    ['whose host has a place', { url: 'https://{to}.example.org/?{text}' }, 'which host is called'],
    ['of another kind', { url: 'ftp://example.org/{to}{text}' }, 'none of http or https'],
    ['with a user name', { url: 'https://a:b@example.org/{to}{text}' }, 'user name'],
    ['whose body is no JSON', { body: '{"to":{to},"text":"{text}"}' }, 'no JSON'],
    ['that forgets the text', { body: '{"to":"{to}"}' }, '{text} is nowhere'],
    ['that forgets the number', { body: '{"text":"{text}"}' }, '{to} is nowhere'],
    ['that uses a secret it does not name', { secretFile: null, headers: { a: '{secret}' } }, 'no file'],
    ['that gets with a body', { method: 'GET' }, 'has no body'],
  ])('%s is refused', (_, over, reason) => {
    expect(gatewayFault(gateway(over))).toContain(reason);
  });

  test('that is sound is not', () => {
    expect(gatewayFault(gateway())).toBeUndefined();
  });
});

describe('a text', () => {
  test('keeps places that have no value, and fills none that a value brought', () => {
    expect(filledText('{a} {b} {constructor}', { a: '{b}', b: 'x' })).toBe('{b} x {constructor}');
  });

  test('of HTML lets no value become markup', () => {
    const html = filledText('<p title="{a}">{a}</p>', { a: `"><script>'&` }, htmlText);
    expect(html).toBe('<p title="&#34;&#62;&#60;script&#62;&#39;&#38;">&#34;&#62;&#60;script&#62;&#39;&#38;</p>');
  });

  test('on one line has no control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(oneLine(text)).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }),
    );
  });
});

test('a webhook is signed over its time and its body', () => {
  const headers = webhookHeaders({ id: 'a.1', body: '{"a":1}', secret: 'key' }, T0 + 999);
  const timestamp = String(T0 / 1000);
  const hmac = createHmac('sha256', 'key').update(`${timestamp}.{"a":1}`).digest('hex');
  expect(headers).toEqual({ 'berth-action': 'a.1', 'berth-timestamp': timestamp, 'berth-signature': `v1=${hmac}` });
  expect(webhookHeaders({ id: 'a.1', body: '', secret: null }, T0)).not.toHaveProperty('berth-signature');
});
