// What happens to a node, what the platform says of it, and where its applications run meanwhile: real servers that lose power, engine,
// SSH, time, network and room on their disks. Looked at by the servers' own engines, which answer while their network is cut.
import { beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../world/fleet.ts';
import type { Server } from '../../world/server.ts';
import { until } from '../../world/until.ts';
import { ON_FLEET, siteOf } from '../spine/site.ts';
import type { Story } from '../spine/story.ts';

const site = siteOf(3);
let story: Story;

beforeAll(() => {
  story = site.story;
});

/** A ticker that runs on a server of the fleet. */
async function ticker(name: string) {
  await story.create(name, 'ticker', ON_FLEET);
  const { id, tasks } = await story.running(name);
  const [task] = tasks;
  if (!task) throw new Error(`${id} runs without a task`);
  return { id, task, server: site.server(task.node) };
}

/** The job once its copy runs somewhere else. */
function movedFrom(name: string, node: string) {
  return story.jobOf(
    name,
    ({ state, slots, tasks }) =>
      state === 'running' &&
      slots[0]?.node !== node &&
      tasks.some((task) => task.id === slots[0]?.task && task.state === 'running'),
  );
}

async function containersOf(server: Server, job: string): Promise<readonly string[]> {
  const found = await server.docker.listContainers({ filters: { label: [`berth.job=${job}`] } });
  return found.map(({ State }) => State);
}

interface Blow {
  readonly what: string;
  readonly trouble: string;
  readonly strike: (server: Server) => Promise<void>;
  readonly mend: (server: Server) => Promise<void>;
}

const BLOWS: readonly Blow[] = [
  { what: 'loses power', trouble: 'no-answer', strike: (it) => it.powerOff(), mend: (it) => it.powerOn() },
  {
    what: 'has a dead engine',
    trouble: 'engine-down',
    strike: (it) => it.killEngine(),
    mend: (it) => it.startEngine(),
  },
  { what: 'has a dead SSH server', trouble: 'ssh-down', strike: (it) => it.stopSshd(), mend: (it) => it.startSshd() },
  { what: 'is frozen', trouble: 'frozen', strike: (it) => it.freeze(), mend: (it) => it.thaw() },
  { what: 'is cut off', trouble: 'no-answer', strike: (it) => it.cut(), mend: (it) => it.restore() },
];

describe('a node that', () => {
  test.each(BLOWS)(
    '$what is lost for that reason, its task runs elsewhere, and nothing of it is left when it is back',
    async ({ what, trouble, strike, mend }) => {
      const name = `after-${what.replaceAll(' ', '-').toLowerCase()}`;
      const { id, task, server } = await ticker(name);
      // Nothing else may mend it while it is looked at.
      await story.client.call('setNodeRecovery', { params: { node: server.name }, body: { mode: 'off' } });
      await strike(server);
      const lost = await story.nodeIs(server.name, ({ state }) => state === 'lost');
      const moved = await movedFrom(name, server.name);
      expect(moved.id).toBe(id);
      const told = await story.nodeIs(server.name, (view) => view.trouble === trouble);
      expect(told.reason.length).toBeGreaterThan(20);
      expect(lost.draining).toBe(false);

      await mend(server);
      await story.nodeIs(server.name, ({ state }) => state === 'ready');
      await until('the old copy to be gone', 60_000, async () =>
        (await containersOf(server, id)).length === 0 ? true : undefined,
      );
      const after = await story.jobOf(name, ({ tasks }) => tasks.find((each) => each.id === task.id)?.state === 'lost');
      expect(after.state).toBe('running');
      expect(after.slots[0]?.task).toBe(moved.slots[0]?.task);
      await story.stop(id);
      await story.ended(name);
    },
    180_000,
  );

  test('comes back before anybody else could take its task goes on with the same container', async () => {
    const [only] = site.servers;
    if (!only) throw new Error('a fleet has servers');
    await story.create('adopted', 'ticker', { ...ON_FLEET, place: { labels: { number: '0' } } });
    const { id, tasks } = await story.running('adopted');
    await only.cut();
    await story.nodeIs(only.name, ({ state }) => state === 'lost');
    await only.restore();
    await story.nodeIs(only.name, ({ state }) => state === 'ready');
    const after = await story.running('adopted');
    expect([after.id, after.tasks.map((task) => task.id)]).toEqual([id, tasks.map((task) => task.id)]);
    await story.stop(id);
    await story.ended('adopted');
  }, 120_000);

  test('has a full disk takes nothing new, says so, and takes tasks again when there is room', async () => {
    const small = await startServer({ diskBytes: 3 * 2 ** 30 });
    try {
      await story.addNode(small, { small: 'yes' });
      const on = { ...ON_FLEET, place: { labels: { small: 'yes' } } };
      await story.create('before-full', 'ticker', on);
      const { id } = await story.running('before-full');
      await small.fillDisk();
      await story.nodeIs(small.name, ({ pressure }) => pressure === 'disk');
      await story.create('while-full', 'results', on);
      const waiting = await story.jobOf('while-full', ({ state }) => state === 'waiting');
      expect(waiting.reason).toMatch(/disk/);
      expect((await story.running('before-full')).id).toBe(id);
      await small.freeDisk();
      await story.nodeIs(small.name, ({ pressure }) => pressure === null);
      expect((await story.ended('while-full')).state).toBe('succeeded');
    } finally {
      await story.client.call('removeNode', { params: { node: small.name } });
      await small.destroy();
    }
  }, 180_000);
});
