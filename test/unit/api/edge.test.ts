// The edge towards browsers: whose cookie counts, from where a request may come, what pages may load, and what is served of the console.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { beginSession } from '../../../src/accounts/session-requests.ts';
import type { ApiEdge } from '../../../src/api/api-parts.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { type ApiWorld, openApi } from './api-world.ts';

interface Sent {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const EDGE: ApiEdge = { publicUrl: '', trustedProxies: [], webDirectory: '/nonexistent' };
const HOST = { host: 'berth.example.org' };

async function openEdge(
  over: Partial<ApiEdge> = {},
): Promise<ApiWorld & { send(sent: Sent): ReturnType<typeof send> }> {
  const world = await openApi({ edge: { ...EDGE, ...over } });
  return { ...world, send: (sent) => send(world, sent) };
}

async function send({ server }: ApiWorld, { method = 'GET', url = '/api/v1/status', headers = {}, body }: Sent) {
  const typed = body === undefined ? {} : { 'content-type': 'application/json' };
  const payload = body === undefined ? {} : { payload: JSON.stringify(body) };
  const answered = await server.inject({ method, url, headers: { ...HOST, ...typed, ...headers }, ...payload });
  const isJson = String(answered.headers['content-type']).startsWith('application/json');
  const code: unknown = isJson ? answered.json().error?.code : undefined;
  return { status: answered.statusCode, headers: answered.headers, text: answered.body, code };
}

/** The cookie of an administrator who is signed in. */
async function cookieOf({ parts }: ApiWorld): Promise<string> {
  const details = { displayName: 'Ana', email: null, mailsNotices: false, administrator: true };
  await parts.store.create('user', { id: 'ana', ...details, createdAt: parts.clock.now() });
  return (await beginSession(parts, 'ana', { address: '127.0.0.1', agent: 'test' })).cookie;
}

const PAUSE = { method: 'POST', url: '/api/v1/schedules/pause', body: { reason: 'test' } } as const;

describe('a cookie', () => {
  it('stands for its session, and a token that is sent beside it comes first', async () => {
    const edge = await openEdge();
    const cookie = `berth_session=${await cookieOf(edge)}`;
    expect((await edge.send({ headers: { cookie } })).status).toBe(200);
    const forged = await edge.send({ headers: { cookie: 'berth_session=session_abc_def' } });
    expect(forged).toMatchObject({ status: 401, code: 'account.session-ended' });
    const both = await edge.send({ headers: { cookie, authorization: 'Bearer berth_abc_def' } });
    expect(both).toMatchObject({ status: 401, code: 'account.token-refused' });
  });

  it('of a platform behind TLS counts only under the name that browsers bind to the host', async () => {
    const edge = await openEdge({ publicUrl: 'https://berth.example.org' });
    const value = await cookieOf(edge);
    expect((await edge.send({ headers: { cookie: `__Host-berth_session=${value}` } })).status).toBe(200);
    const plain = await edge.send({ headers: { cookie: `berth_session=${value}` } });
    expect(plain).toMatchObject({ status: 401, code: 'account.token-missing' });
  });

  it('is set so that no script and no other site has it, and goes when the person leaves', async () => {
    const secure = /^__Host-berth_session=[^;]*; .*Path=\/; .*HttpOnly; Secure; SameSite=Strict$/;
    const plain = /^berth_session=[^;]*; .*Path=\/; .*HttpOnly; SameSite=Strict$/;
    for (const [publicUrl, form] of [['https://berth.example.org', secure] as const, ['', plain] as const]) {
      const edge = await openEdge({ publicUrl });
      const name = publicUrl === '' ? 'berth_session' : '__Host-berth_session';
      const headers = { cookie: `${name}=${await cookieOf(edge)}`, 'berth-console': '1' };
      const left = await edge.send({ method: 'DELETE', url: '/api/v1/session', headers });
      expect(left.status).toBe(200);
      expect(left.headers['set-cookie']).toMatch(form);
      expect(left.headers['set-cookie']).toContain('Expires=Thu, 01 Jan 1970 00:00:00 GMT');
    }
  });

  it('is secure by the word of a proxy only where that proxy is trusted', async () => {
    const headersOf = async (edge: Awaited<ReturnType<typeof openEdge>>) => {
      const cookie = `berth_session=${await cookieOf(edge)}`;
      return { cookie, 'x-forwarded-proto': 'https' };
    };
    const untrusting = await openEdge();
    expect((await untrusting.send({ headers: await headersOf(untrusting) })).status).toBe(200);
    const trusting = await openEdge({ trustedProxies: ['127.0.0.1'] });
    expect((await trusting.send({ headers: await headersOf(trusting) })).status).toBe(401);
  });
});

describe('a request with a cookie that changes something', () => {
  const marked = { 'berth-console': '1' };

  it.each([
    ['without the header of the console', {}, 403],
    ['with it', marked, 200],
    ['from its own origin', { ...marked, origin: 'http://berth.example.org', 'sec-fetch-site': 'same-origin' }, 200],
    ['from another site', { ...marked, 'sec-fetch-site': 'cross-site' }, 403],
    ['from another host of the site', { ...marked, 'sec-fetch-site': 'same-site' }, 403],
    ['from another origin', { ...marked, origin: 'http://evil.example.org' }, 403],
    ['from the same host without TLS in between', { ...marked, origin: 'https://berth.example.org' }, 403],
    ['from a page without an origin', { ...marked, origin: 'null' }, 403],
    ['from another port', { ...marked, origin: 'http://berth.example.org:8080' }, 403],
  ])('%s', async (_, headers, status) => {
    const edge = await openEdge();
    const cookie = `berth_session=${await cookieOf(edge)}`;
    const answered = await edge.send({ ...PAUSE, headers: { cookie, ...headers } });
    expect([answered.status, answered.code]).toEqual([status, status === 403 ? 'account.cross-site' : undefined]);
  });

  it('comes from the address that people know, though TLS ends before the platform', async () => {
    const edge = await openEdge({ publicUrl: 'https://berth.example.org/' });
    const cookie = `__Host-berth_session=${await cookieOf(edge)}`;
    const origin = 'https://berth.example.org';
    expect((await edge.send({ ...PAUSE, headers: { cookie, ...marked, origin } })).status).toBe(200);
  });

  it('needs none of that with a token', async () => {
    const edge = await openEdge();
    const authorization = `Bearer ${edge.token}`;
    expect((await edge.send({ ...PAUSE, headers: { authorization } })).status).toBe(200);
  });
});

describe('signing in', () => {
  it('from a page of another site is refused, so that nobody works in the account of somebody else unaware', async () => {
    const edge = await openEdge();
    const door = {
      method: 'POST',
      url: '/api/v1/sessions',
      body: { name: 'ana', password: 'wrong wrong wrong' },
    } as const;
    for (const headers of [{ origin: 'https://evil.example.org' }, { 'sec-fetch-site': 'cross-site' }])
      expect(await edge.send({ ...door, headers })).toMatchObject({ status: 403, code: 'account.cross-site' });
    expect(await edge.send(door)).toMatchObject({ status: 401, code: 'account.sign-in-refused' });
  });

  it('is allowed to no other origin by preflight', async () => {
    const edge = await openEdge();
    const headers = { origin: 'https://evil.example.org', 'access-control-request-method': 'POST' };
    const answered = await edge.send({ method: 'OPTIONS', url: '/api/v1/sessions', headers });
    expect(answered.status).toBe(404);
    expect(answered.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

async function builtWeb(): Promise<string> {
  const directory = join(await temporaryDirectory(), 'dist');
  await mkdir(join(directory, 'assets'), { recursive: true });
  const page = '<!doctype html><meta name="csp-nonce" content="{{nonce}}"><div id="root"></div>';
  await writeFile(join(directory, 'index.html'), page);
  await writeFile(join(directory, 'berth.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(directory, '.secret'), 'hidden');
  await writeFile(join(directory, 'assets', 'index-abc.js'), 'console.log(1);');
  await writeFile(join(directory, 'assets', 'index-abc.js.br'), 'not really brotli');
  await writeFile(join(directory, '..', 'outside.txt'), 'outside');
  return directory;
}

const BROWSER = { accept: 'text/html,application/xhtml+xml' };

describe('the console', () => {
  it('is a page at every address that people may open, in no frame, with a nonce of its own', async () => {
    const edge = await openEdge({ webDirectory: await builtWeb() });
    const pages = ['/', '/jobs/report.1764.0', '/applications/a/b?x=1', '/index.html'];
    const answers = await Promise.all(pages.map((url) => edge.send({ url, headers: BROWSER })));
    const nonces = answers.map(({ status, text, headers }) => {
      expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
      const policy = String(headers['content-security-policy']);
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[^']{22,}'; /);
      expect(policy).toContain("frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
      expect(policy).not.toContain('unsafe');
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
      expect(text).toContain(`content="${nonce}"`);
      return nonce;
    });
    expect(new Set(nonces).size).toBe(pages.length);
  });

  it('is served with files that are kept for ever when their name says what is in them', async () => {
    const edge = await openEdge({ webDirectory: await builtWeb() });
    const script = await edge.send({ url: '/assets/index-abc.js' });
    expect(script).toMatchObject({ status: 200, text: 'console.log(1);' });
    expect(script.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': expect.stringContaining('javascript'),
      'x-content-type-options': 'nosniff',
    });
    const compressed = await edge.send({ url: '/assets/index-abc.js', headers: { 'accept-encoding': 'gzip, br' } });
    expect(compressed).toMatchObject({ status: 200, text: 'not really brotli' });
    expect(compressed.headers).toMatchObject({
      'content-encoding': 'br',
      vary: expect.stringMatching(/accept-encoding/i),
    });
    expect((await edge.send({ url: '/berth.svg' })).headers['cache-control']).toBe('no-cache');
  });

  it.each(['/api', '/api/v1/nothing', '/API/v1/nothing', '/assets/gone-abc.js'])('has nothing at %s', async (url) => {
    const edge = await openEdge({ webDirectory: await builtWeb() });
    const answered = await edge.send({ url, headers: { ...BROWSER, authorization: `Bearer ${edge.token}` } });
    expect(answered.status).toBeGreaterThanOrEqual(400);
    expect(answered.text).not.toContain('root');
  });

  it.each([
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/assets/..%2f..%2foutside.txt',
    '/.secret',
    '/assets/%00',
    '//outside.txt',
  ])('gives no file for %s', async (url) => {
    const edge = await openEdge({ webDirectory: await builtWeb() });
    const answered = await edge.send({ url });
    expect(answered.status).toBeGreaterThanOrEqual(400);
    expect(answered.text).not.toMatch(/outside$|hidden/);
  });

  it('that is not built tells how to build it', async () => {
    const edge = await openEdge();
    const answered = await edge.send({ url: '/', headers: BROWSER });
    expect(answered).toMatchObject({ status: 200, text: expect.stringContaining('npm run build') });
    expect(answered.headers['content-type']).toBe('text/plain; charset=utf-8');
  });
});

describe('the server', () => {
  it('does not start with a route that says not who may call it', async () => {
    const { server } = await openApi();
    expect(() => server.get('/open', () => 'x')).toThrow('declares no permission');
  });
});
