// Alerts, processes and logs over the API, and what monitoring systems ask.
import { describe, expect, test } from 'vitest';
import { type AnsweredRequest, addProbes, type ReadinessProblem } from '../../../src/api/probes.ts';
import { aComponent } from '../monitoring/monitoring-world.ts';
import { call, openApi } from './api-world.ts';

async function withProbes(problems: readonly ReadinessProblem[] = []) {
  const world = await openApi();
  const answered: AnsweredRequest[] = [];
  addProbes(world.server, world.parts, {
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: 'berth_alarms 1\n' }),
    problems: async () => problems,
    answered: (request) => void answered.push(request),
  });
  const get = async (url: string, token?: string) =>
    world.server.inject({ url, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  return { ...world, answered, get };
}

describe('probes', () => {
  test('say without anybody signed in whether a process lives and can serve', async () => {
    const { get } = await withProbes();
    expect((await get('/health/live')).json()).toEqual({ status: 'alive' });
    expect(await get('/health/ready')).toMatchObject({ statusCode: 200 });
  });

  test('say what is missing, with a status that a load balancer understands', async () => {
    const { get } = await withProbes([{ part: 'store', text: 'The database does not answer in time.' }]);
    const answer = await get('/health/ready');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({
      status: 'not ready',
      problems: [{ part: 'store', text: 'The database does not answer in time.' }],
    });
  });

  test('give metrics to whoever has a token for them, and to nobody else', async () => {
    const { get, tokenFor, token } = await withProbes();
    expect((await get('/metrics')).statusCode).toBe(401);
    expect((await get('/metrics', await tokenFor('platform:read'))).statusCode).toBe(403);
    for (const may of [await tokenFor('metrics:read'), token]) {
      const answer = await get('/metrics', may);
      expect([answer.statusCode, answer.payload]).toEqual([200, 'berth_alarms 1\n']);
      expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    }
  });

  test('measure every answer by its route and not by what was asked for', async () => {
    const { get, answered, token } = await withProbes();
    await get('/api/v1/jobs/secret-name', token);
    await get('/api/v1/status', token);
    await get('/nothing/of/ours');
    expect(answered.map(({ route, status }) => `${route} ${status}`)).toEqual([
      '/api/v1/jobs/:job 404',
      '/api/v1/status 200',
      'unknown 404',
    ]);
    expect(answered.every(({ tookMs }) => tookMs >= 0)).toBe(true);
  });
});

describe('alerts over the API', () => {
  test('are listed with until when they are quiet', async () => {
    const world = await openApi();
    const { parts } = world;
    const alert = {
      rule: 'node-lost',
      severity: 'critical',
      text: 'X.',
      remedy: 'Y.',
      toldAt: null,
      toldState: null,
    } as const;
    await parts.store.create('alert', {
      ...alert,
      id: 'a',
      subject: 'node:n1',
      state: 'open',
      openedAt: 2,
      closedAt: null,
    });
    await parts.store.create('alert', {
      ...alert,
      id: 'b',
      subject: 'node:n2',
      state: 'closed',
      openedAt: 1,
      closedAt: 3,
    });
    const body = { subject: 'node:n1', reason: 'Work.', forMs: 60_000 };
    const silence = await call(world, 'silenceAlerts', { body });
    expect(silence).toMatchObject({ rule: null, subject: 'node:n1', by: 'tester' });
    const { items } = await call(world, 'listAlerts');
    expect(items).toMatchObject([
      { id: 'a', silencedUntil: silence.until },
      { id: 'b', silencedUntil: null, closedAt: '1970-01-01T00:00:00.003Z' },
    ]);
    expect((await call(world, 'listAlerts', { query: { state: 'open' } })).items).toHaveLength(1);
    await call(world, 'endSilence', { params: { silence: silence.id } });
    expect((await call(world, 'listSilences')).items).toEqual([]);
  });

  test('have routes that are put, listed, tried out and taken away', async () => {
    const world = await openApi();
    const { server, parts, token } = world;
    const access = { kind: 'webhooks', secretFile: null, allowPrivate: [] } as const;
    await parts.store.create('actionChannel', { id: 'webhooks', access, updatedAt: 0 });
    const body = { channel: 'webhooks', to: ['http://127.0.0.1:9/hook'], least: 'critical' };
    await call(world, 'putAlertRoute', { params: { route: 'ops' }, body });
    expect((await call(world, 'listAlertRoutes')).items).toMatchObject([{ id: 'ops', ...body }]);
    const tried = await server.inject({
      ...{ method: 'POST', url: '/api/v1/alert-routes/ops/test', headers: { authorization: `Bearer ${token}` } },
    });
    expect(tried.json().error.code).toBe('channel.test-failed');
    await call(world, 'removeAlertRoute', { params: { route: 'ops' } });
    expect((await call(world, 'listAlertRoutes')).items).toEqual([]);
  });

  test('leave traces in the audit', async () => {
    const world = await openApi();
    const { parts } = world;
    await call(world, 'silenceAlerts', { body: { reason: 'Work.', forMs: 60_000 } });
    const { items } = await parts.store.list('auditEntry', { orderBy: 'at', limit: 10 });
    expect(items.map(({ doc }) => doc.act)).toContain('silenceAlerts');
  });
});

describe('the platform itself over the API', () => {
  test('shows its processes, the lost ones as that, and their logs', async () => {
    const world = await openApi();
    const { server, parts, tokenFor } = world;
    await parts.store.create('component', aComponent({ disk: { totalBytes: 10, freeBytes: 5 } }));
    await parts.store.create('alert', {
      ...{ id: 'component-lost:component:one', rule: 'component-lost', subject: 'component:one', severity: 'critical' },
      ...{ text: '', remedy: '', state: 'open', openedAt: 0, closedAt: null, toldAt: null, toldState: null },
    });
    const now = Date.now();
    const lines = [JSON.stringify({ level: 'error', time: new Date(now - 1).toISOString(), message: 'It failed' })];
    await parts.store.create('componentLog', { id: 'one/1', component: 'one', fromAt: now, toAt: now, lines });
    expect((await call(world, 'listProcesses')).items).toMatchObject([{ id: 'one', state: 'lost' }]);
    const found = await call(world, 'searchPlatformLogs', { query: { text: 'FAILED', level: 'warn' } });
    expect(found).toMatchObject({ isWhole: true, items: [{ component: 'one', message: 'It failed' }] });
    const headers = { authorization: `Bearer ${await tokenFor('platform:read')}` };
    expect((await server.inject({ url: '/api/v1/platform/logs', headers })).statusCode).toBe(403);
  });
});
