// A platform of four processes: what a person asks of one is done by the others, and any of them may die.
import { expect, test } from 'vitest';
import { feed, run } from '../../world/command.ts';
import { until } from '../../world/until.ts';
import { QUICK } from '../spine/story.ts';
import { spreadSite } from './spread-site.ts';

const ON_FLEET = { place: { labels: { fleet: 'yes' } }, restart: QUICK };
const site = spreadSite(
  {
    front: ['api', 'monitoring'],
    thinker: ['scheduler', 'deployment', 'servers'],
    hands: ['nodes', 'sensors'],
    spare: ['scheduler', 'deployment', 'servers', 'nodes', 'sensors'],
  },
  2,
);

test('a job runs now, and its outputs are seen at the API', async () => {
  await site.story.create('results', 'results', ON_FLEET);
  const job = await site.story.ended('results');
  expect(job.state).toBe('succeeded');
  expect(await site.story.json(job.id, 'context')).toMatchObject({ slot: 0, copies: 1 });
}, 360_000);

test('every process says of itself how it is, and together they own every shard', async () => {
  const { items } = await until('four processes to run', 20_000, async () => {
    const found = await site.story.client.call('listProcesses', {});
    return found.items.filter(({ state }) => state === 'running').length === 4 ? found : undefined;
  });
  const shares = (role: string) => items.map(({ shards }) => shards[role] ?? 0);
  for (const role of ['api', 'scheduler', 'deployment', 'nodes', 'servers', 'sensors', 'monitoring'])
    expect([role, shares(role).reduce((sum, each) => sum + each, 0)]).toEqual([role, 64]);
}, 180_000);

test('a log is followed at the API while another process looks after the node', async () => {
  const { story } = site;
  await story.create('talker', 'ticker', ON_FLEET);
  const { id } = await story.running('talker');
  // What is not stored yet (that takes up to 15 s) comes from the process that has it.
  await until('the tenth tick in the log', 8000, async () => (await story.text(id)).includes('tick 10 ') || undefined);
  await story.stop(id);
  await story.ended('talker');
}, 360_000);

test('a task goes on while the process that looks after its node is killed, and is healed by another', async () => {
  const { story } = site;
  await story.create('steady', 'ticker', ON_FLEET);
  const before = await story.running('steady');
  await site.process('hands').kill();
  await site.process('spare').kill();
  await site.process('spare').start();
  const [container = ''] = before.tasks.map(({ id }) => id);
  const server = site.servers.find(({ name }) => name === before.slots[0]?.node);
  const running = await server?.docker.getContainer(container).inspect();
  expect(running?.State.Running).toBe(true);
  await server?.docker.getContainer(container).kill();
  const healed = await story.jobOf(
    'steady',
    ({ tasks }) => tasks.some(({ id, state }) => id !== container && state === 'running'),
    60_000,
  );
  expect(healed.id).toBe(before.id);
  await site.process('hands').start();
  await story.stop(healed.id);
  await story.ended('steady');
}, 540_000);

test("Kafka's own tools ask for a run, and follow what becomes of it", async () => {
  const { kafka, story } = site;
  const { token } = site;
  const request = { id: 'by-hand-1', call: 'runInstance', token, params: { instance: 'results' } };
  // Sent twice: it is one job all the same.
  const before = (await story.jobs('results')).length;
  for (let sent = 0; sent < 2; sent++)
    await feed(kafka.consoleProducer('berth.client.requests'), `${JSON.stringify(request)}\n`);
  await until('one job more', 30_000, async () => (await story.jobs('results')).length > before || undefined);
  const read = async (topic: string, most: number) => {
    const options = ['--from-beginning', '--timeout-ms', '8000', '--max-messages', String(most)];
    const { stdout } = await run(kafka.consoleConsumer(topic, ...options));
    return stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  };
  const replies = (await read('berth.client.replies', 4)).filter((reply) => reply.request === request.id);
  const [acknowledged, answered] = replies
    .toSorted((a, b) => a.part - b.part)
    .filter(({ part }, index, all) => index === 0 || part !== all[index - 1].part);
  expect(acknowledged).toMatchObject({ status: 202, isLast: false });
  expect(answered).toMatchObject({ status: 200, isLast: true });
  const job = answered.body.id as string;
  expect((await story.jobs('results')).length).toBe(before + 1);
  await story.jobOf('results', ({ id, state }) => id === job && state === 'succeeded');
  const events = (await read('berth.deploy.events', 1000)).filter(({ subject }) => subject === `job:${job}`);
  expect(events.map(({ kind }) => kind)).toContain('job.succeeded');
}, 360_000);

test('no process asked for anything that its account may not reach', async () => {
  for (const each of site.processes)
    expect([each.name, (await each.log()).split('\n').filter((line) => line.includes('command denied'))]).toEqual([
      each.name,
      [],
    ]);
});
