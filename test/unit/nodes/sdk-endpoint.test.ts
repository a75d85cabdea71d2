import { createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../world/until.ts';
import { ask, changeTask, described, putRecord, sdkWorld, throughRelay } from './sdk-world.ts';

const desired = (known = '') => ({ method: 'GET', path: `/sdk/v1/desired?known=${known}` });

test('a launcher is told at once what it does not know, and later as soon as it changes', async () => {
  const { store, task, socketPath, token } = await sdkWorld();
  const first = JSON.parse((await ask(socketPath, token, desired())).text);
  expect(first).toMatchObject({ stop: null, endsAt: null, clockOffsetMs: 0 });
  const asked = ask(socketPath, token, desired(first.etag));
  await changeTask(store, task.id, { stop: { reason: 'a person asked', at: 5000 } });
  const second = JSON.parse((await asked).text);
  expect(second).toMatchObject({ stop: { reason: 'a person asked', killAt: 15_000 } });
  expect(second.etag).not.toBe(first.etag);
});

test('a change between two questions is told at once', async () => {
  const { store, task, socketPath, token } = await sdkWorld();
  const { etag } = JSON.parse((await ask(socketPath, token, desired())).text);
  await changeTask(store, task.id, { endsAt: 77 });
  expect(JSON.parse((await ask(socketPath, token, desired(etag))).text)).toMatchObject({ endsAt: 77 });
});

test('a question that is held ends when its task does', async () => {
  const { store, task, socketPath, token } = await sdkWorld();
  const { etag } = JSON.parse((await ask(socketPath, token, desired())).text);
  const asked = ask(socketPath, token, desired(etag));
  const status = await store.get('taskStatus', task.id);
  if (status) await store.update('taskStatus', { ...status.doc, state: 'lost' }, status.version);
  expect(await asked).toMatchObject({ status: 410 });
});

test('tokens that are forged, of another node, or of a task that is over are refused', async () => {
  const { store, task, socketPath, socketOf, token, tokenOf } = await sdkWorld();
  const refusal = async (path: string, given: string) => JSON.parse((await ask(path, given, desired())).text).code;
  expect(await refusal(socketPath, '')).toBe('sdk.token-refused');
  expect(await refusal(socketPath, `${token}x`)).toBe('sdk.token-refused');
  expect(await refusal(socketPath, `${Buffer.from('other').toString('base64url')}.${token.split('.')[1]}`)).toBe(
    'sdk.token-refused',
  );
  expect(await refusal(await socketOf('another'), token)).toBe('sdk.wrong-node');
  expect(await refusal(socketPath, tokenOf('nobody'))).toBe('sdk.task-ended');
  const status = await store.get('taskStatus', task.id);
  if (status) await store.update('taskStatus', { ...status.doc, state: 'stopped' }, status.version);
  expect(await refusal(socketPath, token)).toBe('sdk.task-ended');
});

test('a record is kept once however often it is delivered', async () => {
  const { store, task, socketPath, token } = await sdkWorld();
  for (let i = 0; i < 3; i++) {
    expect(await putRecord(socketPath, token, '0001-7-1', described('text'), 'hällo')).toMatchObject({ status: 200 });
  }
  const { items } = await store.list('output', { where: { job: task.job }, orderBy: 'at', limit: 10 });
  expect(items.map(({ doc }) => doc)).toMatchObject([
    { id: `${task.id}/0001-7-1`, text: 'hällo', sizeBytes: 6, slot: 0 },
  ]);
});

test('what will never be accepted is refused with its reason and remedy, and the connection stays usable', async () => {
  const { socketPath, token } = await sdkWorld();
  const refused = async (header: object, body: string | Buffer, id = 'r') => {
    const { status, text } = await putRecord(socketPath, token, id, header, body);
    const { code, message, remedy } = JSON.parse(text);
    expect(message && remedy).toBeTruthy();
    return `${status} ${code}`;
  };
  expect(await refused(described('json'), '{"a": NaN}')).toBe('400 record.not-json');
  expect(await refused(described('json'), Buffer.from([0x22, 0xff, 0x22]))).toBe('400 record.not-json');
  expect(await refused(described('file'), Buffer.alloc(1_000_001))).toBe('413 record.too-large');
  expect(await refused(described('movie'), '')).toBe('400 record.invalid');
  expect(await refused(described('text', { more: 1 }), '')).toBe('400 record.invalid');
  expect(await refused(described('text'), '', 'a.b')).toBe('400 record.invalid');
  expect(await ask(socketPath, token, { method: 'GET', path: '/etc/passwd' })).toMatchObject({ status: 404 });
});

test('a relayed connection carries bytes both ways, and each side ends its half alone', async () => {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const pieces: Buffer[] = [];
    socket.on('data', (piece: Buffer) => pieces.push(piece));
    socket.on('end', () => socket.end(Buffer.concat(pieces).toString().toUpperCase()));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { socketPath, token } = await sdkWorld(port);
  const { status, socket } = await throughRelay(socketPath, token, `127.0.0.1:${port}`);
  expect(status).toBe(200);
  socket.end('a'.repeat(500_000));
  expect((await buffer(socket)).toString()).toBe('A'.repeat(500_000));
});

test('hosts and ports that the package does not declare are refused, and so are ones that do not answer', async () => {
  const { socketPath, token } = await sdkWorld(1);
  expect((await throughRelay(socketPath, token, '127.0.0.1:2')).status).toBe(403);
  expect((await throughRelay(socketPath, token, 'localhost:1')).status).toBe(403);
  expect((await throughRelay(socketPath, token, '127.0.0.1:1')).status).toBe(502);
  expect((await throughRelay(socketPath, token, 'nonsense')).status).toBe(400);
  expect((await throughRelay(socketPath, 'forged', '127.0.0.1:1')).status).toBe(401);
});

test('one task cannot take all connections', async () => {
  const server = createServer((socket) => void socket.on('error', () => {}));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { socketPath, token } = await sdkWorld(port);
  const open = () => throughRelay(socketPath, token, `127.0.0.1:${port}`);
  const held = await Promise.all(Array.from({ length: 128 }, open));
  expect(held.every(({ status }) => status === 200)).toBe(true);
  expect((await open()).status).toBe(429);
  held[0]?.socket.destroy();
  await until('a place to be free', 5000, async () => ((await open()).status === 200 ? true : undefined));
});
