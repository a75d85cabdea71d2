// Never two live copies of an application that must run exactly once: its network cut, its machine frozen, its platform killed. Each copy
// prints when it lives; what it printed is read from the servers' own engines, which answer while the network is cut, and all servers
// share this machine's clock.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { BerthProcess } from '../reality/spine/berth-process.ts';
import { onceBeats, pushOnce } from '../reality/spine/once.ts';
import { QUICK, Story } from '../reality/spine/story.ts';
import { fleet } from '../world/fleet.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';

const LEASE_MS = 12_000;
const GRACE_MS = 1000;
/** What a busy machine may add to a moment of the launcher's. */
const LATE_MS = 1500;
/** From the loss of a node to the first line of the successor, on a machine that does other things too. */
const TAKEN_OVER_WITHIN_MS = 90_000;

const ONCE = { application: 'once', place: { labels: { fleet: 'yes' } }, restart: QUICK, grace: `${GRACE_MS}ms` };

const platform = new BerthProcess({ BERTH_LEASE: String(LEASE_MS) });
let servers: Server[] = [];
let story: Story;

beforeAll(async () => {
  servers = await fleet(2);
  story = new Story(await platform.start());
  await pushOnce(story.client);
  await Promise.all(servers.map((server) => story.addNode(server, { fleet: 'yes' })));
  await bringImage();
}, 900_000);

afterAll(async () => {
  await platform.remove();
  await Promise.all(servers.map((server) => server.destroy()));
}, 180_000);

afterEach(async () => {
  for (const { items } of [await story.client.call('listJobs', { query: { limit: 1000 } })])
    for (const { id, endedAt } of items) if (endedAt === null) await story.stop(id);
}, 180_000);

/** To both servers, so that it is the lease alone that a successor waits for. */
async function bringImage(): Promise<void> {
  await story.create('everywhere', 'beat', { ...ONCE, copies: 2 });
  const { id, slots } = await story.running('everywhere');
  expect(new Set(slots.map(({ node }) => node)).size).toBe(2);
  await story.stop(id);
  await story.ended('everywhere');
}

function serverOf(name: string | null | undefined): Server {
  const found = servers.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no server ${name}`);
  return found;
}

interface Copy {
  readonly id: string;
  readonly server: Server;
}

/** The moments at which a copy lived, by its own word. */
async function beats({ id, server }: Copy): Promise<number[]> {
  const log: Buffer = await server.docker.getContainer(id).logs({ stdout: true, stderr: false });
  return onceBeats(log.toString('latin1')).map(({ at }) => at);
}

/** A copy that runs and has begun to say so. */
async function begin(name: string): Promise<Copy & { readonly job: string }> {
  await story.create(name, 'beat', ONCE);
  const { id: job, tasks } = await story.running(name);
  const copy = { id: tasks[0]?.id ?? '', server: serverOf(tasks[0]?.node), job };
  await until('the first beats', 30_000, async () => ((await beats(copy)).length > 5 ? true : undefined));
  return copy;
}

/** The copy that took over, once it lives. */
async function successorOf(name: string, first: Copy): Promise<Copy> {
  const { tasks } = await story.jobOf(
    name,
    (job) => job.tasks.length === 2 && job.tasks[1]?.state === 'running',
    TAKEN_OVER_WITHIN_MS,
  );
  const second = { id: tasks[1]?.id ?? '', server: serverOf(tasks[1]?.node) };
  expect(second.server.name).not.toBe(first.server.name);
  await until('the first beats of the successor', 30_000, async () => (await beats(second)).length > 5 || undefined);
  return second;
}

async function exitOf({ id, server }: Copy): Promise<number | string> {
  const { State } = await server.docker.getContainer(id).inspect();
  return State.Running ? 'running' : State.ExitCode;
}

/** The old copy is over and the job goes on with the new one. */
async function settles(name: string, first: Copy, second: Copy): Promise<void> {
  await story.nodeIs(first.server.name, ({ state }) => state === 'ready');
  await until('the old copy to be gone', 30_000, async () => (await exitOf(first)) !== 'running' || undefined);
  const job = await story.jobOf(name, ({ tasks }) => tasks[0]?.state === 'lost');
  expect(job.tasks.map(({ state }) => state)).toEqual(['lost', 'running']);
  const seen = (await beats(second)).length;
  await until('more beats', 10_000, async () => (await beats(second)).length > seen + 20 || undefined);
}

test('a cut network: the copy there lives as long as its lease, its successor begins after it, and the job goes on', async () => {
  const first = await begin('cut');
  await first.server.cut();
  const cutAt = Date.now();
  const second = await successorOf('cut', first);
  expect(await exitOf(first)).toBe(202);
  const [ofFirst, ofSecond] = [await beats(first), await beats(second)];
  const [last, next] = [Math.max(...ofFirst), Math.min(...ofSecond)];
  expect(last, 'the first copy beats last before the second first').toBeLessThan(next);
  expect(last).toBeGreaterThan(cutAt + (LEASE_MS * 2) / 3 - LATE_MS);
  expect(last).toBeLessThan(cutAt + LEASE_MS + GRACE_MS + LATE_MS);
  await first.server.restore();
  await settles('cut', first, second);
  expect((await beats(first)).length).toBe(ofFirst.length);
});

test('a frozen machine that thaws when its successor runs: its launcher ends it within an instant', async () => {
  const first = await begin('frozen');
  await first.server.freeze();
  const frozenAt = Date.now();
  const second = await successorOf('frozen', first);
  const next = Math.min(...(await beats(second)));
  expect(next).toBeGreaterThan(frozenAt + (LEASE_MS * 2) / 3 + GRACE_MS);
  const thawedAt = Date.now();
  await first.server.thaw();
  await settles('frozen', first, second);
  const late = (await beats(first)).filter((at) => at > next);
  expect(Math.max(thawedAt, ...late) - thawedAt).toBeLessThan(LATE_MS);
  expect(await exitOf(first)).toBe(202);
});

test('a platform that is killed and comes back within the lease: the same copy goes on', async () => {
  const first = await begin('restarted');
  await platform.kill();
  story.client = await platform.start();
  const upAt = Date.now();
  await until('beats long after', 60_000, async () => {
    return Math.max(...(await beats(first))) > upAt + LEASE_MS + GRACE_MS + LATE_MS ? true : undefined;
  });
  const { tasks } = await story.running('restarted');
  expect(tasks.map(({ id, state }) => [id, state])).toEqual([[first.id, 'running']]);
});

test('a person stops it: it ends as any other', async () => {
  const first = await begin('stopped');
  await story.stop(first.job);
  expect((await story.ended('stopped')).state).toBe('stopped');
  expect(await exitOf(first)).toBe(200);
});
