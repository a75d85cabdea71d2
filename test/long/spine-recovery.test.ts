// The platform is killed and started again: what runs is not disturbed, nothing starts twice, nothing is lost. What falls due meanwhile:
// test/long/downtime.test.ts.
import { beforeAll, expect, test } from 'vitest';
import { BerthProcess } from '../reality/spine/berth-process.ts';
import { ON_FLEET, siteOf } from '../reality/spine/site.ts';
import type { Story } from '../reality/spine/story.ts';
import { until } from '../world/until.ts';

const site = siteOf(2);
const { platform } = site;
let story: Story;

beforeAll(() => {
  story = site.story;
});

const lastTick = (text: string) => Number(/tick (\d+) run \d+\n$/.exec(text)?.[1] ?? 0);

test('kill -9 disturbs nothing, starts nothing twice, and loses neither output nor log of the time between', async () => {
  await story.create('through', 'ticker', ON_FLEET);
  const { id, slots } = await story.running('through');
  await until('ten ticks', 20_000, async () => (lastTick(await story.text(id)) >= 10 ? true : undefined));
  const [before] = await site.containersOf(id);
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
  const [same, ...more] = await site.containersOf(id);
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
}, 360_000);

test('Ctrl-C stops the platform cleanly, and applications go on', async () => {
  await story.create('onward', 'ticker', ON_FLEET);
  const { id } = await story.running('onward');
  await platform.stop();
  expect(platform.output).toContain('Stopping Berth; applications go on: done');
  expect((await site.containersOf(id)).map(({ State }) => State)).toEqual(['running']);
  story.client = await platform.start();
  await story.stop(id);
  expect((await story.ended('onward')).state).toBe('stopped');
}, 270_000);

test('a second platform on the same data is refused', async () => {
  const second = new BerthProcess({ BERTH_DATA: platform.environment.BERTH_DATA ?? '' });
  try {
    await expect(second.start()).rejects.toThrow(/platform.data-directory-in-use/);
  } finally {
    await second.remove();
  }
});
