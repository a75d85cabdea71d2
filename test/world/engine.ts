// The tests' own Docker engine: started by the first that asks, shared by all runs of tests on this machine (each registers as a
// user), ended by its id when the last one releases it. Its images stay in the cache directory.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { cachePath } from './directories.ts';
import { clearLeftovers, clearOwner } from './leftovers.ts';
import { locked } from './lock.ts';
import {
  dropNetwork,
  ENGINE_BRIDGE,
  FLEET_BRIDGE,
  freeRange,
  outwardMtu,
  type Range,
  raiseNetwork,
} from './network.ts';
import { OWNER_VARIABLE, owner } from './owner.ts';
import { installPrerequisites } from './prerequisites.ts';
import { identityOf, isAlive } from './process-identity.ts';
import { until } from './until.ts';

/** How to reach the tests' engine. */
export interface TestEngine {
  readonly socketPath: string;
  readonly dataRoot: string;
  /** Second number of the addresses that it gives: `10.N.…`. */
  readonly range: Range;
}

/** Name of the network that the fleet's servers are on. */
export const FLEET_NETWORK = 'fleet';

const home = cachePath('engine');
const users = cachePath('engine', 'users');
const runs = cachePath('engine', 'runs');
const stateFile = join(home, 'state.json');
const socketPath = join(home, 'docker.sock');
const dataRoot = join(home, 'data');

interface State {
  readonly daemon: string;
  readonly range: Range;
}

let acquired: Promise<TestEngine> | undefined;

/** The engine, started if it is not running. Whoever is not inside a run of vitest ends with `releaseTestEngine`. */
export function testEngine(): Promise<TestEngine> {
  acquired ??= locked('engine', acquire);
  return acquired;
}

/** Removes what this run left and ends the engine if nobody else uses it. */
export async function releaseTestEngine(): Promise<void> {
  acquired = undefined;
  await locked('engine', async () => {
    const state = readState();
    rmSync(join(users, owner()), { force: true });
    if (!state) return;
    const docker = new Docker({ socketPath });
    await clearOwner(docker, owner());
    rmSync(join(runs, owner()), { recursive: true, force: true });
    if (liveUsers().length > 0) return;
    // What still runs would outlive the engine, with nobody to end it.
    await clearLeftovers(docker, []).finally(() => end(state));
  });
}

/** Names this process as the owner of what its workers start; true when no process around it has done so. */
export function becomeOwner(): boolean {
  if (process.env[OWNER_VARIABLE] !== undefined) return false;
  process.env[OWNER_VARIABLE] = owner();
  return true;
}

async function acquire(): Promise<TestEngine> {
  for (const name of readdirSync(runs)) if (!isAlive(name)) rmSync(join(runs, name), { recursive: true, force: true });
  const running = readState();
  const state = running ?? (await start());
  writeFileSync(join(users, owner()), '');
  if (running) await clearLeftovers(new Docker({ socketPath }), liveUsers());
  return { socketPath, dataRoot, range: state.range };
}

async function start(): Promise<State> {
  await installPrerequisites();
  const range = await freeRange();
  await raiseNetwork(range);
  const pid = await launch(range);
  const state = { daemon: identityOf(pid) ?? '', range };
  writeFileSync(stateFile, JSON.stringify(state));
  const docker = new Docker({ socketPath });
  await until('the test engine to answer', 60_000, async () => {
    if (!isAlive(state.daemon)) return false;
    return (await docker.ping()) !== undefined;
  }).then((answers) => answers || failWithLog());
  await clearLeftovers(docker, []);
  await makeFleetNetwork(docker, range);
  return state;
}

async function launch(range: Range): Promise<number> {
  for (const name of ['docker.sock', 'docker.pid']) rmSync(join(home, name), { force: true });
  const log = openSync(join(home, 'dockerd.log'), 'w');
  const places = [
    `--data-root=${dataRoot}`,
    `--exec-root=${join(home, 'exec')}`,
    `--pidfile=${join(home, 'docker.pid')}`,
  ];
  const network = [`--bridge=${ENGINE_BRIDGE}`, '--iptables=false', `--mtu=${await outwardMtu()}`];
  const pools = ['--default-address-pool', `base=10.${range}.128.0/17,size=24`];
  const child = spawn(
    'dockerd',
    [`--host=unix://${socketPath}`, ...places, ...network, ...pools, '--shutdown-timeout=5'],
    {
      detached: true,
      stdio: ['ignore', log, log],
    },
  );
  closeSync(log);
  child.unref();
  if (child.pid === undefined) throw new Error('dockerd could not be started');
  return child.pid;
}

function failWithLog(): never {
  const lines = readFileSync(join(home, 'dockerd.log'), 'utf8').trim().split('\n');
  throw new Error(`the test engine ended at its start:\n${lines.slice(-10).join('\n')}`);
}

async function makeFleetNetwork(docker: Docker, range: Range): Promise<void> {
  for (const each of await docker.listNetworks({ filters: { name: [FLEET_NETWORK] } })) {
    await docker.getNetwork(each.Id).remove();
  }
  await docker.createNetwork({
    Name: FLEET_NETWORK,
    IPAM: { Driver: 'default', Config: [{ Subnet: `10.${range}.16.0/20`, Gateway: `10.${range}.16.1` }] },
    Options: { 'com.docker.network.bridge.name': FLEET_BRIDGE, 'com.docker.network.driver.mtu': await outwardMtu() },
  });
}

async function end({ daemon, range }: State): Promise<void> {
  signal(daemon, 'SIGTERM');
  await until('the test engine to end', 30_000, () => (isAlive(daemon) ? undefined : true)).catch(() =>
    signal(daemon, 'SIGKILL'),
  );
  await dropNetwork(range);
  rmSync(stateFile, { force: true });
}

function signal(identity: string, name: NodeJS.Signals): void {
  if (isAlive(identity)) process.kill(Number.parseInt(identity, 10), name);
}

function readState(): State | undefined {
  try {
    const state = JSON.parse(readFileSync(stateFile, 'utf8')) as State;
    return isAlive(state.daemon) ? state : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Runs that use the engine and still live; entries of dead ones are taken out. */
function liveUsers(): string[] {
  const { live = [], dead = [] } = Object.groupBy(readdirSync(users), (name) => (isAlive(name) ? 'live' : 'dead'));
  for (const name of dead) rmSync(join(users, name), { force: true });
  return live;
}
