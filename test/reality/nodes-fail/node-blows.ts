// What may happen to a node, and what is seen then of the node and of an application that ran there. Looked at by the servers' own engines,
// which answer while their network is cut.
import { expect } from 'vitest';
import type { Server } from '../../world/server.ts';
import { until } from '../../world/until.ts';
import type { Site } from '../spine/site.ts';
import { Tickers } from '../spine/tickers.ts';

/** Something that happens to a server, what the platform is to find, and how it is mended. */
export interface Blow {
  readonly what: string;
  readonly trouble: string;
  readonly strike: (server: Server) => Promise<void>;
  readonly mend: (server: Server) => Promise<void>;
}

/** Power off and on. */
export const POWER: Blow = {
  what: 'loses power',
  trouble: 'no-answer',
  strike: (it) => it.powerOff(),
  mend: (it) => it.powerOn(),
};

/** All others. */
export const OTHER_BLOWS: readonly Blow[] = [
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

/** The job once its copy runs somewhere else. */
function movedFrom(site: Site, name: string, node: string) {
  return site.story.jobOf(
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

/** The node is lost for the reason that it is, its task runs elsewhere, and nothing of it is left when it is back. */
export async function expectFailover(site: Site, { what, trouble, strike, mend }: Blow): Promise<void> {
  const { story } = site;
  const name = `after-${what.replaceAll(' ', '-').toLowerCase()}`;
  const tickers = new Tickers(site);
  const { id, task, at: server } = await tickers.begin(name);
  // Nothing else may mend it while it is looked at.
  await story.client.call('setNodeRecovery', { params: { node: server.name }, body: { mode: 'off' } });
  await strike(server);
  const lost = await story.nodeIs(server.name, ({ state }) => state === 'lost');
  const moved = await movedFrom(site, name, server.name);
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
  await tickers.end(name, id);
}
