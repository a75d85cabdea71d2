// From a zip to a running, healed container on the least-loaded node: the real program, real servers over SSH, looked at by their own
// engines and not through the platform.
import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type Docker from 'dockerode';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Server } from '../../world/server.ts';
import { until } from '../../world/until.ts';
import { pushProbe } from './probe.ts';
import { ON_FLEET, siteOf } from './site.ts';
import type { Story } from './story.ts';

/** The web server of a test is on this machine, whose own addresses are otherwise out of applications' reach. */
const site = siteOf(3, { BERTH_RELAY_ALLOW: '127.0.0.0/8' });
let servers: readonly Server[] = [];
let story: Story;

beforeAll(() => {
  ({ servers, story } = site);
});

const container = (task: { readonly id: string; readonly node: string }): Docker.Container =>
  site.server(task.node).docker.getContainer(task.id);

describe('placement', () => {
  test("sends a job to the server with the least load, and tells every node's score or refusal", async () => {
    for (const [index, each] of servers.entries())
      each.setLoad({ cpuBusy: index === 1 ? 0.05 : 0.8, memoryUsed: index === 1 ? 0.1 : 0.6 });
    const idle = servers[1]?.name;
    await story.nodeIs(idle ?? '', ({ load }) => load !== null && load.harmonic < 0.2);
    for (const busy of [servers[0], servers[2]])
      await story.nodeIs(busy?.name ?? '', ({ load }) => load !== null && load.harmonic > 0.5);
    await story.create('least', 'results', ON_FLEET);
    const job = await story.ended('least');
    expect(job.slots[0]?.node).toBe(idle);
    const verdicts = Object.fromEntries(
      (job.slots[0]?.placement?.verdicts ?? []).map(({ node, load, refused }) => [node, refused ?? (load ?? 0) > 0]),
    );
    expect(verdicts).toEqual({
      local: expect.stringContaining('lacks the label fleet=yes'),
      ...Object.fromEntries(servers.map(({ name }) => [name, true])),
    });
  });

  test('spreads the copies of a job over the servers', async () => {
    await story.create('spread', 'ticker', { ...ON_FLEET, copies: 3 });
    const job = await story.running('spread');
    expect(new Set(job.slots.map(({ node }) => node)).size).toBe(3);
    for (const task of job.tasks) expect((await container(task).inspect()).State.Running).toBe(true);
    await story.stop(job.id);
    await story.ended('spread');
  });

  test('gives a standalone job a server to itself', async () => {
    await story.create('alone', 'ticker', { ...ON_FLEET, machine: 'standalone' });
    const job = await story.running('alone');
    await story.create('beside', 'ticker', { ...ON_FLEET, copies: 4 });
    const beside = await story.running('beside');
    expect(beside.slots.map(({ node }) => node)).not.toContain(job.slots[0]?.node);
    expect(beside.slots[0]?.placement?.verdicts.find(({ node }) => node === job.slots[0]?.node)?.refused).toContain(
      'belongs to the standalone job',
    );
    for (const each of [job, beside]) await story.stop(each.id);
    await Promise.all([story.ended('alone'), story.ended('beside')]);
  });
});

describe('a container', () => {
  test('has no rights that it did not ask for, seen from inside and by its engine', async () => {
    await story.create('rights', 'rights', ON_FLEET);
    const job = await story.ended('rights');
    expect(await story.json(job.id, 'rights')).toEqual({
      uid: 65534,
      caps: '0000000000000000',
      noNewPrivs: '1',
      rootWritable: false,
      appWritable: false,
      scratchWritable: true,
      interfaces: ['lo'],
      dockerSocket: false,
      token: false,
    });
    const [task] = job.tasks;
    const { HostConfig, Config } = await container(task ?? { id: '', node: '' }).inspect();
    expect(HostConfig).toMatchObject({
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      Privileged: false,
      RestartPolicy: { Name: 'no' },
      PidsLimit: 64,
    });
    expect(HostConfig.SecurityOpt).toContain('no-new-privileges');
    expect(HostConfig.LogConfig?.Type).toBe('local');
    expect(Config.Labels).toMatchObject({
      'berth.application': 'probe',
      'berth.job': job.id,
      'berth.slot': '0',
      'berth.task': task?.id,
    });
  });

  test('stays on its server when it has ended, with the exit code that its task shows', async () => {
    const job = await story.ended('rights');
    const [task] = job.tasks;
    const { State } = await container(task ?? { id: '', node: '' }).inspect();
    expect([State.Status, State.ExitCode]).toEqual(['exited', 0]);
    expect(task).toMatchObject({ state: 'completed', exitCode: 0 });
  });
});

describe('an application that ends though it is wanted runs again', () => {
  const blows: [string, (container: Docker.Container) => Promise<unknown>][] = [
    ['docker kill', (found) => found.kill()],
    ['docker stop', (found) => found.stop({ t: 5 })],
    ['docker rm -f', (found) => found.remove({ force: true })],
  ];
  test.each(blows)("after %s behind the platform's back, in a new container", async (blow, strike) => {
    const name = blow.replaceAll(/[^a-z]+/g, '-');
    await story.create(name, 'ticker', ON_FLEET);
    const [before] = (await story.running(name)).tasks;
    await strike(container(before ?? { id: '', node: '' }));
    const job = await story.jobOf(name, ({ tasks }) => tasks.length === 2 && tasks[1]?.state === 'running');
    expect(job.tasks[0]?.state).toBe('failed');
    expect((await container(job.tasks[1] ?? { id: '', node: '' }).inspect()).State.Running).toBe(true);
    await story.stop(job.id);
    await story.ended(name);
  });

  test('after Ctrl-C in an attached container, in the same container', async () => {
    await story.create('interrupted', 'ticker', ON_FLEET);
    const [task] = (await story.running('interrupted')).tasks;
    const found = container(task ?? { id: '', node: '' });
    await until('the first tick', 20_000, async () =>
      (await story.text(task?.id ?? '')).includes('tick 1 run 1') ? true : undefined,
    );
    const { Id, State } = await found.inspect();
    await found.kill({ signal: 'SIGINT' });
    await until('the second run', 20_000, async () =>
      (await story.text(task?.id ?? '')).includes('run 2') ? true : undefined,
    );
    const after = await found.inspect();
    expect([after.Id, after.State.StartedAt]).toEqual([Id, State.StartedAt]);
    const job = await story.jobOf('interrupted', ({ tasks }) => (tasks[0]?.runs.length ?? 0) >= 2);
    expect(job.tasks[0]?.runs[0]).toMatchObject({ number: 1 });
    await story.stop(job.id);
    await story.ended('interrupted');
  });

  test('until it has crashed too often: then the job fails with its reason and its last lines', async () => {
    await story.create('crash', 'crash', ON_FLEET);
    const job = await story.ended('crash');
    expect(job.state).toBe('failed');
    expect(job.tasks).toHaveLength(2);
    expect(job.reason).toContain('failed 2 times in a row');
    expect(job.lastLines.join('\n')).toContain('about to crash');
  });
});

describe("a person's stop", () => {
  test('ends the application, and nothing starts it again', async () => {
    await story.create('stopped', 'ticker', ON_FLEET);
    const { id, tasks } = await story.running('stopped');
    await until('a tick', 20_000, async () => ((await story.text(id)).includes('tick') ? true : undefined));
    await story.stop(id);
    const job = await story.ended('stopped');
    expect(job.state).toBe('stopped');
    expect(await story.text(id)).toContain('asked to stop');
    const { State } = await container(tasks[0] ?? { id: '', node: '' }).inspect();
    expect([State.Status, State.ExitCode]).toEqual(['exited', 200]);
    const all = await Promise.all(
      servers.map((each) => each.docker.listContainers({ filters: { label: [`berth.job=${id}`] } })),
    );
    expect(all.flat()).toEqual([]);
  });

  test('is followed by KILL when the application is deaf to TERM', async () => {
    await story.create('deaf', 'stubborn', { ...ON_FLEET, grace: '1s' });
    const { id } = await story.running('deaf');
    await until('its first line', 20_000, async () => ((await story.text(id)).includes('deaf') ? true : undefined));
    await story.stop(id);
    const job = await story.ended('deaf');
    expect(job.state).toBe('stopped');
  });
});

describe('what an application gives', () => {
  test('is kept byte for byte, stdout and stderr apart, also when its server is gone', async () => {
    await story.create('bytes', 'bytes', ON_FLEET);
    const job = await story.ended('bytes');
    const digests = await story.json(job.id, 'digests');
    for (const stream of ['stdout', 'stderr'] as const) {
      expect(
        createHash('sha256')
          .update(await story.bytes(job.id, stream))
          .digest('hex'),
      ).toBe(digests[stream]);
    }
    await container(job.tasks[0] ?? { id: '', node: '' }).remove({ v: true });
    expect(
      createHash('sha256')
        .update(await story.bytes(job.id, 'stdout'))
        .digest('hex'),
    ).toBe(digests.stdout);
  });

  test('as output is text, JSON and files, by job and copy', async () => {
    await story.create('results', 'results', {
      ...ON_FLEET,
      parameters: { room: '12' },
      schedule: { kind: 'now', duration: '1h' },
    });
    const job = await story.ended('results');
    const outputs = await until('three outputs', 20_000, async () => {
      const found = await story.outputs(job.id);
      return found.length === 3 ? found : undefined;
    });
    expect(
      outputs.map(({ kind, contentType, text }) => [kind, contentType.split(';')[0], kind === 'text' ? text : null]),
    ).toEqual([
      ['text', 'text/plain', 'plain text'],
      ['json', 'application/json', null],
      ['file', 'text/csv', null],
    ]);
    expect(await story.json(job.id, 'context')).toMatchObject({
      slot: 0,
      copies: 1,
      parameters: { room: '12' },
      deadline: expect.any(String),
    });
    const [task = '', record = ''] = outputs[2]?.id.split('/') ?? [];
    const file = await Array.fromAsync(await story.client.open('openOutput', { params: { task, record } }));
    expect(Buffer.concat(file as Buffer[]).toString()).toBe('a,b\n1,2\n');
  });

  test('reaches who follows it while it is written', async () => {
    await story.create('followed', 'ticker', ON_FLEET);
    const { id } = await story.running('followed');
    const left = new AbortController();
    const lateness: number[] = [];
    for await (const { event, data } of story.client.stream('followLog', {
      params: { subject: id },
      signal: left.signal,
    })) {
      if (event === 'frame') lateness.push(Date.now() - Date.parse((data as { at: string }).at));
      if (lateness.length === 30) left.abort();
    }
    expect(lateness.slice(-10).toSorted((a, b) => a - b)[5]).toBeLessThan(2000);
    await story.stop(id);
    await story.ended('followed');
  });
});

describe('a schedule', () => {
  test('makes one job for each interval between start and end, and kills each after its duration', async () => {
    const start = new Date(Date.now() + 2000).toISOString();
    const end = new Date(Date.parse(start) + 14_000).toISOString();
    await story.create('interval', 'ticker', {
      ...ON_FLEET,
      schedule: { kind: 'interval', every: '5s', start, end, duration: '3s' },
    });
    const jobs = await until('three ended jobs', 60_000, async () => {
      const found = await story.jobs('interval');
      return found.length === 3 && found.every(({ endedAt }) => endedAt !== null) ? found : undefined;
    });
    expect(jobs.map(({ startsAt }) => Date.parse(startsAt) - Date.parse(start)).toSorted((a, b) => a - b)).toEqual([
      0, 5000, 10_000,
    ]);
    for (const job of jobs) expect(job.state).toBe('stopped');
    const instance = await story.client.call('showInstance', { params: { instance: 'interval' } });
    const { items: gaps } = await story.client.call('listGaps', { params: { instance: 'interval' } });
    expect([instance.nextAt, gaps]).toEqual([null, []]);
  });

  test('runs once at its time, not before', async () => {
    const at = new Date(Date.now() + 3000).toISOString();
    await story.create('once', 'results', { ...ON_FLEET, schedule: { kind: 'once', at } });
    const job = await story.ended('once');
    expect(job.startsAt).toBe(at);
    expect(Date.parse(job.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(at));
  });

  test('runs continuously until its end', async () => {
    // Long enough for a server that has to pull the image first.
    const end = new Date(Date.now() + 15_000).toISOString();
    await story.create('until', 'ticker', { ...ON_FLEET, schedule: { kind: 'continuous', end } });
    await story.running('until');
    const job = await story.ended('until');
    expect(job.state).toBe('stopped');
    expect(Date.parse(job.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(end) - 500);
  });

  test('can be run by hand, and removed with its jobs', async () => {
    await story.create('hand', 'ticker', {
      ...ON_FLEET,
      schedule: { kind: 'interval', every: '1h', start: new Date(Date.now() + 3_600_000).toISOString() },
    });
    await story.client.call('runInstance', { params: { instance: 'hand' } });
    const job = await story.running('hand');
    await story.client.call('removeInstance', { params: { instance: 'hand' } });
    await story.client.call('showJob', { params: { job: job.id } });
    await until('the instance to be gone', 30_000, async () => {
      const { items } = await story.client.call('listInstances', { query: { limit: 1000 } });
      return items.some(({ name }) => name === 'hand') ? undefined : true;
    });
    expect((await story.client.call('showJob', { params: { job: job.id } })).state).toBe('stopped');
  });
});

test('a container without network reaches the hosts that its package declares, and no others', async () => {
  const host = hostname();
  const { address } = await lookup(host, 4);
  const web = createServer((_, answer) => answer.end('hello from outside')).listen(0, address);
  try {
    const { port } = await until('the web server', 5000, () => (web.address() as AddressInfo | null) ?? undefined);
    await pushProbe(story.client, 'network', [{ host, ports: [port] }]);
    await story.create('fetch', 'fetch', { ...ON_FLEET, parameters: { host, port: String(port) } });
    const job = await story.ended('fetch');
    expect(await story.json(job.id, 'fetched')).toEqual({ declared: 'hello from outside', undeclared: 'URLError' });
  } finally {
    web.close();
  }
});

test('a server whose host key has changed is refused loudly', async () => {
  const [each] = servers;
  if (!each) throw new Error('no server');
  await each.run(['sh', '-c', 'rm /etc/ssh/ssh_host_*; ssh-keygen -A; pkill -KILL -x sshd; /usr/sbin/sshd']);
  const node = await story.nodeIs(each.name, ({ state }) => state === 'refused');
  expect(node.reason).toMatch(/host key/i);
});
