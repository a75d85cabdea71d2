// Secrets on the real platform: a task reads its own and sees another value without a restart, a channel signs with the platform's, and
// neither value is found anywhere else, in any form in which programs write values down.
import { createHash, createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testEngine } from '../../world/engine.ts';
import { until } from '../../world/until.ts';
import { BerthProcess } from '../spine/berth-process.ts';
import { QUICK, Story } from '../spine/story.ts';
import { type Answered, refusals, walk } from './api-walk.ts';
import { type Canary, look, lookAtProcesses, lookBelow, newSearch, plant, type Search } from './canary.ts';
import { pushVault } from './vault.ts';

interface Hooked {
  readonly body: string;
  readonly timestamp: string;
  readonly signature: string;
}

const platform = new BerthProcess({ BERTH_LOG_LEVEL: 'debug' });
const hooked: Hooked[] = [];
const hook = createServer(async (request, response) => {
  const { 'berth-timestamp': timestamp, 'berth-signature': signature } = request.headers;
  hooked.push({ body: await text(request), timestamp: String(timestamp), signature: String(signature) });
  response.end('{}');
});
const [first, second, signing] = [plant('first'), plant('second'), plant('signing')];
const canaries = [first, second, signing];
let story: Story;
let docker: Docker;

const digestOf = ({ value }: Canary) => createHash('sha256').update(value).digest('hex');
const setSecret = ({ value }: Canary) =>
  story.client.call('putSecret', { params: { application: 'vault', secret: 'db-password' }, body: { value } });

beforeAll(async () => {
  story = new Story(await platform.start());
  docker = new Docker({ socketPath: (await testEngine()).socketPath });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  for (const application of ['vault', 'stranger'] as const) await pushVault(story.client, application);
}, 720_000);

afterAll(async () => {
  await platform.remove();
  hook.close();
}, 180_000);

test('a task reads the secret that it names, as a file of its own in memory', async () => {
  await setSecret(first);
  await story.client.call('putPlatformSecret', { params: { secret: 'signing' }, body: { value: signing.value } });
  const webhooks = { kind: 'webhooks', secretFile: 'secret:signing', allowPrivate: ['127.0.0.1'] };
  await story.client.call('applyChannel', { body: webhooks });
  const { port } = hook.address() as AddressInfo;
  await story.client.call('createInstance', {
    body: {
      ...{ name: 'keeper', application: 'vault', algorithm: 'main', schedule: { kind: 'now' }, restart: QUICK },
      ...{ secrets: ['db-password'], parameters: { hook: `http://127.0.0.1:${port}/` } },
    },
  });
  const job = await story.running('keeper');
  expect(await story.json(job.id, digestOf(first).slice(0, 8))).toEqual({
    ...{ digest: digestOf(first), run: 1, mode: '0o400', uid: 65534 },
    ...{ directory: '0o700', kind: 'tmpfs', names: ['db-password'] },
  });
}, 720_000);

test('a channel signs with the secret of the platform that it names', async () => {
  const { body, timestamp, signature } = await until('the webhook', 20_000, () => hooked[0]);
  const expected = createHmac('sha256', signing.value).update(`${timestamp}.${body}`).digest('hex');
  expect(signature).toBe(`v1=${expected}`);
});

test('another value is seen by the task that runs, without a restart', async () => {
  const before = await story.running('keeper');
  await setSecret(second);
  const seen = await story.json(before.id, digestOf(second).slice(0, 8));
  expect(seen).toMatchObject({ digest: digestOf(second), run: 1, mode: '0o400' });
  const after = await story.running('keeper');
  expect(after.tasks.map(({ id }) => id)).toEqual(before.tasks.map(({ id }) => id));
});

test('a renewed key changes nothing for the task, and the platform that starts again still has every secret', async () => {
  expect(await story.client.call('renewSecretKey')).toMatchObject({ resealed: 2, unreadable: 0 });
  await platform.kill();
  story.client = await platform.start();
  await setSecret(first);
  await until(
    'the value to be told',
    20_000,
    async () => (await story.text((await story.running('keeper')).id)).split(digestOf(first)).length === 3 || undefined,
  );
}, 360_000);

test('a task of another application gets nothing, however it asks; and nobody gives it the name', async () => {
  const body = { name: 'stranger', application: 'stranger', algorithm: 'main', schedule: { kind: 'now' } };
  const naming = story.client.call('createInstance', { body: { ...body, secrets: ['db-password'] } });
  await expect(naming).rejects.toMatchObject({ code: 'instance.invalid' });
  await story.client.call('createInstance', { body });
  const job = await story.ended('stranger');
  expect(await story.json(job.id, 'stolen')).toEqual({
    read: expect.stringContaining('missing: There is no secret'),
    asked: { etag: expect.any(String), secrets: [], missing: [] },
    ...{ files: [], mounts: 0 },
  });
}, 360_000);

describe('no value is found', () => {
  test('in what the API answers', async () => {
    const search = newSearch();
    const answers: Answered[] = [];
    const credentials = await credentialsOf();
    for await (const answer of walk(credentials, await namesOfAll())) answers.push(answer);
    for await (const answer of refusals(credentials, first.value)) answers.push(answer);
    for (const { route, text: told } of answers) look(search, 'answers', route, told, canaries);
    expect(search.found).toEqual([]);
    const good = answers.filter(({ status }) => status === 200).map(({ route }) => route);
    expect(good).toEqual(expect.arrayContaining(SHOWN));
    const refused = answers.filter(({ status }) => status >= 400).map(({ route }) => route);
    expect(refused).toEqual(
      expect.arrayContaining(['refused body 0', 'refused body 3', 'another application', 'no token']),
    );
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  }, 360_000);

  test('in what the platform keeps on its disk: database, blobs, log, keys', async () => {
    const search = newSearch();
    await lookBelow(search, 'files', platform.directory, canaries);
    look(search, 'what it printed', 'output', platform.output, canaries);
    expect(search.found).toEqual([]);
    expect(search.looked.get('files')).toBeGreaterThan(10);
    expect(await readFile(join(platform.directory, 'data', 'berth.log'), 'utf8')).toContain('\n');
  });

  test('in words and environments of processes', async () => {
    const search = newSearch();
    await lookAtProcesses(search, canaries);
    expect(search.found).toEqual([]);
    expect(search.looked.get("processes' environ")).toBeGreaterThan(5);
  });

  test('in what the engine knows and keeps of the container, its labels, its image, its volume and its log', async () => {
    const search = newSearch();
    const job = await story.running('keeper');
    const container = docker.getContainer(job.slots[0]?.task ?? '');
    await lookAtContainer(search, container);
    const scratch = (await buffer(await container.getArchive({ path: '/scratch' }))).toString('latin1');
    look(search, 'scratch', 'volume', Buffer.from(scratch, 'latin1'), canaries);
    expect(scratch).toContain('"secrets":["db-password"]');
    expect(search.found).toEqual([]);
    expect([...search.looked.keys()]).toEqual(['inspect', 'image', 'log', "engine's files", 'scratch']);
  }, 360_000);
});

test('with the key file of another platform it does not start, and says what to do', async () => {
  await platform.stop();
  const path = join(platform.directory, 'data', 'keys', 'secrets');
  const right = await readFile(path, 'utf8');
  await writeFile(path, right.replaceAll(/"id": "\w/g, '"id": "0'));
  const refused = await platform.start().catch((error: unknown) => String(error));
  expect(refused).toContain(`sealed with keys that are not in ${path}`);
  expect(refused).toContain('restore the file that was backed up with this database');
  await writeFile(path, right);
  story.client = await platform.start();
  expect((await story.client.call('listSecrets', { params: { application: 'vault' } })).items).toMatchObject([
    { name: 'db-password', version: 3, readable: true },
  ]);
}, 360_000);

async function lookAtContainer(search: Search, container: Docker.Container): Promise<void> {
  const inspected = await container.inspect();
  look(search, 'inspect', 'container', JSON.stringify(inspected), canaries);
  const image = docker.getImage(inspected.Image);
  look(search, 'inspect', 'image', JSON.stringify(await image.inspect()), canaries);
  look(search, 'inspect', 'history', JSON.stringify(await image.history()), canaries);
  look(search, 'image', 'tar', await buffer(await image.get()), canaries);
  look(search, 'log', 'docker logs', await container.logs({ stdout: true, stderr: true }), canaries);
  const { dataRoot } = await testEngine();
  const { UpperDir: upper = '' }: Readonly<Record<string, string>> = inspected.GraphDriver.Data;
  await lookBelow(search, "engine's files", upper, canaries);
  await lookBelow(search, "engine's files", join(dataRoot, 'containers', inspected.Id), canaries);
  await lookBelow(search, "engine's files", join(dataRoot, 'volumes', inspected.Name.slice(1)), canaries);
}

/** Routes that must have told something for the search to mean anything. */
const SHOWN = [
  ...[
    'listSecrets',
    'listPlatformSecrets',
    'listEvents',
    'followEvents',
    'listInstances',
    'showInstance',
    'listJobs',
    'showJob',
  ],
  ...[
    'listOutputs',
    'readLog',
    'followLog',
    'listActions',
    'showAction',
    'listChannels',
    'showChannel',
    'showApplication',
    'showNode',
  ],
  'listAudit',
];

async function credentialsOf() {
  return JSON.parse(await readFile(join(platform.directory, 'berth', 'credentials.json'), 'utf8')) as {
    url: string;
    token: string;
  };
}

async function namesOfAll(): Promise<Record<string, string>> {
  const job = await story.running('keeper');
  const [action] = (await story.client.call('listActions')).items;
  const { packages } = await story.client.call('showApplication', { params: { application: 'vault' } });
  const [output] = await story.outputs(job.id);
  const found = { job: job.id, subject: job.id, task: job.slots[0]?.task ?? '', package: packages[0]?.id ?? '' };
  const others = { action: action?.id ?? '', record: output?.id.split('/').at(-1) ?? '', other: packages[0]?.id ?? '' };
  return {
    application: 'vault',
    instance: 'keeper',
    node: 'local',
    channel: 'webhooks',
    user: 'nobody',
    ...found,
    ...others,
  };
}
