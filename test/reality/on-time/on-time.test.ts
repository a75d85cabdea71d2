// Containers that wait for their time on real servers: they begin at it and end at their end, whether the platform is there or not.
import { beforeAll, expect, test } from 'vitest';
import { until } from '../../world/until.ts';
import { ON_FLEET, siteOf } from '../spine/site.ts';
import type { Story } from '../spine/story.ts';
import { begunAt, pushPunctual } from './punctual.ts';

const site = siteOf(2);
const { platform } = site;
let story: Story;

const LEAD_MS = 20_000;
/** How late a line may come on a machine that has other things to do; what is reached on a quiet one is the bench's matter. */
const LATE_MS = 2000;
const END_LATE_MS = 5000;

beforeAll(async () => {
  story = site.story;
  await pushPunctual(story.client);
  // The image is brought to both servers before anything is to be in time.
  await story.create('warm', 'once', { application: 'punctual', ...ON_FLEET, copies: 2 });
  await story.ended('warm');
}, 120_000);

/** An instance whose job is to begin in a while; resolves when its container waits. */
async function waiting(name: string, algorithm: string, schedule: Readonly<Record<string, unknown>> = {}) {
  const at = new Date(Date.now() + LEAD_MS).toISOString();
  const own = { application: 'punctual', lead: `${LEAD_MS}ms`, schedule: { kind: 'once', at, ...schedule } };
  await story.create(name, algorithm, { ...ON_FLEET, ...own });
  const waits = ({ reason, tasks }: { reason: string; tasks: readonly { state: string }[] }) =>
    reason.includes('container waits for') && tasks[0]?.state === 'running';
  const job = await story.jobOf(name, waits, LEAD_MS);
  expect([job.state, job.startsAt, job.startedAt]).toEqual(['starting', at, null]);
  const task = job.tasks[0];
  if (!task) throw new Error(`${job.id} has no task`);
  return { id: job.id, at: Date.parse(at), container: site.server(task.node).docker.getContainer(task.id) };
}

type Waiting = Awaited<ReturnType<typeof waiting>>;

async function containersOf(job: string) {
  const filters = { label: [`berth.job=${job}`] };
  const all = await Promise.all(site.servers.map(({ docker }) => docker.listContainers({ all: true, filters })));
  return all.flat();
}

/** What its algorithm has printed, by its engine alone. */
async function printed({ container }: Waiting): Promise<string> {
  return (await container.logs({ stdout: true, stderr: true })).toString();
}

/** Its engine's word on how it ended. */
function exited({ container }: Waiting, withinMs: number) {
  return until('its container to end', withinMs, async () => {
    const { State } = await container.inspect();
    return State.Running ? undefined : State;
  });
}

function expectOnTime(began: readonly number[], at: number): void {
  expect(began).toHaveLength(1);
  expect(began[0]).toBeGreaterThanOrEqual(at);
  expect(began[0]).toBeLessThan(at + LATE_MS);
}

test('a container that came ahead says its first line at its time', async () => {
  const job = await waiting('ahead', 'once');
  expect(await printed(job)).toBe('');
  const ended = await story.ended('ahead');
  expect([ended.state, ended.startedAt]).toEqual(['succeeded', new Date(job.at).toISOString()]);
  expectOnTime(begunAt(await story.text(job.id)), job.at);
  expect(ended.tasks.map(({ runs }) => runs.length)).toEqual([1]);
  expectOnTime(
    ended.tasks.flatMap(({ runs }) => runs.map(({ startedAt }) => Date.parse(startedAt))),
    job.at,
  );
}, 90_000);

test('it does so though the platform was killed before, and nothing is doubled when that is back', async () => {
  const job = await waiting('alone', 'once');
  await platform.kill();
  expect(Date.now()).toBeLessThan(job.at);
  expect((await exited(job, LEAD_MS + 20_000)).ExitCode).toBe(0);
  expectOnTime(begunAt(await printed(job)), job.at);
  story.client = await platform.start();
  const ended = await story.ended('alone');
  expect([ended.state, ended.startedAt]).toEqual(['succeeded', new Date(job.at).toISOString()]);
  expect(ended.tasks.map(({ runs }) => runs.length)).toEqual([1]);
  expect([(await story.jobs('alone')).length, (await containersOf(job.id)).length]).toEqual([1, 1]);
  expectOnTime(begunAt(await story.text(job.id)), job.at);
}, 120_000);

test('it does so though the platform was killed and came back before', async () => {
  const job = await waiting('back', 'once');
  await platform.kill();
  story.client = await platform.start();
  await story.ended('back');
  expectOnTime(begunAt(await story.text(job.id)), job.at);
  expect([(await story.jobs('back')).length, (await containersOf(job.id)).length]).toEqual([1, 1]);
}, 120_000);

test('stopped before its time, it goes at once and nothing has run', async () => {
  const job = await waiting('stopped', 'once');
  await story.stop(job.id);
  await exited(job, LEAD_MS);
  expect(Date.now()).toBeLessThan(job.at);
  const ended = await story.ended('stopped');
  expect([ended.state, ended.startedAt, ended.tasks.map(({ runs }) => runs)]).toEqual(['stopped', null, [[]]]);
  expect([await printed(job), await story.text(job.id)]).toEqual(['', '']);
}, 90_000);

test('it is killed at its end, counted from its time, while the platform is down, and is told when that is back', async () => {
  const job = await waiting('ends', 'stays', { duration: '3s' });
  await platform.kill();
  const { ExitCode, FinishedAt } = await exited(job, LEAD_MS + 30_000);
  expect(ExitCode).toBe(201);
  const endsAt = job.at + 3000;
  expect(Date.parse(FinishedAt)).toBeGreaterThanOrEqual(endsAt);
  expect(Date.parse(FinishedAt)).toBeLessThan(endsAt + END_LATE_MS);
  await until('the platform to be late', 30_000, () => (Date.now() > endsAt + 8000 ? true : undefined));
  story.client = await platform.start();
  const ended = await story.ended('ends');
  expect([ended.state, ended.tasks.map(({ exitCode }) => exitCode)]).toEqual(['stopped', [201]]);
  expectOnTime(begunAt(await story.text(job.id)), job.at);
  expect([(await story.jobs('ends')).length, (await containersOf(job.id)).length]).toEqual([1, 1]);
}, 120_000);
