// The actions room as the platform puts it together: a real database, real blobs, a real mail server and a real receiver of webhooks.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { FileBlobs } from '../../../src/adapters/file-blobs/file-blobs.ts';
import { FileSecrets } from '../../../src/adapters/file-secrets/file-secrets.ts';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { eventRecorder } from '../../../src/engine/event-recorder.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import { type ActionRoom, buildActionRoom } from '../../../src/main/action-room.ts';
import type { Task } from '../../../src/model/task.ts';
import { aJob, anInstance, aSpec, aTask, T0 } from '../../builders/jobs.ts';
import { mailServer } from '../../contracts/mail-server.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';

const task: Task = aTask(aJob({ spec: aSpec({ actions: ['email', 'webhook'] }) }), 0, 1, 'local');
const patient = new AbortController().signal;

interface World {
  readonly room: ActionRoom;
  readonly store: WatchedStore;
  readonly blobs: FileBlobs;
  readonly directory: string;
}

async function open(): Promise<World> {
  const directory = await temporaryDirectory();
  const [clock, random, log] = [new SystemClock(), new SystemRandom(), silentLog];
  const store = new WatchedStore(SqliteStore.open({ path: join(directory, 'berth.db'), clock, log }));
  const blobs = await FileBlobs.open({ directory: join(directory, 'blobs'), clock });
  const backoff = { firstMs: 100, maxMs: 1000 };
  const engine = new Engine({ clock, random, log, concurrency: 16, sweepEveryMs: 60_000, backoff });
  const recordEvent = eventRecorder({ store, clock, random, log });
  const room = buildActionRoom({
    secrets: new FileSecrets(),
    ...{ store, blobs, clock, random, log, recordEvent, platformUid: 'p1', caCertificates: '', maxAgeMs: 1e9 },
    wake: (key) => engine.wake(key),
    sendControl: async () => ({ outcome: 'failed', detail: 'There are no devices.' }),
  });
  for (const controller of room.controllers) engine.register(controller);
  store.onWritten((kind, _, doc) => engine.written(kind, doc));
  await store.create('instance', anInstance());
  await engine.start();
  onTestFinished(async () => {
    await engine.stop();
    await room.close();
    await store.close();
  });
  return { room, store, blobs, directory };
}

async function outcome({ room }: World, wanted: object) {
  const { id } = await room.requests.request(task, wanted);
  return room.requests.outcome(task, id, patient);
}

test('an e-mail goes out with what the job gave as output', async () => {
  const world = await open();
  const { port, taken } = await mailServer({ hideSTARTTLS: true });
  const evidence = Buffer.from('time,degrees\n08:00,9.1\n'.repeat(1000));
  const { digest } = await world.blobs.put(evidence);
  const of = { job: task.job, slot: 0, kind: 'file', name: 'evidence.csv', contentType: 'text/csv' } as const;
  const old = { ...of, id: 'other/1', task: 'other', sizeBytes: 3, text: 'old', at: T0 + 9 };
  await world.store.create('output', old);
  await world.store.create('output', { ...of, id: `${task.id}/1`, task: task.id, sizeBytes: 3, text: 'old', at: T0 });
  const sizeBytes = evidence.length;
  await world.store.create('output', { ...of, id: `${task.id}/2`, task: task.id, sizeBytes, blob: digest, at: T0 + 1 });
  const smtp = { kind: 'smtp', host: '127.0.0.1', port, tls: 'none', user: null, passwordFile: null } as const;
  await world.room.channels.applyChannel({ ...smtp, from: 'Berth <berth@example.org>' });
  const wanted = {
    ...{ kind: 'email', key: 'k', to: 'ana@example.org', subject: 'Cold in {room}', text: 'It is {degrees} °C.' },
    ...{ html: '<b>{room}</b>', values: { room: '<12>', degrees: 9.1 }, attachments: ['evidence.csv'] },
  };
  expect(await outcome(world, wanted)).toMatchObject({ state: 'delivered' });
  const raw = taken[0]?.raw ?? '';
  expect(raw).toContain('Subject: Cold in <12>');
  expect(raw).toContain('<b>&#60;12&#62;</b>');
  const [, encoded = ''] = /filename=evidence\.csv\r\n(?:[^\r]+\r\n)*\r\n([A-Za-z0-9+/=\r\n]+)/.exec(raw) ?? [];
  expect(Buffer.from(encoded, 'base64').equals(evidence)).toBe(true);
});

test('an e-mail with an output that is not there waits for it; one that is too large is refused', async () => {
  const world = await open();
  const { port } = await mailServer({ hideSTARTTLS: true });
  const smtp = { kind: 'smtp', host: '127.0.0.1', port, tls: 'none', user: null, passwordFile: null } as const;
  await world.room.channels.applyChannel({ ...smtp, from: 'berth@example.org' });
  const wanted = { kind: 'email', to: 'ana@example.org', subject: 'a', text: 'b', attachments: [{ output: 'big' }] };
  const { id } = await world.room.requests.request(task, { ...wanted, key: 'early' });
  await expect
    .poll(async () => (await world.store.get('actionStatus', id))?.doc.reason)
    .toBe('The job has no output big yet.');
  const of = { job: task.job, slot: 0, task: task.id, kind: 'file', name: 'big', contentType: 'text/csv' } as const;
  await world.store.create('output', { ...of, id: `${task.id}/1`, sizeBytes: 2 ** 30, blob: 'sha256:0', at: T0 });
  const refused = await outcome(world, { ...wanted, key: 'late' });
  expect(refused).toMatchObject({ state: 'refused', reason: expect.stringContaining('1073741824 bytes') });
});

test('a webhook arrives signed, where its address is allowed, and nowhere else', async () => {
  const world = await open();
  const arrived: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    arrived.push({ headers: request.headers, body: await text(request) });
    response.end('thanks');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const wanted = {
    kind: 'webhook',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    body: { a: 1 },
  };
  const refused = await outcome(world, { ...wanted, key: 'early' });
  expect(refused).toMatchObject({ state: 'refused', reason: expect.stringContaining('private address') });
  const secretFile = join(world.directory, 'secret');
  await writeFile(secretFile, 'key\n', { mode: 0o600 });
  await world.room.channels.applyChannel({ kind: 'webhooks', secretFile, allowPrivate: ['127.0.0.1'] });
  expect(await outcome(world, { ...wanted, key: 'k' })).toMatchObject({ state: 'delivered' });
  expect(arrived).toHaveLength(1);
  const { headers, body } = arrived[0] ?? { headers: {}, body: '' };
  const hmac = createHmac('sha256', 'key').update(`${headers['berth-timestamp']}.${body}`).digest('hex');
  expect(headers).toMatchObject({ 'berth-signature': `v1=${hmac}`, 'content-type': 'application/json' });
});
