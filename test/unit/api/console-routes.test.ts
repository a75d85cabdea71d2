// What the console reads: each route with what a person sees of it, and what others do not.

import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, test } from 'vitest';
import { zipDirectory } from '../../../src/cli/zip-directory.ts';
import type { Application } from '../../../src/model/package.ts';
import { fleetSeries, usageSeries } from '../../../src/nodes/load-history.ts';
import { LogBudget } from '../../../src/nodes/log-budget.ts';
import { aJob, anInstance, aPackage, aTask } from '../../builders/jobs.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { aJobStatus } from '../nodes/a-job-status.ts';
import { aFrame, aTail } from '../nodes/log-world.ts';
import { type ApiWorld, call, callRaw, openApi, refused } from './api-world.ts';
import { EXAMPLE_APP, exampleZip } from './example-zip.ts';

const HOUR = 3_600_000;

let world: ApiWorld;
beforeEach(async () => {
  world = await openApi();
});

async function application(id: string, project: string): Promise<Application> {
  const now = world.parts.clock.now();
  const doc = { id, project, description: '', currentPackage: 'a'.repeat(64), createdAt: now, updatedAt: now };
  await world.parts.store.create('application', doc);
  return doc;
}

/** A job of an application, with its instance. */
async function job(of: string, state: 'running' | 'failed', startedHoursAgo = 1) {
  const now = world.parts.clock.now();
  const [startsAt, endedAt] = [now - startedHoursAgo * HOUR, state === 'failed' ? now - 1000 : null];
  const id = `${of}-1`;
  const { store } = world.parts;
  if (!(await store.get('instance', id))) {
    await store.create('instance', anInstance({ id, name: `${of}-every-hour`, application: of, enabled: false }));
    await store.create('instanceName', { id: `${of}-every-hour`, instance: id });
  }
  const made = aJob({ id: `${id}.m${state}`, instance: id, application: of, startsAt, open: endedAt === null ? 1 : 0 });
  const task = aTask(made, 0, 1, 'n1');
  const status = aJobStatus(task, { state, createdAt: startsAt, startedAt: startsAt, endedAt, reason: 'it crashed' });
  await store.create('job', made);
  await store.create('task', task);
  await store.create('jobStatus', { ...status, lastLines: ['boom'] });
  return { job: made, task };
}

/** A token of one project with all that may be read there. */
async function tokenOf(project: string): Promise<string> {
  const token = await world.tokenFor('*');
  const page = await world.parts.store.list('token', { orderBy: 'createdAt', direction: 'descending', limit: 10 });
  const stored = page.items.find(({ doc }) => token.includes(doc.id)) ?? page.items[0];
  if (!stored) throw new Error('there is no token');
  const permissions = ['platform:read', 'applications:read', 'instances:read', 'jobs:read', 'logs:read'];
  await world.parts.store.update('token', { ...stored.doc, permissions, projects: [project] }, stored.version);
  return token;
}

/** The example application with a file more. */
async function zipWith(name: string, contents: string): Promise<Buffer> {
  const directory = await temporaryDirectory();
  await cp(EXAMPLE_APP, directory, { recursive: true });
  await writeFile(join(directory, name), contents);
  return buffer(await zipDirectory(directory));
}

describe('the overview and the line of time', () => {
  test('show everything to whoever sees everything', async () => {
    await application('mine', 'p');
    await application('other', 'q');
    await job('mine', 'running');
    await job('other', 'failed', 30);
    const seen = await call(world, 'overview');
    expect(seen.counts).toMatchObject({ applications: 2, instances: 2, jobs: { running: 1 } });
    expect(seen.running).toMatchObject([{ application: 'mine', instanceName: 'mine-every-hour' }]);
    expect(seen.failures).toMatchObject([{ application: 'other', reason: 'it crashed', lastLines: ['boom'] }]);
    const line = await call(world, 'timeline');
    expect(line.jobs.map((each) => each.application)).toEqual(['other', 'mine']);
    expect(line).toMatchObject({ next: [], truncated: false });
  });

  test('show others only their own project', async () => {
    await application('mine', 'p');
    await application('other', 'q');
    await job('mine', 'running');
    await job('other', 'failed');
    const token = await tokenOf('p');
    const seen = await call(world, 'overview', { token });
    expect(seen.counts).toMatchObject({ applications: 1, instances: 1, jobs: { running: 1 }, ended: { failed: 0 } });
    expect([seen.running.length, seen.failures.length, seen.isWhole]).toEqual([1, 0, true]);
    const line = await call(world, 'timeline', { token });
    expect(line.jobs.map((each) => each.application)).toEqual(['mine']);
    const states = await call(world, 'listJobs', { token, query: { state: 'failed,running' } });
    expect(states.items.map((each) => each.application)).toEqual(['mine']);
  });

  test('show what is due, without what was made already', async () => {
    await application('mine', 'p');
    const now = world.parts.clock.now();
    const schedule = {
      ...anInstance().schedule,
      triggers: [{ kind: 'interval', everyMs: 6 * HOUR } as const],
      startAt: now + HOUR,
    };
    const instance = anInstance({
      id: 'mine-2',
      name: 'soon',
      application: 'mine',
      schedule,
      enabledAt: now,
      createdAt: now,
    });
    await world.parts.store.create('instance', instance);
    const to = new Date(now + 14 * HOUR).toISOString();
    const line = await call(world, 'timeline', { query: { to } });
    expect(line.next.map(({ instanceName, at }) => [instanceName, Date.parse(at) - now])).toEqual([
      ['soon', HOUR],
      ['soon', 7 * HOUR],
      ['soon', 13 * HOUR],
    ]);
    expect((await call(world, 'overview')).nextTotal).toBe(4);
  });

  test('a line of time that ends before it begins is refused', async () => {
    expect(await refused(world, 'timeline', { query: { from: '1h', to: '2020-01-01T00:00:00Z' } })).toMatchObject({
      status: 400,
    });
  });
});

describe('a log by its lines', () => {
  test('is scrolled and searched, and its text is never interpreted', async () => {
    await application('mine', 'p');
    const { task } = await job('mine', 'running');
    const tail = aTail({ ...world.parts, budget: new LogBudget(1e9), onGrown: async () => {} }, task.id);
    world.parts.liveLogs.add(tail);
    const bytes = Buffer.concat([Buffer.from('caf\u00e9 '), Buffer.from([0xff]), Buffer.from('\u001b[31m<b>\n')]);
    tail.add([aFrame(0, 'first\n'), { ...aFrame(1, ''), bytes }, aFrame(2, 'third\n', 'stderr')]);
    const params = { subject: task.job };
    const window = await call(world, 'logWindow', { params, query: { from: '1', count: '5' } });
    expect(window).toMatchObject({ lines: 3, from: 1, ended: false });
    expect(window.items.map(({ line, stream, text, task: of, cut }) => [line, stream, text, of, cut])).toEqual([
      [1, 'stdout', 'caf\u00e9 \ufffd\u001b[31m<b>', task.id, false],
      [2, 'stderr', 'third', task.id, false],
    ]);
    const found = await call(world, 'searchLog', { params: { subject: task.id }, query: { text: 'ir' } });
    expect(found).toMatchObject({ total: 2, more: false, next: null });
    expect(found.matches.map(({ line }) => line)).toEqual([0, 2]);
    const some = await call(world, 'searchLog', { params, query: { text: 'ir', limit: '1' } });
    expect(some).toMatchObject({ more: true, next: 1, total: 2 });
    expect(await refused(world, 'searchLog', { params, query: { text: 'a\nb' } })).toMatchObject({ status: 400 });
  });

  test('is not there for others', async () => {
    await application('mine', 'p');
    const { task } = await job('mine', 'running');
    const token = await tokenOf('q');
    for (const name of ['logWindow', 'searchLog'] as const)
      expect(await refused(world, name, { params: { subject: task.id }, query: { text: 'a' }, token })).toMatchObject({
        status: 404,
      });
  });
});

describe('packages side by side', () => {
  test('tell of files and configuration, and of one file its bytes', async () => {
    const before = await call(world, 'pushPackage', { zip: await exampleZip() });
    const after = await call(world, 'pushPackage', { zip: await zipWith('extra.txt', 'new\n') });
    const params = { package: before.package, other: after.package };
    const found = await call(world, 'comparePackages', { params });
    expect(found.files.map(({ path, change }) => [path, change])).toEqual([['extra.txt', 'added']]);
    expect(found.files[0]?.diff).toContain('+new');
    expect(found.unchanged).toBeGreaterThan(0);
    const file = await callRaw(world, 'readPackageFile', {
      params: { package: after.package },
      query: { path: 'extra.txt' },
    });
    expect([file.statusCode, file.body, file.headers['content-type']]).toEqual([
      200,
      'new\n',
      'text/plain; charset=utf-8',
    ]);
    expect(file.headers['content-disposition']).toContain('attachment');
    const missing = { params: { package: before.package }, query: { path: '../../etc/passwd' } };
    expect(await refused(world, 'readPackageFile', missing)).toMatchObject({ status: 404 });
  });

  test('are only compared within one application', async () => {
    await application('mine', 'p');
    const pushed = await call(world, 'pushPackage', { zip: await exampleZip() });
    await world.parts.store.create('package', aPackage({ id: 'b'.repeat(64), application: 'mine' }));
    const params = { package: pushed.package, other: 'b'.repeat(64) };
    expect(await refused(world, 'comparePackages', { params })).toMatchObject({ status: 404 });
  });
});

describe('numbers over time', () => {
  test('of all nodes together, and of each slot of a job', async () => {
    await application('mine', 'p');
    const { job: running } = await job('mine', 'running');
    const at = world.parts.clock.now() - 30_000;
    await world.parts.series.append([
      { series: fleetSeries('cpu'), at, value: 0.25 },
      { series: fleetSeries('cpu'), at, value: 0.75 },
      { series: usageSeries(running.id, 0, 'cpu'), at, value: 1.5 },
      { series: usageSeries(running.id, 0, 'memory'), at, value: 1e6 },
    ]);
    const fleet = await call(world, 'fleetLoad');
    expect(fleet.cpu).toMatchObject([{ min: 0.25, mean: 0.5, max: 0.75 }]);
    const usage = await call(world, 'jobUsage', { params: { job: running.id } });
    expect(usage.slots).toMatchObject([{ slot: 0, cpu: [{ mean: 1.5 }], memory: [{ max: 1e6 }] }]);
    expect(usage.limits).toEqual({ cpus: 0.25, memoryBytes: 64 * 1024 * 1024 });
  });
});

test('settings are told without passwords', async () => {
  const { items } = await call(world, 'listSettings');
  expect(items.find(({ name }) => name === 'listenPort')).toMatchObject({ value: 7400, isDefault: true });
});

test('an instance is told as its file', async () => {
  await application('mine', 'p');
  await job('mine', 'running');
  const file = await call(world, 'instanceFile', { params: { instance: 'mine-every-hour' } });
  expect(file).toMatchObject({
    name: 'mine-every-hour',
    application: 'mine',
    schedule: { kind: 'interval', every: '1m' },
  });
});
