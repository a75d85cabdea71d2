// Keys that JavaScript treats as something else – `__proto__`, `constructor`, `prototype`, and the names of what every object inherits – in
// bodies, queries, headers, paths, instance files, sensor files and packages: they change nothing, and are found where nothing is.
// Elsewhere: the key __proto__ in a package's JSON (test/unit/applications/json-problems.test.ts).
import { afterEach, describe, expect, it } from 'vitest';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import type { Route } from '../../../src/api/contract/route.ts';
import { ROUTES } from '../../../src/api/contract/routes.ts';
import { readInstanceFile } from '../../../src/applications/read-instance-file.ts';
import { openAccessWorld } from '../api/access-world.ts';
import { callRaw, openApi } from '../api/api-world.ts';
import { exampleInstance } from '../api/example-zip.ts';
import { bodies } from '../api/route-calls.ts';
import { rawZip } from '../applications/raw-zip.ts';
import { appConfig, SOUND } from '../applications/repository.ts';
import { sendJson, sendRaw } from './raw-request.ts';

const INHERITED = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
];

/** The keys of what every object and list inherits, as they were when this file began. */
const keys = () => [Object.prototype, Array.prototype, Function.prototype].map((each) => Reflect.ownKeys(each).length);
const before = keys();

afterEach(() => {
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(({} as Record<string, unknown>).administrator).toBeUndefined();
  expect(keys()).toEqual(before);
});

/** A body with what would change every object, were it merged into one. */
function poisoned(body: object, shape: 'proto' | 'constructor' | 'nested'): string {
  const poison = '{"polluted":true,"administrator":true,"permissions":["*"],"everywhere":["*"]}';
  const rest = JSON.stringify(body).slice(1);
  const more = rest === '}' ? rest : `,${rest}`;
  if (shape === 'proto') return `{"__proto__":${poison}${more}`;
  if (shape === 'constructor') return `{"constructor":{"prototype":${poison}}${more}`;
  return JSON.stringify(body).replaceAll('{}', `{"__proto__":${poison}}`);
}

describe('a JSON body', () => {
  const WRITES = (Object.entries(ROUTES) as [RouteName, Route][]).filter(
    ([, { method, body }]) => method !== 'GET' && (typeof body === 'object' || body === 'instance-file'),
  );

  it.each(['proto', 'constructor', 'nested'] as const)('of any route changes nothing (%s)', async (shape) => {
    const world = await openAccessWorld();
    const by = await world.tokenOf({ user: 'admin' });
    const all = bodies(world.file);
    const surprises: string[] = [];
    for (const [name, { method, path }] of WRITES) {
      const filled = path.replaceAll(/:\w+/g, 'nothing');
      const json = poisoned((all[name] ?? {}) as object, shape);
      const { status, text } = await sendJson(world.url, { method, path: filled, headers: by, json });
      const isRefused = shape !== 'proto' || status === 400 || status === 404;
      if (status >= 500 && name !== 'addNode') surprises.push(`${name}: ${status} ${text.slice(0, 200)}`);
      if (!isRefused && name !== 'createBackup') surprises.push(`${name} took it: ${status}`);
    }
    expect(surprises).toEqual([]);
    expect((await sendRaw(world.url, { path: '/api/v1/users' })).status).toBe(401);
  });
});

describe('a name that every object has', () => {
  it.each(INHERITED)(
    '%s is nothing’s name: not of a session, a token, a user, a project, an application',
    async (word) => {
      const world = await openAccessWorld();
      const by = await world.tokenOf({ user: 'admin' });
      for (const headers of [
        { authorization: `Bearer berth_${word}_x` },
        { cookie: `berth_session=session_${word}_x` },
      ])
        expect((await sendRaw(world.url, { path: '/api/v1/me', headers })).status).toBe(401);
      const params = [
        'application',
        'package',
        'instance',
        'job',
        'task',
        'subject',
        'action',
        'user',
        'node',
        'sensor',
      ];
      const over = Object.fromEntries(
        [...params, 'provider', 'channel', 'calendar', 'project'].map((each) => [each, word]),
      );
      const surprises: string[] = [];
      for (const [name, { method, path }] of Object.entries(ROUTES) as [RouteName, Route][]) {
        if (method !== 'GET' || !path.includes(':')) continue;
        const { status, text } = await world.ask(name, by, over);
        if (status !== 404 && !text.includes('"items":[]')) surprises.push(`${name}: ${status} ${text.slice(0, 100)}`);
      }
      expect(surprises).toEqual([]);
    },
  );

  it.each(INHERITED)('%s is no project in which a member of another may do anything', async (word) => {
    const world = await openAccessWorld();
    await world.addUser('odd', { memberships: JSON.parse(`{"${word}":"developer"}`) as never });
    const by = await world.tokenOf({ user: 'odd' });
    expect((await world.ask('showApplication', by)).status).toBe(404);
    expect((await sendRaw(world.url, { path: '/api/v1/users', headers: by })).status).toBe(403);
  });

  it.each(INHERITED)('%s in a query is no setting', async (word) => {
    const world = await openApi();
    const headers = { authorization: `Bearer ${world.token}` };
    const url = `/api/v1/jobs?${word}[limit]=1&${word}=1&limit[${word}]=1&__proto__[polluted]=1&constructor.prototype.polluted=1`;
    const { statusCode } = await world.server.inject({ url, headers });
    expect([200, 400]).toContain(statusCode);
  });
});

describe('an instance file', () => {
  const YAML = [
    'name: a\n__proto__:\n  polluted: true\n',
    'name: a\n"__proto__": {polluted: true}\n',
    '? __proto__\n: {polluted: true}\n',
    'name: a\nconstructor:\n  prototype:\n    polluted: true\n',
    'name: a\nparameters:\n  __proto__: {polluted: true}\n',
    'name: a\nplace:\n  labels: {__proto__: x}\n',
    'a: &a {polluted: true}\n__proto__: *a\n',
    'a: &a {__proto__: {polluted: true}}\n<<: *a\n',
  ];

  it.each(YAML)('in YAML is refused: %j', (text) => {
    expect(() => readInstanceFile({ name: 'file.yaml', contents: Buffer.from(text) })).toThrow();
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'has parameters and variables that mean what they say: %s',
    async (word) => {
      const world = await openAccessWorld();
      const by = await world.tokenOf({ user: 'admin' });
      const file = { ...(await exampleInstance('watch')), name: 'odd' };
      const json = JSON.stringify(file).replace(/}$/, `,"parameters":{"${word}":"x"}}`);
      const made = await sendJson(world.url, { method: 'POST', path: '/api/v1/instances', headers: by, json });
      const stored = (await world.parts.store.list('instance', { limit: 10 })).items.find(
        ({ doc }) => doc.name === 'odd',
      );
      if (made.status === 200) expect(Object.entries(stored?.doc.parameters ?? {})).toContainEqual([word, 'x']);
      else expect(made.status).toBe(word === '__proto__' ? 400 : 422);
    },
  );
});

describe('a sensor file', () => {
  it.each([
    ['application/json', '{"types":[{"__proto__":{"polluted":true}}],"__proto__":{"polluted":true}}'],
    ['application/yaml', 'types:\n  - __proto__: {polluted: true}\n'],
    ['text/csv', '__proto__,constructor\npolluted,true\n'],
    ['text/csv', 'id,type,meta.__proto__.polluted\na,b,true\n'],
  ])('as %s is refused: %s', async (type, contents) => {
    const world = await openApi();
    const form = type.endsWith('csv') ? 'csv' : type.endsWith('yaml') ? 'yaml' : 'json';
    const answered = await callRaw(world, 'applySensors', { file: { type, contents }, query: { form } });
    expect([400, 422]).toContain(answered.statusCode);
  });
});

describe('a package', () => {
  it.each([
    ['its configuration', '{"__proto__":{"polluted":true},"name":"weather"}'],
    [
      'an environment',
      appConfig({ algorithms: [{ id: 'report', script: 'report.py', environment: { A: 'b' } }] }).replace(
        '"A"',
        '"__proto__"',
      ),
    ],
  ])('with such a key in %s is refused', async (_, contents) => {
    const world = await openApi();
    const zip = rawZip([{ name: 'app_config.json', contents }, ...SOUND.slice(1)]);
    const answered = await callRaw(world, 'pushPackage', { zip });
    expect(answered.statusCode).toBeGreaterThanOrEqual(400);
    expect(answered.statusCode).toBeLessThan(500);
  });

  it.each(INHERITED)('with a file called %s is a package with that file', async (word) => {
    const world = await openApi();
    const answered = await callRaw(world, 'pushPackage', { zip: rawZip([...SOUND, { name: word, contents: 'x' }]) });
    expect(answered.statusCode).toBe(200);
    const { package: id } = answered.json() as { package: string };
    const file = await callRaw(world, 'readPackageFile', { params: { package: id }, query: { path: word } });
    expect(file.body).toBe('x');
    const other = word === 'valueOf' ? 'toString' : 'valueOf';
    const missing = await callRaw(world, 'readPackageFile', { params: { package: id }, query: { path: other } });
    expect(missing.statusCode).toBe(404);
  });
});
