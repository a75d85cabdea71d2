// The SDK of real containers against the endpoint: what is sent while a task runs, what it left in its spool, and the relay.
import { chmod, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { pack } from 'tar-stream';
import { expect, onTestFinished, test } from 'vitest';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { TcpDialer } from '../../src/adapters/tcp-dialer/tcp-dialer.ts';
import { SdkEndpoint } from '../../src/api/sdk-endpoint.ts';
import { WatchedStore } from '../../src/engine/watched-store.ts';
import type { Task } from '../../src/model/task.ts';
import { InstanceStates } from '../../src/nodes/instance-state-requests.ts';
import { listOutputs } from '../../src/nodes/output-reads.ts';
import { SdkRequests } from '../../src/nodes/sdk-requests.ts';
import { checkTaskToken, makeTaskToken } from '../../src/nodes/sdk-token.ts';
import type { Machine } from '../../src/ports/machine.ts';
import { aJob, aSpec, aTask, aTaskStatus } from '../builders/jobs.ts';
import { silentLog } from '../contracts/silent-log.ts';
import { temporaryDirectory } from '../contracts/temporary-directory.ts';
import { ScriptedActions, ScriptedReadings, ScriptedSecrets } from '../unit/nodes/sdk-scripted.ts';
import { until } from '../world/until.ts';
import { containerEnded, containerSpec, evidenceMachine, evidenceWorld, sharedDirectory } from './evidence-world.ts';

const SDK = fileURLToPath(new URL('../../sdk/python', import.meta.url));

/** A platform with an endpoint, and one task whose container has the real SDK. */
async function sdkPlatform(port: number) {
  const world = await evidenceWorld();
  const store = new WatchedStore(world.store);
  const random = new SystemRandom();
  const key = random.bytes(32);
  const spec = aSpec({ kind: 'run-to-completion', network: [{ host: 'sensor.example', ports: [port] }] });
  const task = { ...aTask(aJob({ spec }), 0, 1, 'n'), id: `sdk-${random.id(10)}` };
  await store.create('task', task);
  await store.create('taskStatus', aTaskStatus(task, { startedAt: 1 }));
  const sdk = new SdkRequests({
    ...world,
    store,
    recordLimits: { mostFileBytes: 1e9 },
    leaseMs: 6000,
    dialer: {
      connect: (_host, to) =>
        new TcpDialer({ clock: world.clock, refuse: [], allow: ['127.0.0.1'] }).connect('127.0.0.1', to),
    },
    onWritten: (listener) => store.onWritten(listener),
    checkTaskToken: (token) => checkTaskToken(key, token),
  });
  const states = new InstanceStates(store, world.clock);
  const doubles = { readings: new ScriptedReadings(), actions: new ScriptedActions(), secrets: new ScriptedSecrets() };
  const endpoint = new SdkEndpoint({ sdk, ...doubles, states, clock: world.clock, log: silentLog });
  onTestFinished(() => {
    endpoint.close();
    sdk.close();
  });
  return { ...world, store, task, endpoint, token: makeTaskToken(key, task.id) };
}

/** Creates a task's container as the platform does, with the script as its algorithm, and starts it. */
async function startTask(
  machine: Machine,
  task: Task,
  given: { script: string; token: string; socketDirectory: string; port: number },
) {
  const app = await sharedDirectory({ 'main.py': given.script });
  onTestFinished(() => machine.removeContainer(task.id));
  await machine.createContainer(
    containerSpec(task.id, {
      entrypoint: ['python3', '-B', '/opt/berth/sdk/launch.py'],
      workingDirectory: '/app',
      environment: { PYTHONPATH: '/opt/berth/sdk', PYTHONUNBUFFERED: '1', HOME: '/scratch', TMPDIR: '/tmp' },
      extraHosts: { 'sensor.example': '127.0.1.1' },
      binds: [
        { source: SDK, target: '/opt/berth/sdk' },
        { source: app, target: '/app' },
        { source: given.socketDirectory, target: '/run/berth' },
      ],
    }),
  );
  await machine.putArchive(task.id, '/scratch', await buffer(scratchTar(taskDocument(task, given))));
  await machine.startContainer(task.id);
}

function taskDocument(task: Task, { token, port }: { token: string; port: number }): object {
  const { id, job, instance, application, algorithm, slot, copies, attempt } = task;
  const times = { scheduledAt: 0, startsAt: 0, endsAt: null, clockOffsetMs: 0 };
  const bounds = { runsPerTask: 5, stableAfterMs: 60_000, graceMs: 5000 };
  const network = [{ host: 'sensor.example', address: '127.0.1.1', ports: [port] }];
  const what = {
    script: 'main.py',
    kind: 'run-to-completion',
    token,
    socket: '/run/berth/sdk.sock',
    parameters: {},
    network,
  };
  return {
    version: 1,
    task: id,
    job,
    instance,
    application,
    algorithm,
    slot,
    copies,
    attempt,
    ...times,
    ...bounds,
    ...what,
  };
}

function scratchTar(document: object) {
  const tar = pack();
  const owner = { uid: 65_534, gid: 65_534 };
  tar.entry({ name: '.berth/', type: 'directory', mode: 0o755, ...owner });
  tar.entry({ name: '.berth/task.json', mode: 0o400, ...owner }, JSON.stringify(document));
  tar.finalize();
  return tar;
}

async function socketDirectory(): Promise<string> {
  const above = await temporaryDirectory();
  await chmod(above, 0o755);
  await mkdir(`${above}/berth`);
  return `${above}/berth`;
}

const OUTPUTS = [
  'import berth.output as output, socket, os',
  "output.write('hällo', name='greeting')",
  "output.json({'a': [1, None]})",
  "open('/tmp/raw.bin', 'wb').write(bytes(range(256)) * 4096)",
  "output.file('/tmp/raw.bin')",
].join('\n');

test('what a container could not send is taken from its spool when it has ended, once', async () => {
  const machine = await evidenceMachine();
  const platform = await sdkPlatform(1);
  const { task, store, keeper, blobs } = platform;
  await startTask(machine, task, {
    script: OUTPUTS,
    token: platform.token,
    socketDirectory: await socketDirectory(),
    port: 1,
  });
  keeper().follow(task, machine);
  await containerEnded(machine, task.id);
  const lines = await keeper().finish(task, machine);
  expect((await machine.inspectContainer(task.id))?.exitCode, lines.join('\n')).toBe(0);
  await keeper().finish(task, machine);
  const { items } = await listOutputs(store, { job: task.job, direction: 'ascending', limit: 10 });
  expect(items.map(({ doc }) => doc)).toMatchObject([
    { kind: 'text', name: 'greeting', text: 'hällo' },
    { kind: 'json', text: '{"a": [1, null]}' },
    { kind: 'file', name: 'raw.bin', sizeBytes: 1_048_576 },
  ]);
  expect(
    (await blobs.read(items[2]?.doc.blob ?? '')).equals(
      Buffer.from(Array.from({ length: 1_048_576 }, (_, i) => i % 256)),
    ),
  ).toBe(true);
  const runs = (await store.get('taskStatus', task.id))?.doc.runs;
  expect(runs).toMatchObject([{ number: 1, exitCode: 0, signal: null }]);
});

test('output arrives while the task runs, a declared host is reached, and a stop is told at once', async () => {
  const machine = await evidenceMachine();
  const sensor = createServer((socket) => void socket.on('data', (asked) => socket.end(`21.5 ${asked}`)));
  onTestFinished(() => void sensor.close());
  await new Promise<void>((resolve) => sensor.listen(0, '127.0.0.1', resolve));
  const address = sensor.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const platform = await sdkPlatform(port);
  const { task, store } = platform;
  const directory = await socketDirectory();
  const socket = await machine.listenSocket(directory, 'sdk.sock', (connection) =>
    platform.endpoint.accept(connection, 'n'),
  );
  onTestFinished(() => socket.close());
  const script = [
    'import berth.output as output, socket, time',
    `link = socket.create_connection(('sensor.example', ${port}))`,
    "link.sendall(b'degrees')",
    "output.write(link.makefile().read(), name='reading')",
    'time.sleep(60)',
  ].join('\n');
  await startTask(machine, task, { script, token: platform.token, socketDirectory: directory, port });
  platform.keeper().follow(task, machine);
  const reading = await until('the output', 20_000, async () => {
    const { items } = await listOutputs(store, { job: task.job, direction: 'ascending', limit: 10 });
    if (items.length > 0) return items[0]?.doc;
    throw new Error((await platform.bytes(task, 'stderr')).toString());
  });
  expect(reading).toMatchObject({ name: 'reading', text: '21.5 degrees', slot: 0 });
  const stored = await store.get('task', task.id);
  if (stored) await store.update('task', { ...stored.doc, stop: { reason: 'enough', at: Date.now() } }, stored.version);
  const status = await until('the launcher to know of the stop', 10_000, async () => {
    const state = await machine.getArchive(task.id, '/scratch/.berth');
    const text = state ? Buffer.concat(await Array.fromAsync(state)).toString() : '';
    return text.includes('enough') ? text : undefined;
  });
  expect(status).toContain('enough');
  await machine.signalContainer(task.id, 'SIGTERM');
  await containerEnded(machine, task.id);
  expect((await machine.inspectContainer(task.id))?.exitCode).toBe(200);
});
