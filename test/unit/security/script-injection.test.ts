// Nothing that people, devices or algorithms wrote runs in anybody's browser: answers are JSON or files that browsers save, never pages; what
// was written is kept as it was written, and every page has a policy that lets nothing else run.
// Elsewhere: headers of the console's page (test/unit/api/edge.test.ts), types of outputs (test/unit/api/outputs.test.ts), what the console
// shows in a real browser (test/reality/console), values in e-mails (test/unit/actions/templates.test.ts).
import { describe, expect, it } from 'vitest';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import type { Route } from '../../../src/api/contract/route.ts';
import { ROUTES } from '../../../src/api/contract/routes.ts';
import { openAccessWorld } from '../api/access-world.ts';
import { call, callRaw, openApi } from '../api/api-world.ts';
import { rawZip } from '../applications/raw-zip.ts';
import { appConfig, SOUND } from '../applications/repository.ts';
import { sendJson, sendRaw } from './raw-request.ts';

const SCRIPTS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "javascript:alert('1')",
  '{{constructor.constructor("alert(1)")()}}',
  '</title><svg/onload=alert(1)>',
  '\u202e\u0007\u001b]0;owned\u0007',
];

/** Types that a browser shows or runs when it is led there. */
const RUNNABLE = /html|svg|xml|javascript|ecmascript|css|pdf|shockwave|multipart/i;

describe('an answer', () => {
  it('of any route, good or bad, is of a type that no browser runs, which it may not guess', async () => {
    const world = await openAccessWorld();
    const by = await world.tokenOf({ user: 'admin' });
    const surprises: string[] = [];
    for (const name of Object.keys(ROUTES) as RouteName[]) {
      for (const credentials of [by, {}]) {
        const { headers, status } = await world.ask(name, credentials, status404(name));
        const type = headers.get('content-type') ?? '';
        if (RUNNABLE.test(type)) surprises.push(`${name} ${status}: ${type}`);
        if (headers.get('x-content-type-options') !== 'nosniff') surprises.push(`${name} ${status}: may be guessed`);
        if (!headers.get('content-security-policy')?.startsWith("default-src 'none'"))
          surprises.push(`${name} ${status}: has no policy`);
        const isFile = (ROUTES[name] as Route).answer === 'bytes' && status === 200 && !type.includes('ndjson');
        if (isFile && !headers.get('content-disposition')?.startsWith('attachment'))
          surprises.push(`${name} ${status}: is shown in place`);
      }
    }
    expect(surprises).toEqual([]);
  });

  it.each(SCRIPTS)('that repeats what was asked for is JSON: %s', async (script) => {
    const world = await openAccessWorld();
    const word = encodeURIComponent(script);
    const accept = 'text/html,application/xhtml+xml';
    for (const path of [
      `/api/v1/users/${word}/inbox`,
      `/api/v1/${word}`,
      `/api/v1/jobs?limit=${word}`,
      `/api/v1/jobs?${word}`,
    ]) {
      const headers = { accept, ...(await world.tokenOf({ user: 'admin' })) };
      const answered = await sendRaw(world.url, { path, headers });
      expect(answered.headers['content-type']).toMatch(/^application\/json/);
      expect(answered.headers['x-content-type-options']).toBe('nosniff');
    }
    const page = await sendRaw(world.url, { path: `/${word}`, headers: { accept } });
    expect(page.text).not.toContain(script);
  });

  it('never names another origin that may read it, nor a callback', async () => {
    const world = await openAccessWorld();
    const headers = { origin: 'https://evil.example.org', ...(await world.tokenOf({ user: 'admin' })) };
    for (const path of [
      '/api/v1/jobs?callback=alert',
      '/api/v1/jobs?jsonp=alert',
      '/api/v1/openapi.json?callback=alert',
    ]) {
      const answered = await sendRaw(world.url, { path, headers });
      expect(Object.keys(answered.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(answered.text).not.toContain('alert(');
    }
  });
});

/** Nothing that is there: the walk changes nothing. */
function status404(name: RouteName): Readonly<Record<string, string>> {
  if ((ROUTES[name] as Route).method === 'GET') return {};
  const nothing = [
    'application',
    'instance',
    'user',
    'job',
    'package',
    'node',
    'project',
    'action',
    'provider',
    'sensor',
  ];
  return Object.fromEntries(nothing.map((parameter) => [parameter, 'nothing']));
}

describe('what somebody wrote', () => {
  it.each(SCRIPTS)('is answered as it was written: %s', async (text) => {
    const world = await openAccessWorld();
    const by = await world.tokenOf({ user: 'admin' });
    const json = JSON.stringify({ name: 'ana', displayName: text });
    const added = await sendJson(world.url, { method: 'POST', path: '/api/v1/users', headers: by, json });
    if (added.status === 200) expect(JSON.parse(added.text)).toMatchObject({ displayName: text });
    else expect(added.status).toBe(400);
    const described = await callRaw(world, 'changeProject', {
      params: { project: 'beta' },
      body: { description: text },
    });
    if (described.statusCode === 200) expect(described.json()).toMatchObject({ description: text });
    const file = { ...world.file, name: 'odd', parameters: { text } };
    const made = await callRaw(world, 'createInstance', { body: file });
    expect(made.statusCode).toBe(200);
    const shown = await callRaw(world, 'instanceFile', { params: { instance: 'odd' } });
    expect((shown.json() as { parameters: unknown }).parameters).toEqual({ text });
  });

  it.each(['<script>', 'a b', 'A', 'a"b', "a'b", 'a<b', 'ä', '../a', 'a/b', 'a\u202eb', '-a', ''])(
    'is no name: %j',
    async (name) => {
      const world = await openAccessWorld();
      const bodies = {
        ...{ addUser: { name }, addProject: { name }, createInstance: { ...world.file, name } },
        addProvider: { name, access: { kind: 'command', status: ['/nonexistent', '{machine}'] } },
      };
      for (const [route, body] of Object.entries(bodies))
        expect((await callRaw(world, route as RouteName, { body })).statusCode).toBeGreaterThanOrEqual(400);
      const params = { application: 'room-report', secret: name === '' ? '%00' : name };
      const secret = await callRaw(world, 'putSecret', { params, body: { value: 'x' } });
      if (!/^[A-Z]$/.test(name)) expect(secret.statusCode).toBeGreaterThanOrEqual(400);
    },
  );
});

describe('a file of a package', () => {
  const FILES = [
    'page.html',
    'page.HTM',
    'image.svg',
    'feed.xml',
    'code.js',
    'module.mjs',
    'style.css',
    'paper.pdf',
    'x',
    'a.html.py',
  ];

  it.each(FILES)('is saved, never shown: %s', async (name) => {
    const world = await openApi();
    const page = '<html><script>alert(1)</script></html>';
    const zip = rawZip([
      { name: 'app_config.json', contents: appConfig() },
      ...SOUND.slice(1),
      { name, contents: page },
    ]);
    const { package: id } = await call(world, 'pushPackage', { zip });
    const { headers, body } = await callRaw(world, 'readPackageFile', {
      params: { package: id },
      query: { path: name },
    });
    expect(body).toBe(page);
    expect(headers['content-type']).toMatch(/^(?:text\/plain|application\/octet-stream)/);
    expect(headers['content-disposition']).toMatch(/^attachment; filename\*=UTF-8''/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it.each(['a"b.py', "a'b.py", 'a;b.py', 'a%0d%0ab.py', 'ä.py', 'filename*=x.py'])(
    'called %s ends no header',
    async (name) => {
      const world = await openApi();
      const { package: id } = await call(world, 'pushPackage', { zip: rawZip([...SOUND, { name, contents: 'x' }]) });
      const { headers } = await callRaw(world, 'readPackageFile', { params: { package: id }, query: { path: name } });
      expect(headers['content-disposition']).toMatch(/^attachment; filename\*=UTF-8''[\w.%~!-]+$/);
      const said = String(headers['content-disposition']).split("''")[1] ?? '';
      expect(decodeURIComponent(said)).toBe(name);
    },
  );
});
