// The contract of the machines of a platform over its processes, each answering for the supervisor's files of its machine.
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HmacSeals } from '../../src/adapters/http-peers/hmac-seals.ts';
import { HttpPeers, ORDINARY_PEER_TIMES } from '../../src/adapters/http-peers/http-peers.ts';
import { PeerComponentHost } from '../../src/adapters/peer-component-host/peer-component-host.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { PeerServer } from '../../src/api/peer-server.ts';
import { readComponentFiles } from '../../src/main/component-files.ts';
import { SupervisedComponents } from '../../src/main/local-components.ts';
import { passwordsOf } from '../../src/main/passwords-of.ts';
import { LiveLogs } from '../../src/nodes/log-live.ts';
import { aComponent, monitoringWorld } from '../unit/monitoring/monitoring-world.ts';
import { componentHostContract } from './component-host-contract.ts';
import { silentLog } from './silent-log.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const SECRET = Buffer.alloc(32, 9);
const [clock, random] = [new SystemClock(), new SystemRandom()];
const passwordOf = passwordsOf(SECRET);

/** A directory as the initializer makes one for a machine with one component. */
async function supervised(machine: string): Promise<{ readonly etc: string; readonly directory: string }> {
  const etc = await temporaryDirectory();
  const [directory, data] = [join(etc, 'components'), join(etc, 'data')];
  await mkdir(directory);
  await mkdir(join(data, 'keys'), { recursive: true });
  await writeFile(join(data, 'keys', 'secret'), SECRET, { mode: 0o600 });
  const own = `berth-${machine}`;
  const [environmentFile, credentials] = [join(etc, `${own}.env`), join(etc, `${own}.bus`)];
  await writeFile(credentials, `${own}:${passwordOf(`${own} at the brokers`)}\n`);
  const settings = {
    ...{ BERTH_COMPONENT: own, BERTH_MACHINE: machine, BERTH_ROLES: 'api', BERTH_DATA: data, BERTH_PEER_PORT: '7410' },
    ...{ BERTH_STORE: `mysql://${own}:${passwordOf(own)}@10.0.0.1:3306/berth`, BERTH_MQTT_HOST: '' },
    ...{ BERTH_BUS_CREDENTIALS: credentials, XDG_CONFIG_HOME: join(data, 'config'), BERTH_LOG_LEVEL: 'debug' },
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}="${value}"\n`);
  await writeFile(environmentFile, lines.join(''), { mode: 0o600 });
  const start = { name: own, roles: ['api'], environmentFile, command: ['/opt/berth/1/bin/berth', 'serve'] };
  await writeFile(join(directory, `${own}.json`), JSON.stringify(start));
  return { etc, directory };
}

async function platform() {
  const { store } = await monitoringWorld();
  const addresses = new Map<string, string>();
  const key = Buffer.alloc(32, 1);
  const sealsOf = (component: string) => new HmacSeals({ key, component, clock, random });
  const machines = new Map<string, { readonly etc: string; readonly directory: string }>();
  for (const machine of ['one', 'two', 'bare', 'off']) {
    const component = `berth-${machine}`;
    const made = machine === 'bare' ? null : await supervised(machine);
    if (made) machines.set(machine, made);
    const components = made && new SupervisedComponents({ directory: made.directory, component, log: silentLog });
    const seals = sealsOf(component);
    const server = new PeerServer({ live: new LiveLogs(), store, clock, log: silentLog, seals, api, components });
    addresses.set(component, await server.listen({ host: '127.0.0.1', port: 0 }));
    if (machine === 'off') await server.close();
    else onTestFinished(() => server.close());
    const address = addresses.get(component) ?? null;
    await store.create(
      'component',
      aComponent({ id: component, machine, address, ...(made ? { supervised: [] } : {}) }),
    );
  }
  const addressOf = (component: string) => addresses.get(component) ?? null;
  const peers = new HttpPeers({ clock, seals: sealsOf('berth-one'), addressOf, ...ORDINARY_PEER_TIMES });
  onTestFinished(() => peers.close());
  const host = new PeerComponentHost({ peers, store, clock, answerMs: 5000 });
  return { host, peers, machines, addresses, store };
}

function api(): never {
  throw new Error('nobody asks the API');
}

componentHostContract('over the processes of the platform', async () => {
  const { host, machines } = await platform();
  const runs = async (machine: string) => {
    const { files } = await readComponentFiles(machines.get(machine)?.directory ?? '');
    return Object.fromEntries(files.map(({ name, roles }) => [name, roles]));
  };
  return { host, runs };
});

test('what is placed gets the settings of its machine, ports of its own, and the accounts of the one that it comes from', async () => {
  const { host, machines } = await platform();
  const { etc = '', directory = '' } = machines.get('two') ?? {};
  const placed = { name: 'berth-one--on-two', roles: ['nodes', 'sensors'], like: 'berth-one' } as const;
  await host.place('two', placed);
  const { files } = await readComponentFiles(directory);
  const file = files.find(({ name }) => name === placed.name);
  const password = passwordOf('berth-one');
  expect(file).toMatchObject({ command: ['/opt/berth/1/bin/berth', 'serve'], roles: placed.roles });
  expect(file?.environment).toMatchObject({
    ...{ BERTH_COMPONENT: placed.name, BERTH_MACHINE: 'two', BERTH_ROLES: 'nodes,sensors', BERTH_LOG_LEVEL: 'debug' },
    ...{ BERTH_STORE: `mysql://berth-one:${password}@10.0.0.1:3306/berth`, BERTH_DATA: join(etc, 'data', placed.name) },
    XDG_CONFIG_HOME: join(etc, 'data', placed.name, 'config'),
  });
  expect(file?.environment).not.toHaveProperty('BERTH_MQTT_HOST');
  expect(Number(file?.environment.BERTH_PEER_PORT)).toBeGreaterThan(7410);
  const credentials = file?.environment.BERTH_BUS_CREDENTIALS ?? '';
  expect(await readFile(credentials, 'utf8')).toBe(`berth-one:${passwordOf('berth-one at the brokers')}\n`);
  const key = join(etc, 'data', placed.name, 'keys', 'secret');
  expect(await readFile(key)).toEqual(SECRET);
  for (const path of [key, credentials, file?.environmentFile ?? ''])
    expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('asked for again, it is left as it runs', async () => {
  const { host, machines } = await platform();
  const { directory = '' } = machines.get('two') ?? {};
  const placed = { name: 'b--on-two', roles: ['nodes'], like: 'b' } as const;
  const digest = async () =>
    (await readComponentFiles(directory)).files.find(({ name }) => name === placed.name)?.digest;
  await host.place('two', placed);
  const first = await digest();
  await host.place('two', placed);
  expect(await digest()).toBe(first);
});

test('a request that no process of the platform sealed is refused, and so is one for a path outside of the directory', async () => {
  const { addresses, peers } = await platform();
  const path = '/peer/v1/components/x?like=y&roles=nodes';
  expect((await fetch(`${addresses.get('berth-two')}${path}`, { method: 'PUT' })).status).toBe(401);
  for (const wrong of [
    '/peer/v1/components/..%2Fx?like=y&roles=nodes',
    '/peer/v1/components/x?like=..&roles=nodes',
    '/peer/v1/components/x?like=y&roles=root',
    '/peer/v1/components/x?like=y&roles=',
  ]) {
    const asked = { method: 'PUT', path: wrong, headers: {} };
    const answer = await peers.fetch('berth-two', asked, new AbortController().signal);
    answer.body.resume();
    expect([wrong, answer.status]).toEqual([wrong, 400]);
  }
});

test('a process without a supervisor says so', async () => {
  const { peers } = await platform();
  const asked = { method: 'GET', path: '/peer/v1/components', headers: {} };
  const answer = await peers.fetch('berth-bare', asked, new AbortController().signal);
  answer.body.resume();
  expect(answer.status).toBe(409);
});
