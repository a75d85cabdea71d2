// Machines that are to run applications are nodes of the platform after init, without a person who adds them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../world/fleet.ts';
import type { Server } from '../world/server.ts';
import { InitializerPerson, json, machineLine, SMALL } from './initializer-person.ts';

const person = new InitializerPerson();
const servers: Server[] = [];
let administrator = { url: '', token: '' };

beforeAll(async () => {
  servers.push(...(await Promise.all([startServer({ kind: 'bare' }), startServer({ kind: 'engine' })])));
  const [one, two] = servers as [Server, Server];
  const nodes = machineLine('two', two, { roles: '[]' });
  person.write('machines:', machineLine('one', one), nodes, 'nodes: [two]', ...SMALL);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.destroy()));
  person.remove();
});

async function post(url: string, body: object, cookie = ''): Promise<Response> {
  const headers = { 'content-type': 'application/json', cookie, 'berth-console': '1' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status, await answer.clone().text()).toBeLessThan(300);
  return answer;
}

/** Claims the platform, as a person does in a browser. */
async function claim(link: string): Promise<{ url: string; token: string }> {
  const { origin, hash } = new URL(link);
  const asked = { secret: hash.slice(1), name: 'root', displayName: 'Root', password: 'maple kettle orbit' };
  const claimed = await post(`${origin}/api/v1/claim`, asked);
  const cookie = (claimed.headers.get('set-cookie') ?? '').split(';')[0];
  const made = await post(
    `${origin}/api/v1/tokens`,
    { name: 'test', permissions: ['*'], expiresInMs: 3_600_000 },
    cookie,
  );
  return { url: origin, token: ((await made.json()) as { token: string }).token };
}

interface ListedNode {
  readonly id: string;
  readonly state: string;
  readonly address: string;
}

const listed = async () =>
  json<readonly ListedNode[]>(await person.ask(administrator.url, administrator.token, 'node', 'ls'));

test('after init and claim, the node is there and ready', async () => {
  const plan = json<{ steps: { phase: string }[] }>(await person.berth('plan'));
  expect(plan.steps.at(-1)).toMatchObject({ phase: 'nodes', machine: 'one', step: { kind: 'add-node', node: 'two' } });
  const { claim: link } = json<{ claim: string }>(await person.berth('init'));
  administrator = await claim(link);
  expect(await listed()).toMatchObject([{ id: 'two', state: 'ready' }]);
});

test('the audit says that the initializer added it, and its token is gone', async () => {
  const { url, token } = administrator;
  const entries = json<unknown[]>(await person.ask(url, token, 'audit', 'list'));
  expect(entries).toContainEqual(expect.objectContaining({ who: 'token:initializer', act: 'addNode' }));
  const answer = await fetch(`${url}/api/v1/tokens`, { headers: { authorization: `Bearer ${token}` } });
  const { items: tokens } = (await answer.json()) as { items: { name: string }[] };
  expect(tokens.map(({ name }) => name)).not.toContain('initializer');
});

test('done again nothing differs; one that a person removed comes back only with init', async () => {
  expect(json(await person.berth('init'))).toMatchObject({ steps: [] });
  expect(json(await person.berth('status'))).toMatchObject({ nodes: [{ name: 'two', state: 'ready' }] });
  const { url, token } = administrator;
  json(await person.ask(url, token, 'node', 'rm', 'two'));
  await expect.poll(listed, { timeout: 60_000 }).toEqual([]);
  expect(json<{ steps: unknown[] }>(await person.berth('init')).steps).toHaveLength(1);
  expect(await listed()).toMatchObject([{ id: 'two', state: 'ready' }]);
});

test('taken down, the platform cannot sign in to the machine any more', async () => {
  const keys = async () => (await servers[1]?.run(['cat', '/root/.ssh/authorized_keys']))?.stdout ?? '';
  expect((await keys()).trim().split('\n')).toHaveLength(2);
  json(await person.berth('destroy', '--yes', '--data'));
  expect((await keys()).trim().split('\n')).toHaveLength(1);
});
