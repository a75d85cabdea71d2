// The part of the WebCaller contract about what is not called, whatever leads there.
import { expect, test } from 'vitest';
import { aCall, HERE, here, listen, type Names, type OpenWebCaller, patient } from './web-caller-world.ts';

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

/** Addresses, names and exceptions. */
export function refusals(open: OpenWebCaller): void {
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

/** Names that lead elsewhere from one question to the next. */
export function rebinding(open: OpenWebCaller): void {
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
