// People at work on machines: drained for an upgrade, engines restarted under their containers, machines that one application has to
// itself. Looked at by the servers' own engines, and by the command line that people use.
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DockerMachines } from '../../src/adapters/docker-machine/docker-machines.ts';
import { ORDINARY_TIMEOUTS } from '../../src/adapters/docker-machine/timeouts.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { silentLog } from '../contracts/silent-log.ts';
import { ON_FLEET, siteOf } from '../reality/spine/site.ts';
import type { Story } from '../reality/spine/story.ts';
import { type Finished, run } from '../world/command.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';

const BERTH = join(import.meta.dirname, '..', '..', 'bin', 'berth');
/** A terminal for a program: what goes on is told only where a person watches. */
const IN_TERMINAL = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

const site = siteOf(3);
const { platform } = site;
let story: Story;

beforeAll(() => {
  story = site.story;
});

afterEach(async () => {
  const { items } = await story.client.call('listJobs', { query: { limit: 1000 } });
  await Promise.all(items.flatMap(({ id, endedAt }) => (endedAt === null ? [story.stop(id)] : [])));
  for (const { name } of site.servers) {
    await story.client.call('undrainNode', { params: { node: name } });
    await story.nodeIs(name, ({ state, tasks }) => state === 'ready' && tasks === 0);
  }
}, 180_000);

/** What the command line of a person at a terminal says. */
function berth(...words: readonly string[]): Promise<Finished> {
  const environment = [`XDG_CONFIG_HOME=${platform.environment.XDG_CONFIG_HOME}`, 'NO_COLOR=1'];
  return run(['env', ...environment, 'python3', '-c', IN_TERMINAL, BERTH, ...words]);
}

interface Copy {
  readonly id: string;
  readonly server: Server;
}

/** A job that runs in one copy on the fleet. */
async function begin(name: string, algorithm = 'ticker', over = {}): Promise<Copy & { readonly job: string }> {
  await story.create(name, algorithm, { ...ON_FLEET, ...over });
  return copyOf(await story.running(name));
}

function copyOf({ id: job, slots }: Awaited<ReturnType<Story['running']>>) {
  return { id: slots[0]?.task ?? '', server: site.server(slots[0]?.node), job };
}

/** The job's copy once it runs as another task than before. */
async function successorOf(name: string, first: Copy): Promise<Copy> {
  const job = await story.jobOf(
    name,
    ({ slots, tasks }) =>
      slots[0]?.task !== first.id && tasks.some(({ id, state }) => id === slots[0]?.task && state === 'running'),
  );
  return copyOf(job);
}

/** A place on one machine of the fleet alone. */
function onlyOn(number: number) {
  const server = site.servers[number];
  if (!server) throw new Error(`no server ${number}`);
  return { server, place: { labels: { number: String(number) } } };
}

/** From when until when a copy lived, by its machine's own engine. */
async function lifeOf({ id, server }: Copy) {
  const { State } = await server.docker.getContainer(id).inspect();
  const endedAt = State.Running ? Number.POSITIVE_INFINITY : Date.parse(State.FinishedAt);
  return { startedAt: Date.parse(State.StartedAt), endedAt, exitCode: State.ExitCode };
}

function ended(copy: Copy) {
  return until(`the end of ${copy.id}`, 30_000, async () => {
    const life = await lifeOf(copy);
    return Number.isFinite(life.endedAt) ? life : undefined;
  });
}

/** The numbers of the ticks in a task's log, in its order. */
async function ticks({ id }: Copy): Promise<number[]> {
  return [...(await story.text(id)).matchAll(/^tick (\d+) /gm)].map(([, number]) => Number(number));
}

async function claimOf({ name }: Server): Promise<string | null> {
  return (await story.client.call('showNode', { params: { node: name } })).claim;
}

describe('a drain', () => {
  test('is waited for with its progress; the successor runs before the copy there is stopped, and Docker is upgraded', async () => {
    const first = await begin('moved');
    const { name } = first.server;
    const drained = await berth('node', 'drain', name, '--wait');
    expect(drained).toMatchObject({ code: 0 });
    expect(drained.stdout).toContain(`1 task is still there: ${first.id} (`);
    expect(drained.stdout).toContain(`Node ${name} is empty.`);

    const second = await successorOf('moved', first);
    expect(second.server.name).not.toBe(name);
    const [before, after] = [await ended(first), await lifeOf(second)];
    expect(after.startedAt).toBeLessThan(before.endedAt);
    expect(before.exitCode).toBe(200);

    await first.server.stopEngine();
    await story.nodeIs(name, ({ state, trouble }) => state === 'lost' && trouble === 'engine-down');
    const why = await berth('node', 'why', name);
    expect(why.stdout).toContain('being drained');
    await first.server.startEngine();
    await story.nodeIs(name, ({ state }) => state === 'ready');
    const undrained = await berth('node', 'undrain', name);
    expect(undrained.stdout).toContain(`Node ${name} takes tasks again.`);
    expect(await lifeOf(second)).toMatchObject({ startedAt: after.startedAt, endedAt: Number.POSITIVE_INFINITY });
    const { tasks } = await story.running('moved');
    expect(tasks.map(({ id, state }) => [id, state])).toEqual([
      [first.id, 'stopped'],
      [second.id, 'running'],
    ]);
    const number = site.servers.indexOf(first.server);
    expect((await begin('back', 'ticker', { place: onlyOn(number).place })).server.name).toBe(name);
  });

  test('stops a copy that must run exactly once before its successor begins', async () => {
    const first = await begin('only', 'only');
    expect((await berth('node', 'drain', first.server.name, '--wait')).code).toBe(0);
    const second = await successorOf('only', first);
    expect(second.server.name).not.toBe(first.server.name);
    const [before, after] = [await ended(first), await lifeOf(second)];
    expect(before.endedAt).toBeLessThanOrEqual(after.startedAt);
    expect(before.exitCode).toBe(200);
  });

  test('leaves what can go nowhere else running, says so, and is taken back; with a deadline it ends it', async () => {
    const { server, place } = onlyOn(0);
    const first = await begin('stays', 'ticker', { place });
    const waiting = berth('node', 'drain', server.name, '--wait');
    const { reason } = await story.jobOf('stays', (job) => job.reason.includes('until it can go elsewhere'));
    expect(reason).toContain(`${server.name} is being drained`);
    await berth('node', 'undrain', server.name);
    expect((await waiting).stdout).toContain(`The drain of ${server.name} was cancelled.`);
    expect(await lifeOf(first)).toMatchObject({ endedAt: Number.POSITIVE_INFINITY });

    const drainedAt = Date.now();
    const drained = await berth('node', 'drain', server.name, '--deadline', '3s', '--wait');
    expect(drained.stdout).toContain(`Node ${server.name} is empty.`);
    const { endedAt, exitCode } = await ended(first);
    expect(exitCode).toBe(200);
    expect(endedAt - drainedAt).toBeGreaterThan(3000);
    const job = await story.jobOf('stays', ({ state }) => state === 'waiting');
    expect(job.tasks[0]).toMatchObject({ state: 'stopped', reason: `the drain of ${server.name} is over` });
    await berth('node', 'undrain', server.name);
    expect((await successorOf('stays', first)).server.name).toBe(server.name);
  });
});

test('an engine that is prepared is restarted under a running container: the same container goes on, its log whole', async () => {
  const { server, place } = onlyOn(1);
  await prepare(server);
  const copy = await begin('kept', 'ticker', { place });
  const pid = async () => (await server.docker.getContainer(copy.id).inspect()).State.Pid;
  const before = await pid();
  await until('a few ticks', 20_000, async () => (await ticks(copy)).length > 10 || undefined);
  await story.client.call('setNodeRecovery', { params: { node: server.name }, body: { mode: 'off' } });
  await server.stopEngine();
  await story.nodeIs(server.name, ({ state }) => state === 'lost');
  await server.startEngine();
  await story.nodeIs(server.name, ({ state }) => state === 'ready');
  await story.client.call('setNodeRecovery', { params: { node: server.name }, body: { mode: 'automatic' } });
  const seen = (await ticks(copy)).length;
  await until('later ticks', 30_000, async () => (await ticks(copy)).length > seen + 50 || undefined);
  expect(await pid()).toBe(before);
  const { tasks } = await story.running('kept');
  expect(tasks.map(({ id, state }) => [id, state])).toEqual([[copy.id, 'running']]);
  await story.stop(copy.job);
  await story.ended('kept');
  const numbers = await ticks(copy);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});

/** As the platform does for machines that it makes, and people do for theirs. */
async function prepare(server: Server): Promise<void> {
  const { address: host, port, user, hostKeyLine: hostKey, identityPath: identity } = server;
  const parts = { clock: new SystemClock(), random: new SystemRandom(), log: silentLog, timeouts: ORDINARY_TIMEOUTS };
  const machines = new DockerMachines({ ...parts, platformKeyDirectory: join(platform.directory, 'other-keys') });
  await machines.prepare({ kind: 'ssh', host, port, user, hostKey, identity }, () => {});
  await expect.poll(async () => (await server.docker.info()).LiveRestoreEnabled, { timeout: 10_000 }).toBe(true);
}

describe('a standalone application', () => {
  test('has its machine to itself: others wait with a reason and an estimate, also while the platform is killed, and get it afterwards', async () => {
    const { server, place } = onlyOn(2);
    const alone = { place, machine: 'standalone' };
    const first = await begin('alone', 'ticker', { ...alone, schedule: { kind: 'now', duration: '1h' } });
    expect(await claimOf(server)).toBe(first.job);
    await story.create('next', 'ticker', { ...ON_FLEET, ...alone });
    const claimed = `${server.name} belongs to the standalone job ${first.job}`;
    const waits = () => story.jobOf('next', (job) => job.state === 'waiting' && job.reason.includes(claimed));
    const { reason } = await waits();
    expect(reason).toMatch(new RegExp(`${server.name} may be free at [-0-9: ]+ UTC`));
    await story.create('shared', 'ticker', { ...ON_FLEET, place });
    await story.jobOf('shared', ({ state }) => state === 'waiting');

    await platform.kill();
    story.client = await platform.start();
    await story.nodeIs(server.name, ({ state }) => state === 'ready');
    await waits();
    expect(await claimOf(server)).toBe(first.job);
    expect(await lifeOf(first)).toMatchObject({ endedAt: Number.POSITIVE_INFINITY });
    await story.stop(first.job);
    const { endedAt } = await ended(first);
    await heirs(server, endedAt);
  });

  /** Whoever is given the machine, never both at a time. */
  async function heirs(server: Server, freeAt: number): Promise<void> {
    const names = ['next', 'shared'];
    const runs = async (name: string) => (await story.jobs(name))[0]?.state === 'running';
    const one = await until('one of those who waited to run', 30_000, async () => {
      for (const name of names) if (await runs(name)) return name;
    });
    const heir = copyOf(await story.running(one));
    expect((await lifeOf(heir)).startedAt).toBeGreaterThan(freeAt);
    const isAlone = one === 'next';
    expect(await claimOf(server)).toBe(isAlone ? heir.job : null);
    await story.stop(heir.job);
    const other = copyOf(await story.running(isAlone ? 'shared' : 'next'));
    expect((await lifeOf(other)).startedAt).toBeGreaterThan((await ended(heir)).endedAt);
    expect(await claimOf(server)).toBe(isAlone ? null : other.job);
  }

  test('whose machine loses power has another one to itself, and the old one is free', async () => {
    const first = await begin('powerless', 'ticker', { machine: 'standalone' });
    expect(await claimOf(first.server)).toBe(first.job);
    await story.client.call('setNodeRecovery', { params: { node: first.server.name }, body: { mode: 'off' } });
    await first.server.powerOff();
    const second = await successorOf('powerless', first);
    expect(second.server.name).not.toBe(first.server.name);
    expect(await claimOf(second.server)).toBe(first.job);
    expect(await claimOf(first.server)).toBe(null);
    await first.server.powerOn();
    await story.nodeIs(first.server.name, ({ state }) => state === 'ready');
    const { tasks } = await story.running('powerless');
    expect(tasks.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(await claimOf(first.server)).toBe(null);
  });
});
