// The spine once, with the platform's state in MariaDB: from a zip to a healed container, through kill -9, and what a person then reads
// with the database's own client.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BerthProcess } from '../reality/spine/berth-process.ts';
import { pushProbe } from '../reality/spine/probe.ts';
import { QUICK, Story } from '../reality/spine/story.ts';
import { startServer } from '../world/fleet.ts';
import { type Mariadb, startMariadb } from '../world/mariadb.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';

let database: Mariadb;
let name: string;
let server: Server;
let platform: BerthProcess;
let story: Story;

beforeAll(async () => {
  [database, server] = await Promise.all([startMariadb(), startServer()]);
  name = await database.makeDatabase();
  platform = new BerthProcess({ BERTH_STORE: database.url(name), BERTH_LOG_LEVEL: 'debug' });
  story = new Story(await platform.start());
  await pushProbe(story.client, '1');
  await story.addNode(server, { fleet: 'yes' });
}, 720_000);

afterAll(async () => {
  await platform?.remove();
  await Promise.all([server?.destroy(), database?.destroy()]);
}, 180_000);

const onFleet = { place: { labels: { fleet: 'yes' } }, restart: QUICK };

/** Rows as the client prints them, each a record by the names of its columns. */
async function rows(sql: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const [names = '', ...lines] = (await database.look(sql, name)).trim().split('\n');
  const columns = names.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((value, index) => [columns[index] ?? '', value])));
}

test('a job runs now, gives its outputs and its log', async () => {
  await story.create('results', 'results', onFleet);
  const job = await story.ended('results');
  expect(job.state).toBe('succeeded');
  expect(await story.json(job.id, 'context')).toMatchObject({ slot: 0, copies: 1 });
  const outputs = await until('three outputs', 20_000, async () => {
    const found = await story.outputs(job.id);
    return found.length === 3 ? found : undefined;
  });
  expect(outputs.map(({ kind }) => kind)).toEqual(['text', 'json', 'file']);
});

test('an interval makes one job each time', async () => {
  const start = new Date(Date.now() + 2000).toISOString();
  const end = new Date(Date.parse(start) + 9000).toISOString();
  const schedule = { kind: 'interval', every: '5s', start, end, duration: '2s' };
  await story.create('interval', 'ticker', { ...onFleet, schedule });
  const jobs = await until('two ended jobs', 60_000, async () => {
    const found = await story.jobs('interval');
    return found.length === 2 && found.every(({ endedAt }) => endedAt !== null) ? found : undefined;
  });
  const offsets = jobs.map(({ startsAt }) => Date.parse(startsAt) - Date.parse(start));
  expect(offsets.toSorted((a, b) => a - b)).toEqual([0, 5000]);
});

test('a container that docker kills is replaced, and a stop is final', async () => {
  await story.create('healed', 'ticker', onFleet);
  const [before] = (await story.running('healed')).tasks;
  await server.docker.getContainer(before?.id ?? '').kill();
  const job = await story.jobOf('healed', ({ tasks }) => tasks.length === 2 && tasks[1]?.state === 'running');
  expect(job.tasks[0]?.state).toBe('failed');
  await until('a tick', 20_000, async () => ((await story.text(job.id)).includes('tick') ? true : undefined));
  await story.stop(job.id);
  expect((await story.ended('healed')).state).toBe('stopped');
  expect(await story.text(job.id)).toContain('asked to stop');
});

test('kill -9 and a new start: the same container goes on, and the job knows it', async () => {
  await story.create('through', 'ticker', onFleet);
  const { id, tasks } = await story.running('through');
  const container = server.docker.getContainer(tasks[0]?.id ?? '');
  const { Id, State } = await container.inspect();
  await platform.kill();
  story.client = await platform.start();
  const after = await story.running('through');
  expect([after.id, after.tasks.map((task) => task.id)]).toEqual([id, tasks.map((task) => task.id)]);
  const same = await container.inspect();
  expect([same.Id, same.State.StartedAt]).toEqual([Id, State.StartedAt]);
  const ticks = async () => (await story.text(id)).split('\n').flatMap((line) => /^tick (\d+)/.exec(line)?.[1] ?? []);
  await until('more ticks', 20_000, async () => ((await ticks()).length > 60 ? true : undefined));
  await story.stop(id);
  expect((await story.ended('through')).state).toBe('stopped');
  const seen = (await ticks()).map(Number);
  expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => index + 1));
});

test("the database's crash in the middle of a job is waited out", async () => {
  await story.create('crashed', 'ticker', onFleet);
  const { id } = await story.running('crashed');
  await database.crash();
  await story.stop(id);
  expect((await story.ended('crashed')).state).toBe('stopped');
});

test('jobs, nodes and tasks are read in columns with the client of the database', async () => {
  const healed = await story.ended('healed');
  const states = await rows('SELECT id, state, createdAt FROM jobStatus ORDER BY createdAt');
  expect(states.find(({ id }) => id === healed.id)?.state).toBe('stopped');
  expect(states.length).toBeGreaterThanOrEqual(5);
  const tasks = await rows(`SELECT id, node, state FROM taskStatus WHERE job = '${healed.id}' ORDER BY createdAt`);
  expect(tasks.map(({ state }) => state)).toEqual(['failed', 'stopped']);
  expect(tasks.map(({ id }) => id)).toEqual(healed.tasks.map(({ id }) => id));
  const [job] = await rows(`SELECT instance, application, startsAt, open FROM job WHERE id = '${healed.id}'`);
  expect(job).toMatchObject({ application: 'probe', startsAt: String(Date.parse(healed.startsAt)), open: '0' });
  const nodes = await rows(`SELECT id, JSON_VALUE(doc, '$.access.host') AS address FROM node`);
  expect(nodes.map(({ address }) => address)).toContain(server.address);
});

test('the password of the database is nowhere in what the platform prints and logs', async () => {
  const log = await readFile(join(platform.directory, 'data', 'berth.log'), 'utf8');
  for (const text of [log, platform.output]) {
    for (const form of [database.password, encodeURIComponent(database.password)]) expect(text).not.toContain(form);
  }
});
