// A platform on bare machines: installed by the real program, found unchanged, upgraded to a program that does not work and back, taken down.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Installation } from '../reality/machines/installation.ts';
import { testEngine } from '../world/engine.ts';
import { startServer } from '../world/fleet.ts';
import { startKafka, type TestKafka } from '../world/kafka.ts';
import type { Server } from '../world/server.ts';

const installation = new Installation();
/** Paths at which nothing of ours may be left. */
const OURS = [
  '/opt/berth',
  '/etc/berth',
  '/etc/rc.local',
  '/etc/cron.d/berth',
  '/var/lib/berth',
  '/root/.config/berth',
  '/root/.cache/berth',
];

afterAll(() => installation.remove());

const berth = (verb: string, ...words: readonly string[]) => installation.berth(verb, ...words);

function machinesFile(servers: readonly Server[], ...more: readonly string[]): void {
  // A base that is given spares the machines from making one: nothing is run here.
  installation.describe(servers, ['settings: { BERTH_BASE_TAR: /given/base.tar }', ...more]);
}

async function answers(address: string): Promise<number> {
  return (await fetch(`http://${address}:7400/`)).status;
}

describe('one bare machine', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ kind: 'bare' });
  });
  afterAll(() => server.destroy());

  test('everything that is wrong is told at once, and nothing is done', async () => {
    const listener = server.run([
      'python3',
      '-c',
      'import socket,time; s=socket.create_server(("",7400)); time.sleep(8)',
    ]);
    machinesFile([server], 'least: { diskGb: 1000000, memoryGb: 1000 }');
    const { code, stdout, stderr } = await berth('init');
    expect(code).not.toBe(0);
    for (const what of ['disk', 'memory', 'ports']) expect(`${stdout}${stderr}`).toContain(`"${what}"`);
    expect((await server.run(['ls', '/opt/berth', '/etc/berth'])).stdout).toBe('');
    await listener;
  });

  test('it is installed, and done again nothing differs', async () => {
    machinesFile([server], 'least: { diskGb: 1, memoryGb: 2 }');
    const first = await berth('init');
    expect(first.code, first.stderr).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({
      map: { form: 'embedded' },
      claim: expect.stringContaining('/claim#'),
    });
    expect(await answers(server.address)).toBe(200);
    const again = await berth('init');
    expect(JSON.parse(again.stdout)).toMatchObject({ steps: [] });
    expect((await berth('status')).code).toBe(0);
  });

  test('its secrets are in no list of processes, and for root alone', async () => {
    const processes = await server.run(['ps', '-eo', 'args']);
    expect(processes.stdout).toContain('serve');
    const modes = await server.run(['stat', '-c', '%a', '/etc/berth/berth-m0.env', '/var/lib/berth/keys/secret']);
    expect(modes.stdout.trim().split('\n')).toEqual(['600', '600']);
  });

  test('a program that does not start is taken back', async () => {
    const broken = installation.copyOfProgram('broken');
    writeFileSync(join(broken, 'src', 'main', 'serve.ts'), 'export function serve(): void {\n  process.exit(3);\n}\n');
    const before = JSON.parse((await berth('status')).stdout) as { components: { program: string }[] };
    const upgrade = await berth('upgrade', '--program', broken);
    expect(`${upgrade.stdout}${upgrade.stderr}`).toContain('initializer.upgrade-failed');
    const after = JSON.parse((await berth('status')).stdout) as { components: { program: string; state: string }[] };
    expect(after.components[0]).toMatchObject({ program: before.components[0]?.program, state: 'running' });
    expect(await answers(server.address)).toBe(200);
  });

  test('taken down with its data, nothing of ours is left', async () => {
    const { code, stderr } = await berth('destroy', '--yes', '--data');
    expect(code, stderr).toBe(0);
    expect((await server.run(['find', ...OURS])).stdout).toBe('');
    expect((await server.run(['ps', '-eo', 'args'])).stdout).not.toContain('berth.ts');
  });
});

describe('three bare machines with MariaDB on one of them, and one that runs applications', () => {
  let servers: Server[] = [];
  let broker: TestKafka;
  beforeAll(async () => {
    const { range } = await testEngine();
    // Where the fleet's servers reach this machine.
    broker = await startKafka({ host: `10.${range}.16.1` });
    const kinds = ['bare', 'bare', 'bare', 'engine'] as const;
    servers = await Promise.all(kinds.map((kind) => startServer({ kind })));
  });
  afterAll(() => Promise.all([broker.destroy(), ...servers.map((server) => server.destroy())]));

  test('every role runs twice, people reach the console, the node is ready, and done again nothing differs', async () => {
    const engines = `store: { on: m0 }\nbus: { given: '${broker.url}' }\nleast: { diskGb: 1, memoryGb: 4 }`;
    const own = servers.map((_, index) => (index < 3 ? 'roles: auto' : 'roles: []'));
    installation.describe(servers, ['settings: { BERTH_BASE_TAR: /given/base.tar }', engines, 'nodes: [m3]'], own);
    const first = await berth('init');
    expect(first.code, first.stderr).toBe(0);
    const { map } = JSON.parse(first.stdout) as { map: { console: string; components: { roles: string[] }[] } };
    expect(map.components.flatMap(({ roles }) => roles).filter((role) => role === 'api')).toHaveLength(2);
    expect((await fetch(map.console)).status).toBe(200);
    expect(JSON.parse((await berth('init')).stdout)).toMatchObject({ steps: [] });
    expect(JSON.parse((await berth('status')).stdout)).toMatchObject({ nodes: [{ name: 'm3', state: 'ready' }] });
    expect((await berth('destroy', '--yes', '--data')).code).toBe(0);
  });
});
