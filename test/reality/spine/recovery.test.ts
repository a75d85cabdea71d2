// The platform is killed and started again: what runs is not disturbed, nothing starts twice, what fell due is done, nothing is lost.
import { beforeAll, expect, test } from 'vitest';
import { until } from '../../world/until.ts';
import { BerthProcess } from './berth-process.ts';
import { ON_FLEET, siteOf } from './site.ts';
import type { Story } from './story.ts';

const site = siteOf(2);
const { platform } = site;
let story: Story;

beforeAll(() => {
  story = site.story;
});

async function containersOf(job: string) {
  const all = await Promise.all(
    site.servers.map((server) => server.docker.listContainers({ all: true, filters: { label: [`berth.job=${job}`] } })),
  );
  return all.flat();
}

const lastTick = (text: string) => Number(/tick (\d+) run \d+\n$/.exec(text)?.[1] ?? 0);

test('kill -9 disturbs nothing, starts nothing twice, and loses neither output nor log of the time between', async () => {
  await story.create('through', 'ticker', ON_FLEET);
  const { id, slots } = await story.running('through');
  await until('ten ticks', 20_000, async () => (lastTick(await story.text(id)) >= 10 ? true : undefined));
  const [before] = await containersOf(id);
  await platform.kill();

  const server = site.server(slots[0]?.node);
  const own = server.docker.getContainer(before?.Id ?? '');
  const ticksOnServer = async () => (await own?.logs({ stdout: true, tail: 1 }))?.toString() ?? '';
  const then = Number(/tick (\d+)/.exec(await ticksOnServer())?.[1]);
  await until('thirty ticks without a platform', 20_000, async () =>
    Number(/tick (\d+)/.exec(await ticksOnServer())?.[1]) > then + 30 ? true : undefined,
  );

  story.client = await platform.start();
  const after = await story.running('through');
  expect(after.id).toBe(id);
  expect(after.tasks).toHaveLength(1);
  const [same, ...more] = await containersOf(id);
  expect([same?.Id, same?.Created, more]).toEqual([before?.Id, before?.Created, []]);
  await until('ticks after the restart', 20_000, async () =>
    lastTick(await story.text(id)) > then + 40 ? true : undefined,
  );
  await story.stop(id);
  await story.ended('through');

  const ticks = (await story.text(id)).split('\n').flatMap((line) => /^tick (\d+)/.exec(line)?.[1] ?? []);
  expect(ticks.map(Number)).toEqual(ticks.map((_, index) => index + 1));
  const outputs = (await story.outputs(id)).map(({ text }) => Number(text?.split(':')[1]));
  expect(outputs).toEqual(outputs.map((_, index) => 5 * (index + 1)));
  expect(outputs.length).toBe(Math.floor(ticks.length / 5));
}, 120_000);

test('what ended and what fell due while the platform was down is told and done at its start', async () => {
  // Long enough for a server that has to pull the image first.
  await story.create('short', 'ticker', { ...ON_FLEET, schedule: { kind: 'now', duration: '20s' } });
  const { id, slots, endsAt } = await story.running('short');
  const at = new Date(Math.max(Date.parse(endsAt ?? ''), Date.now() + 5000)).toISOString();
  await story.create('due', 'results', { ...ON_FLEET, schedule: { kind: 'once', at } });
  await story.create('many', 'results', { ...ON_FLEET, schedule: { kind: 'interval', every: '2s', start: at } });
  await platform.kill();

  const server = site.server(slots[0]?.node);
  const [{ Id = '' } = {}] = await containersOf(id);
  await until('the launcher to end the job at its deadline', 40_000, async () =>
    (await server.docker.getContainer(Id).inspect())?.State.ExitCode === 201 ? true : undefined,
  );
  await until('six seconds beyond the time', 40_000, () => (Date.now() > Date.parse(at) + 6000 ? true : undefined));

  story.client = await platform.start();
  const short = await story.ended('short');
  expect([short.state, short.tasks[0]?.exitCode]).toEqual(['stopped', 201]);
  const due = await story.ended('due');
  expect([due.state, due.startsAt]).toEqual(['succeeded', at]);
  expect((await story.jobs('due')).length).toBe(1);
  const { items: gaps } = await story.client.call('listGaps', { params: { instance: 'many' } });
  expect(gaps.map(({ reason }) => reason)).toContainEqual(expect.stringContaining('the platform was not running'));
  await story.client.call('removeInstance', { params: { instance: 'many' } });
}, 120_000);

test('Ctrl-C stops the platform cleanly, and applications go on', async () => {
  await story.create('onward', 'ticker', ON_FLEET);
  const { id } = await story.running('onward');
  await platform.stop();
  expect(platform.output).toContain('Stopping Berth; applications go on: done');
  expect((await containersOf(id)).map(({ State }) => State)).toEqual(['running']);
  story.client = await platform.start();
  await story.stop(id);
  expect((await story.ended('onward')).state).toBe('stopped');
}, 90_000);

test('a second platform on the same data is refused', async () => {
  const second = new BerthProcess({ BERTH_DATA: platform.environment.BERTH_DATA ?? '' });
  try {
    await expect(second.start()).rejects.toThrow(/platform.data-directory-in-use/);
  } finally {
    await second.remove();
  }
});
