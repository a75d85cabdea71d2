// Ways around the table of routes: methods that no route has, paths that are spelt otherwise, requests that a proxy reads otherwise.
// Elsewhere: everybody calls every route that there is (test/unit/api/access-walk.test.ts), paths of the console's files
// (test/unit/api/edge.test.ts), paths of the tasks' endpoint (test/unit/nodes/sdk-endpoint.test.ts).
import { describe, expect, it } from 'vitest';
import type { Route } from '../../../src/api/contract/route.ts';
import { ROUTES } from '../../../src/api/contract/routes.ts';
import { openAccessWorld } from '../api/access-world.ts';
import { codeOf, sendBytes, sendRaw } from './raw-request.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH', 'LINK'];
const TABLE: readonly Route[] = Object.values(ROUTES);
/** Everybody may read it: what the API is. */
const DOCUMENT = '/api/v1/openapi.json';
const PATHS = [...new Set([...TABLE.map(({ path }) => path), DOCUMENT])];

/** A listening API, and what an administrator calls it with. */
async function open() {
  const world = await openAccessWorld();
  return { ...world, admin: await world.tokenOf({}) };
}

/** A path of the table with names in it that are nothing's. */
function filled(path: string): string {
  return path.replaceAll(/:\w+/g, 'nothing');
}

/** Whether a path that is asked for is one of the table, another word standing for a parameter. */
function isRegistered(method: string, asked: string): boolean {
  const shape = (path: string) => new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);
  if (method === 'GET' && asked === DOCUMENT) return true;
  return TABLE.some((route) => route.method === method && shape(route.path).test(asked));
}

describe('a method that no route has on its path', () => {
  it.each(METHODS)('%s is answered as if there were nothing, even to an administrator', async (method) => {
    const { url, admin } = await open();
    const surprises: string[] = [];
    for (const path of PATHS.map(filled).filter((each) => !isRegistered(method, each))) {
      const answered = await sendRaw(url, { method, path, headers: admin });
      const isNothing = answered.status === 404 && (method === 'HEAD' || codeOf(answered) === 'request.no-route');
      if (!isNothing) surprises.push(`${method} ${path}: ${answered.status} ${answered.text.slice(0, 80)}`);
    }
    expect(surprises).toEqual([]);
  });

  it.each(['x-http-method-override', 'x-http-method', 'x-method-override'])('is not lent by %s', async (header) => {
    const { url, admin, parts } = await open();
    const path = '/api/v1/projects/beta';
    for (const method of ['GET', 'POST'])
      expect((await sendRaw(url, { method, path, headers: { ...admin, [header]: 'DELETE' } })).status).toBe(404);
    expect(await parts.store.get('project', 'beta')).toBeDefined();
  });
});

/** Another spelling of the list of users. */
const SPELLINGS = [
  '/api/v1/users/',
  '//api/v1/users',
  '/api//v1/users',
  '/api/v1//users',
  '/API/V1/USERS',
  '/api/v1/Users',
  '/api/v1/./users',
  '/./api/v1/users',
  '/api/v1/door/../users',
  '/api/v1/door/%2e%2e/users',
  '/api/v1/%2e/users',
  '/api/v1%2fusers',
  '/api%2Fv1%2Fusers',
  '/%61pi/v1/users',
  '/api/v1/%75sers',
  '/api/v1/users%20',
  '/api/v1/users%00',
  '/api/v1/users%2f',
  '/api/v1/users.json',
  '/api/v1/users;a=b',
  '/api/v1/users;.css',
  '/api/v1/door/..;/users',
  '/api\\v1\\users',
  '/api/v1\\users',
  '/assets/../api/v1/users',
  '/assets/..%2fapi%2fv1%2fusers',
  '/index.html/../api/v1/users',
  '/api/v1/door#/../users',
  '/api/v1/door?/../users',
  '/api/v1/%u0075sers',
  '/api/v1/%',
  '/api/v1/%c0%af',
  'http://evil.example.org/api/v1/users',
  '*',
] as const;

describe('another spelling of a path', () => {
  it('gives nothing to whoever is nobody', async () => {
    const { url } = await open();
    const surprises: string[] = [];
    for (const path of SPELLINGS) {
      const { status, text } = await sendRaw(url, { path, headers: { accept: 'text/html,*/*' } });
      // The page of the console and what everybody may know are no secrets.
      const isPublic = /"claimed"|The console is not built yet/.test(text);
      if (/mailsNotices|"items"/.test(text) || (status < 400 && !isPublic))
        surprises.push(`${path}: ${status} ${text}`);
    }
    expect(surprises).toEqual([]);
  });

  it('is another path to administrators too, or asks everybody else who they are', async () => {
    const { url, admin } = await open();
    const surprises: string[] = [];
    for (const path of SPELLINGS) {
      const [asNobody, asAdmin] = [await sendRaw(url, { path }), await sendRaw(url, { path, headers: admin })];
      const isList = asAdmin.status < 400 && asAdmin.text.includes('"items"');
      if (asNobody.status !== (isList ? 401 : asAdmin.status)) surprises.push(`${path}: ${asNobody.status}`);
    }
    expect(surprises).toEqual([]);
  });
});

describe('a request that two readers could read as two', () => {
  const head = 'GET /api/v1/door HTTP/1.1\r\nhost: berth\r\n';
  const smuggled = 'GET /api/v1/users HTTP/1.1\r\nhost: berth\r\nx: ';

  it.each([
    ['two lengths', `${head}content-length: 0\r\ncontent-length: 60\r\n\r\n${smuggled}`],
    ['a length and pieces', `${head}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['pieces that are spelt otherwise', `${head}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['a header with a space before its colon', `${head}transfer-encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['a header that goes on in the next line', `${head}x: a\r\n b: c\r\ncontent-length : 9\r\n\r\n${smuggled}`],
    ['lines that end with a carriage return alone', `${head.replaceAll('\r\n', '\r')}\r\r${smuggled}`],
    ['a NUL in a header', `${head}x: a\0b\r\n\r\n${smuggled}`],
  ])('is refused: %s', async (_, bytes) => {
    const { url } = await open();
    const answer = await sendBytes(url, bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

/** Where other programs have what attackers look for. */
const ELSEWHERE = [
  ...['/metrics', '/debug', '/debug/pprof', '/status', '/health', '/actuator', '/admin', '/console', '/.env'],
  ...['/.git/config', '/swagger', '/documentation', '/documentation/json', '/graphql', '/api', '/api/', '/api/v1'],
  ...['/api/v0/users', '/api/v2/users', '/api/v1/debug', '/api/v1/admin', '/api/v1/exec', '/api/v1/eval', '/v2/'],
  ...['/sdk/v1/desired', '/sdk/v1/secrets', '/containers/json', '/package.json', '/src/main/berth.ts', '/__proto__'],
];

it('what other programs have is not here', async () => {
  const { url, admin } = await open();
  const surprises: string[] = [];
  for (const path of ELSEWHERE)
    for (const method of ['GET', 'POST']) {
      const answered = await sendRaw(url, { method, path, headers: admin });
      if (answered.status < 400) surprises.push(`${method} ${path}: ${answered.status} ${codeOf(answered)}`);
    }
  expect(surprises).toEqual([]);
});
