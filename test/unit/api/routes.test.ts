// What routes refuse, and that they answer what the contract says. Who may call them: access-walk.test.ts.
import { describe, expect, it } from 'vitest';
import { aNodeStatus } from '../../builders/jobs.ts';
import { call, callRaw, openApi, refused } from './api-world.ts';
import { exampleInstance, exampleZip } from './example-zip.ts';

describe('every route', () => {
  it('answers with headers that keep browsers from guessing, framing and caching', async () => {
    const world = await openApi();
    for (const { headers } of [await callRaw(world, 'status'), await callRaw(world, 'status', { token: null })]) {
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'referrer-policy': 'no-referrer',
      });
      expect(headers).not.toHaveProperty('strict-transport-security');
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });
});

describe('requests that do not fit', () => {
  it('are answered with each problem and its place', async () => {
    const world = await openApi();
    const query = await refused(world, 'listJobs', { query: { limit: '0', open: 'maybe' } });
    expect(query).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(query.problems.map(({ file, path, found }) => [file, path, found])).toEqual([
      ['query', '$.limit', '"0"'],
      ['query', '$.open', '"maybe"'],
    ]);
    const body = await refused(world, 'addNode', { body: { address: 7, labels: { 'a b': 1 } } });
    expect(body.problems.map(({ file, path, found }) => [file, path, found])).toEqual([
      ['body', '$.address', '7'],
      ['body', '$.labels["a b"]', '1'],
    ]);
  });

  it('are coded when they are no JSON, too large, of another type, or empty', async () => {
    const world = await openApi();
    const send = async (payload: string, type = 'application/json') => {
      const headers = { authorization: `Bearer ${world.token}`, 'content-type': type };
      const response = await world.server.inject({ method: 'POST', url: '/api/v1/nodes', headers, payload });
      return { status: response.statusCode, code: response.json().error.code };
    };
    const invalid = { status: 400, code: 'request.invalid' };
    expect(await send('{"address":')).toEqual(invalid);
    expect(await send(JSON.stringify({ address: 'x'.repeat(1_100_000) }))).toEqual(invalid);
    expect(await send('<xml/>', 'text/xml')).toEqual(invalid);
    expect(await send('')).toEqual(invalid);
    expect(await send('{"__proto__": {"x": 1}}')).toEqual(invalid);
  });

  it('to addresses where there is nothing are coded, however odd the address is', async () => {
    const world = await openApi();
    const get = async (url: string) => {
      const headers = { authorization: `Bearer ${world.token}` };
      const response = await world.server.inject({ method: 'GET', url, headers });
      return [response.statusCode, response.json().error?.code];
    };
    expect(await get('/api/v1/nothing?x=1')).toEqual([404, 'request.no-route']);
    expect(await get('/api/v1/jobs/%zz')).toEqual([400, 'request.invalid']);
    expect(await get(`/api/v1/jobs/${encodeURIComponent('../a/b\n\u0000ü')}`)).toEqual([404, 'request.not-found']);
    expect(await get(`/api/v1/jobs/${'x'.repeat(200)}`)).toEqual([404, 'request.not-found']);
    expect(await get('/api/v1/jobs/__proto__')).toEqual([404, 'request.not-found']);
    expect(await get(`/api/v1/jobs/${'x'.repeat(5000)}`)).toEqual([
      expect.any(Number),
      expect.stringMatching(/^request/),
    ]);
  });

  it('are limited for each address', { timeout: 60_000 }, async () => {
    const world = await openApi();
    let last = await callRaw(world, 'status', { token: null });
    for (let sent = 1; sent <= 6000 && last.statusCode !== 429; sent++)
      last = await callRaw(world, 'status', { token: null });
    expect(last.statusCode).toBe(429);
    expect(last.json().error).toMatchObject({ code: 'request.too-many', details: { limit: 6000 } });
    expect(last.headers['retry-after']).toBeDefined();
  });

  it('that fail inside say nothing of the inside, and are logged with what the answer says', async () => {
    const broken = () => Promise.reject(new Error('secret inside'));
    const world = await openApi({ machines: { publicKey: broken } });
    const refusal = await refused(world, 'nodeKey');
    expect(refusal).toMatchObject({ status: 500, code: 'platform.internal' });
    expect(JSON.stringify(refusal)).not.toContain('secret');
    const id = String(refusal.details.detail).replace('error ', '');
    expect(world.complaints).toEqual([
      expect.objectContaining({ fields: expect.objectContaining({ id, route: '/api/v1/node-key' }) }),
    ]);
  });
});

describe('an application', () => {
  it('is uploaded, configured, run and removed', async () => {
    const world = await openApi();
    const zip = await exampleZip();
    const first = await call(world, 'pushPackage', { zip });
    expect(first).toMatchObject({ application: 'room-report', version: '1.0.0', existed: false });
    expect(await call(world, 'pushPackage', { zip })).toEqual({ ...first, existed: true });
    expect(await call(world, 'checkPackage', { zip })).toEqual({ ...first, existed: true });
    expect(await call(world, 'listApplications')).toMatchObject({ items: [{ name: 'room-report' }] });
    const created = await call(world, 'createInstance', { body: await exampleInstance('report-every-minute') });
    expect(created).toMatchObject({
      name: 'room-report-every-minute',
      schedule: { triggers: [{ kind: 'interval', everyMs: 60_000 }], zone: 'UTC' },
    });
    const params = { instance: created.name };
    expect(await call(world, 'showInstance', { params })).toMatchObject({ id: created.id, enabled: true });
    expect(await call(world, 'showInstance', { params: { instance: created.id } })).toMatchObject({ id: created.id });
    expect(await call(world, 'disableInstance', { params })).toMatchObject({ enabled: false });
    expect(await call(world, 'enableInstance', { params })).toMatchObject({ enabled: true });
    const job = await call(world, 'runInstance', { params });
    expect(await call(world, 'listJobs', { query: { instance: created.name } })).toMatchObject({
      items: [{ id: job.id }],
    });
    expect(await call(world, 'showJob', { params: { job: job.id } })).toMatchObject({
      why: 'tester asked for it by hand.',
    });
    expect(await call(world, 'listOutputs', { params: { job: job.id } })).toEqual({ items: [] });
    expect(await call(world, 'stopJob', { params: { job: job.id }, body: { reason: 'enough' } })).toMatchObject({
      id: job.id,
    });
    const application = { application: 'room-report' };
    expect(await call(world, 'showApplication', { params: application })).toMatchObject({ instances: [created.name] });
    expect(await refused(world, 'removeApplication', { params: application })).toMatchObject({
      code: 'application.in-use',
    });
    expect(await call(world, 'removeInstance', { params })).toMatchObject({ removing: true, enabled: false });
    expect(await call(world, 'status')).toMatchObject({ applications: 1, instances: 1 });
    expect(await call(world, 'usePackage', { params: application, body: { package: '1.0.0' } })).toMatchObject({
      currentPackage: first.package,
    });
  });

  it('with a bad zip is refused with every problem', async () => {
    const world = await openApi();
    expect(await refused(world, 'pushPackage', { zip: Buffer.from('no zip') })).toMatchObject({
      status: 422,
      code: 'package.not-a-zip',
    });
    const refusal = await refused(world, 'createInstance', { body: { name: 'X', application: 'none', copies: -1 } });
    expect(refusal).toMatchObject({ status: 422, code: 'instance.invalid' });
    expect(refusal.problems.length).toBeGreaterThan(2);
    expect(await refused(world, 'pushPackage', { body: {} })).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(await refused(world, 'pushPackage')).toMatchObject({ status: 400, code: 'request.invalid' });
  });

  it('is listed page by page', async () => {
    const world = await openApi();
    await call(world, 'pushPackage', { zip: await exampleZip() });
    const file = await exampleInstance('watch');
    for (const name of ['one', 'two', 'three']) await call(world, 'createInstance', { body: { ...file, name } });
    const first = await call(world, 'listInstances', { query: { limit: '2' } });
    const rest = await call(world, 'listInstances', { query: { limit: '2', after: first.next ?? '' } });
    expect([...first.items, ...rest.items].map(({ name }) => name)).toEqual(['one', 'two', 'three']);
    expect(rest.next).toBeUndefined();
    expect(await refused(world, 'listInstances', { query: { after: 'forged' } })).toMatchObject({
      code: 'request.invalid',
    });
  });

  it('has jobs that are listed by all that is asked for together', async () => {
    const world = await openApi();
    await call(world, 'pushPackage', { zip: await exampleZip() });
    const file = await exampleInstance('watch');
    await call(world, 'createInstance', { body: { ...file, name: 'one' } });
    await call(world, 'createInstance', { body: { ...file, name: 'two' } });
    const one = await call(world, 'runInstance', { params: { instance: 'one' } });
    const two = await call(world, 'runInstance', { params: { instance: 'two' } });
    const stored = await world.parts.store.get('job', one.id);
    if (stored) await world.parts.store.update('job', { ...stored.doc, open: 0 }, stored.version);
    const list = async (query: Record<string, string>) =>
      (await call(world, 'listJobs', { query })).items.map(({ id }) => id).toSorted();
    expect(await list({})).toEqual([one.id, two.id].toSorted());
    expect(await list({ instance: 'one', open: 'true' })).toEqual([]);
    expect(await list({ instance: 'one', open: 'false' })).toEqual([one.id]);
    expect(await list({ application: 'room-report', open: 'true' })).toEqual([two.id]);
    expect(await list({ open: 'false' })).toEqual([one.id]);
    expect(await list({ application: 'other' })).toEqual([]);
  });
});

describe('a node', () => {
  it('that cannot be reached is not added', async () => {
    const world = await openApi();
    const add = (address: string, more = {}) => refused(world, 'addNode', { body: { address, ...more } });
    expect(await add('ssh://root@127.0.0.1:1')).toMatchObject({ status: 503, code: 'machine.ssh-refused' });
    expect(await add('ssh://root@127.0.0.1:1', { name: 'NOT A NAME' })).toMatchObject({ code: 'node.name-invalid' });
  });

  it.each([
    'http://host',
    'ssh://',
    'ssh://user:password@host',
    'ssh://host/path',
    'ssh://host?x=1',
    'ssh://%zz@host',
    'ssh://host:99999',
    'ssh://ho%20st',
    'root@host',
  ])('is not added at %s', async (address) => {
    const world = await openApi();
    expect(await refused(world, 'addNode', { body: { address } })).toMatchObject({
      status: 400,
      code: 'request.invalid',
    });
  });

  it('shows its load over time, as finely as is asked for and known', async () => {
    const world = await openApi();
    await world.parts.nodes.ensureLocalNode('/nowhere.sock');
    const at = Date.now() - 60_000;
    const reading = (series: string, value: number) => ({ series: `node/local/${series}`, at, value });
    await world.parts.series.append([reading('cpu', 0.25), reading('cpu', 0.75), reading('memory', 0.5)]);
    const params = { node: 'local' };
    const hour = await call(world, 'nodeLoad', { params });
    expect(hour).toMatchObject({ node: 'local', stepMs: 15_000, memory: [{ mean: 0.5 }], disk: [], load: [] });
    expect(hour.cpu).toMatchObject([{ min: 0.25, mean: 0.5, max: 0.75 }]);
    expect(await call(world, 'nodeLoad', { params, query: { range: '10m' } })).toMatchObject({ stepMs: 5000 });
    expect(await call(world, 'nodeLoad', { params, query: { range: '365d' } })).toMatchObject({ cpu: [{ mean: 0.5 }] });
    const wrong = { params, query: { range: 'soon' } };
    expect(await refused(world, 'nodeLoad', wrong)).toMatchObject({ status: 400 });
    expect(await refused(world, 'nodeLoad', { params: { node: 'nobody' } })).toMatchObject({ status: 404 });
  });

  it('is removed by force only when it is lost', async () => {
    const world = await openApi();
    await world.parts.nodes.ensureLocalNode('/nowhere.sock');
    const asked = { params: { node: 'local' }, query: { force: 'true' } };
    expect(await refused(world, 'removeNode', asked)).toMatchObject({ status: 409, code: 'node.not-lost' });
    await world.parts.store.create('nodeStatus', { ...aNodeStatus('local'), state: 'lost', reason: 'It is silent.' });
    expect(await call(world, 'removeNode', asked)).toMatchObject({ removing: true, state: 'lost' });
  });

  it('is listed, shown, drained and removed', async () => {
    const world = await openApi();
    await world.parts.nodes.ensureLocalNode('/nowhere.sock');
    expect(await call(world, 'listNodes')).toMatchObject({ items: [{ id: 'local', state: 'connecting' }] });
    const params = { node: 'local' };
    expect(await call(world, 'showNode', { params })).toMatchObject({ running: [], address: '/nowhere.sock' });
    expect(await call(world, 'drainNode', { params })).toMatchObject({ draining: true });
    expect(await call(world, 'undrainNode', { params })).toMatchObject({ draining: false });
    expect(await call(world, 'removeNode', { params })).toMatchObject({ removing: true });
    expect(await call(world, 'nodeKey')).toMatchObject({ publicKey: expect.stringMatching(/^ssh-/) });
  });
});

describe('schemas', () => {
  it.each(['appConfigSchema', 'sensorConfigSchema', 'instanceFileSchema'] as const)('%s is published', async (name) => {
    expect(await call(await openApi(), name)).toMatchObject({ type: 'object' });
  });
});
