// Requests that cost much more than they carry: nesting, huge numbers, YAML that grows, texts that make a pattern run wild, bodies that do
// not come, streams that stay open, passwords to hash. Growth is measured, not time: this machine may be slow.
// Elsewhere: aliases of YAML (test/unit/applications/yaml-files.test.ts), zip bombs (archives.test.ts), memory of an upload
// (test/unit/applications/intake-memory.test.ts), log floods (test/unit/nodes/log-flood.test.ts, test/unit/nodes/log-follow.test.ts),
// hashings (test/unit/accounts/passwords.test.ts), tries to sign in (test/unit/accounts/sign-in.test.ts), a task's connections
// (test/unit/nodes/sdk-endpoint.test.ts), packets of devices (test/unit/sensors/packet-limit.test.ts).
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { passwordFault } from '../../../src/accounts/decide-password.ts';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import type { Route } from '../../../src/api/contract/route.ts';
import { ROUTES } from '../../../src/api/contract/routes.ts';
import { npmPackageFault } from '../../../src/applications/npm-package.ts';
import { pipRequirementFault } from '../../../src/applications/pip-requirement.ts';
import { readInstanceFile } from '../../../src/applications/read-instance-file.ts';
import { cronFault } from '../../../src/scheduler/cron-fault.ts';
import { payloadReader } from '../../../src/sensors/reading-payload.ts';
import { openAccessWorld } from '../api/access-world.ts';
import { callRaw, openApi } from '../api/api-world.ts';
import { type OpenStream, openStream } from '../api/sse-client.ts';
import { ask, sdkWorld } from '../nodes/sdk-world.ts';
import { sendJson, sendRaw } from './raw-request.ts';

const MIB = 1024 * 1024;

describe('a body that is all nesting', () => {
  const depth = 200_000;
  const DEEP: readonly (readonly [string, string])[] = [
    ['lists', '['.repeat(depth) + ']'.repeat(depth)],
    ['lists without end', '['.repeat(MIB - 100)],
    ['objects', `${'{"a":'.repeat(depth / 2)}1${'}'.repeat(depth / 2)}`],
    ['objects without end', '{"a":'.repeat(depth / 2)],
    ['a list in a field', `{"name":${'['.repeat(depth) + ']'.repeat(depth)}}`],
    ['lists in parameters', `{"parameters":{"a":${'['.repeat(depth) + ']'.repeat(depth)}}}`],
  ];

  it.each(DEEP)(
    'is refused by every route that takes JSON, and the platform goes on: %s',
    async (_, json) => {
      const world = await openAccessWorld();
      const by = await world.tokenOf({ user: 'admin' });
      const surprises: string[] = [];
      for (const [name, { method, path, body }] of Object.entries(ROUTES) as [RouteName, Route][]) {
        if (method === 'GET' || body === undefined || body === 'zip' || body === 'calendar') continue;
        const asked = { method, path: path.replaceAll(/:\w+/g, 'nothing'), headers: by, json };
        const { status, text } = await sendJson(world.url, asked);
        if (status >= 500 || status < 400) surprises.push(`${name}: ${status} ${text.slice(0, 120)}`);
        if (text.length > 20_000) surprises.push(`${name} answered ${text.length} characters`);
      }
      expect(surprises).toEqual([]);
      expect(world.complaints).toEqual([]);
    },
    60_000,
  );

  it.each(DEEP)('is no reading of a device: %s', (_, json) => {
    const read = payloadReader([{ name: 'celsius', type: 'number' } as never]);
    const { fitting, misfits } = read(Buffer.from(json), { now: 1, oldestAt: 0 });
    expect(fitting).toEqual([]);
    expect(misfits.map(({ fault }) => fault).join()).toMatch(/nested|not JSON/);
  });

  it.each(DEEP)('is refused to tasks as well: %s', async (_, body) => {
    const world = await sdkWorld();
    for (const path of ['/sdk/v1/actions', '/sdk/v1/state/key'])
      for (const method of ['POST', 'PUT']) {
        const { status } = await ask(world.socketPath, world.token, { method, path, body });
        expect([path, method, status >= 400 && status < 500]).toEqual([path, method, true]);
      }
  });
});

describe('a number that is none', () => {
  const NUMBERS = [
    '1e999',
    '-1e999',
    '1e308',
    '9007199254740993',
    '0.1',
    '-1',
    '-0',
    '1e-999',
    '0x10',
    'NaN',
    'Infinity',
  ];

  it.each(NUMBERS)('%s in a query never reaches the database', async (number) => {
    const world = await openApi();
    const surprises: string[] = [];
    for (const [name, { method, path, query }] of Object.entries(ROUTES) as [RouteName, Route][]) {
      if (method !== 'GET' || !query || path.includes(':')) continue;
      const keys = [
        'limit',
        'hours',
        'count',
        'points',
        'from',
        'to',
        'since',
        'until',
        'after',
        'last',
        'tail',
        'slot',
      ];
      for (const key of keys) {
        if ((ROUTES[name] as Route).answer === 'stream') continue;
        const { statusCode, body } = await callRaw(world, name, { query: { [key]: number } });
        if (statusCode >= 500) surprises.push(`${name} ${key}: ${statusCode} ${body.slice(0, 120)}`);
      }
    }
    expect(surprises).toEqual([]);
  });

  it.each(['1e999', '1e400', '-1', '0', '1e15', '9'.repeat(400), '1.5'])('%s copies are not made', async (number) => {
    const world = await openAccessWorld();
    const by = await world.tokenOf({ user: 'admin' });
    const json = JSON.stringify({ ...world.file, name: 'many' }).replace(/}$/, `,"copies":${number}}`);
    const answered = await sendJson(world.url, { method: 'POST', path: '/api/v1/instances', headers: by, json });
    expect([400, 422]).toContain(answered.status);
  });

  it.each(['PT1E9H', 'P999999999999D', '999999999999d', '-1h', `${'9'.repeat(1000)}h`, 'P1Y'.repeat(1000)])(
    '%s is no length of time',
    async (since) => {
      const world = await openApi();
      for (const name of ['listJobs', 'timeline', 'fleetLoad', 'listAudit'] as const)
        expect((await callRaw(world, name, { query: { since, from: since } })).statusCode).toBeLessThan(500);
    },
  );
});

describe('YAML', () => {
  const laughs = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghi'
      .split('')
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`),
  ].join('\n');

  it.each([
    ['that laughs', laughs],
    [
      'that merges what it merges',
      `a: &a {x: 1}\n${Array.from({ length: 40 }, (_, index) => `k${index}: &k${index} {<<: [*${index === 0 ? 'a' : `k${index - 1}`}, *a]}`).join('\n')}`,
    ],
    ['that names itself', 'a: &a [*a]\n'],
    ['that merges itself', 'a: &a {<<: *a}\n'],
    ['that is all nesting', `a: ${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['that is all indentation', Array.from({ length: 2000 }, (_, index) => `${' '.repeat(index)}a:`).join('\n')],
    ['of many documents', '---\na: 1\n'.repeat(10_000)],
    ['with tags of a language', 'a: !!js/function "function(){}"\nb: !!python/object:os.system x\nc: !!binary xxx\n'],
    ['of one long line', `a: "${'\\x41'.repeat(50_000)}"`],
    ['of many anchors', Array.from({ length: 10_000 }, (_, index) => `a${index}: &a${index} 1`).join('\n')],
  ])('%s is refused with an error that tells people so', (_, text) => {
    const read = () => readInstanceFile({ name: 'file.yaml', contents: Buffer.from(text) });
    expect(read).toThrow(expect.objectContaining({ code: expect.stringMatching(/^(instance|request)\./) }));
  });
});

/** The least time of some runs: what the work costs, without what others on this machine do meanwhile. */
function leastMs(work: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const { user, system } = process.cpuUsage();
    work();
    const spent = process.cpuUsage({ user, system });
    return (spent.user + spent.system) / 1000;
  });
  return Math.min(...times);
}

describe('a text that makes a pattern run wild', () => {
  const REPEATED = [
    'a',
    ' ',
    '-',
    '.',
    '>=1 ',
    'a-',
    'a.',
    '1.',
    '|| ',
    '((',
    'a@',
    '[a,',
    '" and "',
    '0',
    '*/',
    '\t',
    'é',
  ];
  const readers: readonly (readonly [string, (text: string) => unknown])[] = [
    ['a requirement of pip', (text) => pipRequirementFault(text)],
    ['a requirement of pip with a marker', (text) => pipRequirementFault(`a; ${text}`)],
    ['a package of npm', (text) => npmPackageFault(`a@${text}`)],
    ['a cron expression', (text) => cronFault(text)],
    ['a password', (text) => passwordFault(text.slice(0, 2000), 'ana')],
  ];

  it.each(readers)('takes no more than in proportion: %s', (_, read) => {
    for (const piece of REPEATED) {
      const [short, long] = [piece.repeat(10_000 / piece.length), `${piece.repeat(1_000_000 / piece.length)}!`];
      // A hundred times the text: work that grows with its square would take ten thousand times as long.
      expect(leastMs(() => read(long))).toBeLessThan(
        Math.max(
          leastMs(() => read(short)),
          0.5,
        ) * 1000,
      );
    }
  });

  it('takes no more than in proportion in any path parameter and header that routes read', async () => {
    const world = await openApi();
    for (const piece of REPEATED.filter((each) => /^[\x21-\x7e]+$/.test(each))) {
      const text = piece.repeat(Math.floor(7000 / piece.length));
      const headers = { authorization: `Bearer ${text}`, cookie: `berth_session=${text}`, 'last-event-id': text };
      const { statusCode } = await world.server.inject({ url: '/api/v1/me', headers });
      expect(statusCode).toBeLessThan(500);
    }
  });
});

describe('what takes long', () => {
  it('is not waited for before it is known who asks: a body that never comes is refused by its headers', async () => {
    const world = await openAccessWorld();
    const { hostname: host, port } = new URL(world.url);
    const heads = ['PUT /api/v1/channels', 'POST /api/v1/packages', 'POST /api/v1/instances', 'PUT /api/v1/sensors'];
    for (const head of heads) {
      const socket = connect({ host, port: Number(port) });
      socket.write(
        `${head} HTTP/1.1\r\nhost: berth\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{`,
      );
      const [first] = await new Promise<[Buffer]>((resolve) => socket.once('data', (data: Buffer) => resolve([data])));
      expect([head, first.toString().split(' ')[1]]).toEqual([head, '401']);
      socket.destroy();
    }
  });

  it('ends: headers within a minute, a request within an hour', async () => {
    const { server } = await openApi();
    expect(server.server.headersTimeout).toBeGreaterThan(0);
    expect(server.server.headersTimeout).toBeLessThanOrEqual(60_000);
    expect(server.server.requestTimeout).toBeLessThanOrEqual(3_600_000);
    expect(server.server.maxRequestsPerSocket).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['a JSON body', 'application/json', `"${'x'.repeat(2 * MIB)}"`],
    ['a calendar', 'text/calendar', 'x'.repeat(2 * MIB)],
  ])('is no larger than it may be: %s', async (_, type, contents) => {
    const world = await openApi();
    const name = type === 'text/calendar' ? 'putCalendar' : 'applyChannel';
    const answered = await callRaw(world, name, { file: { type, contents } });
    expect(answered.statusCode).toBe(400);
  });

  it('is no header, path or query of any size', async () => {
    const world = await openAccessWorld();
    const long = 'x'.repeat(100_000);
    expect((await sendRaw(world.url, { path: '/api/v1/door', headers: { x: long } })).status).toBe(431);
    expect((await sendRaw(world.url, { path: `/api/v1/door?${long}` })).status).toBe(431);
    expect(
      (await sendRaw(world.url, { path: `/api/v1/users/${'x'.repeat(600)}/inbox` })).status,
    ).toBeGreaterThanOrEqual(400);
  });
});

describe('live streams', () => {
  it('of one person are so many and no more, whichever of their tokens ask; those of others go on', {
    timeout: 60_000,
  }, async () => {
    const world = await openAccessWorld();
    const [first, second] = [await world.tokenOf({ user: 'developer' }), await world.tokenOf({ user: 'developer' })];
    const url = `${world.url}/api/v1/events/follow`;
    const streams: OpenStream[] = [];
    for (let opened = 0; opened < 500; opened += 50)
      streams.push(
        ...(await Promise.all(
          Array.from({ length: 50 }, (_, index) => openStream(world, url, index % 2 ? first : second)),
        )),
      );
    onTestFinished(() => {
      for (const stream of streams) stream.leave();
    });
    expect(streams.every(({ status }) => status === 200)).toBe(true);
    const more = await sendRaw(url, { path: new URL(url).pathname, headers: first });
    expect([more.status, JSON.parse(more.text).error.code]).toEqual([429, 'request.too-many-streams']);
    const other = await openStream(world, url, await world.tokenOf({ user: 'stranger' }));
    expect(other.status).toBe(200);
    other.leave();
    for (const stream of streams.splice(0, 100)) stream.leave();
    await expect
      .poll(async () => {
        const again = await openStream(world, url, second);
        again.leave();
        return again.status;
      })
      .toBe(200);
  });
});

describe('requests of one address', () => {
  it('are so many in a minute and no more, whether there is such a route or not', { timeout: 60_000 }, async () => {
    const world = await openApi();
    const statuses = new Set<number>();
    for (let asked = 0; asked < 6200; asked += 1) {
      const url = asked % 2 === 0 ? '/api/v1/door' : '/nothing';
      statuses.add((await world.server.inject({ method: asked % 2 ? 'POST' : 'GET', url })).statusCode);
    }
    expect([...statuses].toSorted()).toEqual([200, 404, 429]);
  });
});
