// The platform is down for a while: what ends and what falls due meanwhile.
import { beforeAll, expect, test } from 'vitest';
import { ON_FLEET, siteOf } from '../reality/spine/site.ts';
import type { Story } from '../reality/spine/story.ts';
import { until } from '../world/until.ts';

const site = siteOf(2);
const { platform } = site;
let story: Story;

beforeAll(() => {
  story = site.story;
});

test('what ended and what fell due while the platform was down is told and done at its start', async () => {
  // Long enough for a server that has to pull the image first.
  await story.create('short', 'ticker', { ...ON_FLEET, schedule: { kind: 'now', duration: '40s' } });
  const { id, slots, endsAt } = await story.running('short');
  const at = new Date(Math.max(Date.parse(endsAt ?? ''), Date.now() + 5000)).toISOString();
  await story.create('due', 'results', { ...ON_FLEET, schedule: { kind: 'once', at } });
  await story.create('many', 'results', { ...ON_FLEET, schedule: { kind: 'interval', every: '2s', start: at } });
  await platform.kill();

  const server = site.server(slots[0]?.node);
  const [{ Id = '' } = {}] = await site.containersOf(id);
  await until('the launcher to end the job at its deadline', 60_000, async () =>
    (await server.docker.getContainer(Id).inspect())?.State.ExitCode === 201 ? true : undefined,
  );
  await until('six seconds beyond the time', 40_000, () => (Date.now() > Date.parse(at) + 6000 ? true : undefined));

  story.client = await platform.start();
  const short = await story.ended('short');
  expect([short.state, short.tasks[0]?.exitCode]).toEqual(['stopped', 201]);
  const due = await story.ended('due');
  expect([due.state, due.startsAt]).toEqual(['succeeded', at]);
  expect((await story.jobs('due')).length).toBe(1);
  await until('the gap of the time between', 20_000, async () => {
    const { items: gaps } = await story.client.call('listGaps', { params: { instance: 'many' } });
    if (gaps.some(({ reason }) => reason.includes('the platform was not running'))) return true;
    throw new Error(JSON.stringify(gaps));
  });
  await story.client.call('removeInstance', { params: { instance: 'many' } });
}, 360_000);
