// berth dev: runs an algorithm on this machine, without Docker, with the SDK that it has on the platform. What it reads comes from
// made-up devices, what it steers are these, and what it asks to be done is shown and not done.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { TaskSecrets } from '../accounts/task-secrets.ts';
import { ConnectionServer } from '../adapters/docker-machine/connection-server.ts';
import type { LocalProgram } from '../adapters/local-program/local-program.ts';
import { TcpDialer } from '../adapters/tcp-dialer/tcp-dialer.ts';
import { SdkEndpoint } from '../api/sdk-endpoint.ts';
import type { Surroundings } from '../cli/surroundings.ts';
import { BerthError } from '../model/errors.ts';
import type { Output } from '../model/output.ts';
import type { Task } from '../model/task.ts';
import { InstanceStates } from '../nodes/instance-state-requests.ts';
import { SdkRequests } from '../nodes/sdk-requests.ts';
import { checkTaskToken, makeTaskToken } from '../nodes/sdk-token.ts';
import { openDevActions } from './dev-actions.ts';
import { type DevFoundations, openDevFoundations } from './dev-foundations.ts';
import { algorithmOf, createDevJob, createDevTask, DEV_NODE, pushDirectory } from './dev-job.ts';
import { endInWords, startDevProgram } from './dev-program.ts';
import { devRegistry } from './dev-registry.ts';
import { keepDevSecrets } from './dev-secrets.ts';
import { openDevSensors } from './dev-sensors.ts';
import { DevView } from './dev-view.ts';
import { RECORD_LIMITS } from './ordinary-limits.ts';

/** What a person may say about a trial. */
export interface DevOptions {
  readonly algorithm?: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Readings per second of every device. */
  readonly rateHz: number | null;
  readonly seed: string;
  readonly longestDropOutMs: number;
  readonly form: 'text' | 'json';
  /** Files whose contents stand for secrets, by the names of these. */
  readonly secrets: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const LEASE_MS = 30_000;
const TOKEN_KEY_BYTES = 32;
/** After the grace period of the algorithm, for what it gave to be taken. */
const AFTER_GRACE_MS = 5000;
/** The notice comes by another way than TERM, which is to find it there. */
const NOTICE_MS = 200;
const LONGEST_SHOWN = 500;

/** Runs an algorithm until it ends or the person leaves; resolves to the exit code. @throws dev.*, what an upload is refused with */
export async function dev(
  directory: string,
  options: DevOptions,
  surroundings: Surroundings,
  environment: Environment,
): Promise<number> {
  if (process.platform !== 'linux') throw new BerthError('dev.only-linux', { system: process.platform });
  const view = new DevView(surroundings, options.form);
  const foundations = await openDevFoundations({ write: (line) => view.show('berth', line.trim()) });
  try {
    const trial = { directory: resolve(directory), options, surroundings, environment, view };
    return await tried(foundations, trial);
  } finally {
    await foundations.close();
  }
}

interface Trial {
  readonly directory: string;
  readonly options: DevOptions;
  readonly surroundings: Surroundings;
  readonly environment: Environment;
  readonly view: DevView;
}

async function tried(foundations: DevFoundations, trial: Trial): Promise<number> {
  const { options, view, surroundings } = trial;
  const pushed = await pushDirectory(foundations, trial.directory);
  const algorithm = algorithmOf(pushed, options.algorithm);
  const registry = devRegistry(pushed, algorithm, options.rateHz);
  for (const remark of registry.remarks) view.show('berth', remark);
  const offsetMs =
    Temporal.Instant.fromEpochMilliseconds(surroundings.now()).toZonedDateTimeISO(surroundings.zone).offsetNanoseconds /
    1e6;
  const { seed, longestDropOutMs } = options;
  const sensors = await openDevSensors(foundations, { registry, seed, offsetMs, longestDropOutMs });
  const actions = await openDevActions(foundations, (command, signal) => sensors.commands.send(command, signal), view);
  try {
    await keepDevSecrets(foundations, pushed.application, options.secrets);
    const job = await createDevJob(foundations, { package: pushed, algorithm }, options);
    await sensors.bindings.reconcile(job.id, foundations.clock.now());
    const task = await createDevTask(foundations, job);
    await sensors.start();
    view.show('berth', `${algorithm.id} runs with ${devicesInWords(registry.sensors.length, seed)}. Ctrl-C stops it.`);
    return await served(foundations, { ...trial, task, feeds: sensors.feeds, actions: actions.requests });
  } finally {
    await actions.close();
    await sensors.close();
  }
}

interface Served extends Trial {
  readonly task: Task;
  readonly feeds: Awaited<ReturnType<typeof openDevSensors>>['feeds'];
  readonly actions: Awaited<ReturnType<typeof openDevActions>>['requests'];
}

/** Answers the SDK while the program runs. */
async function served(foundations: DevFoundations, { task, feeds, actions, ...trial }: Served): Promise<number> {
  const { store, blobs, clock, log, random, directory } = foundations;
  const key = random.bytes(TOKEN_KEY_BYTES);
  const sdk = new SdkRequests({
    ...{ store, blobs, clock, recordLimits: RECORD_LIMITS, leaseMs: LEASE_MS },
    dialer: new TcpDialer({ clock, refuse: [], allow: [] }),
    onWritten: (listener) => store.onWritten(listener),
    checkTaskToken: (token) => checkTaskToken(key, token),
  });
  const states = new InstanceStates(store, clock);
  const secrets = new TaskSecrets({ ...foundations, onWritten: (listener) => store.onWritten(listener) });
  const endpoint = new SdkEndpoint({ sdk, readings: feeds, actions, states, secrets, clock, log });
  const server = new ConnectionServer((connection) => endpoint.accept(connection, DEV_NODE));
  await server.listen({ path: join(directory, 'sdk.sock') });
  const outputs = showOutputs(foundations, trial.view);
  try {
    return await ran(foundations, { ...trial, task, token: makeTaskToken(key, task.id) });
  } finally {
    endpoint.close();
    secrets.close();
    sdk.close();
    await server.close();
    await outputs.done();
  }
}

async function ran(
  foundations: DevFoundations,
  { task, token, view, surroundings, environment, directory: application }: Trial & { task: Task; token: string },
): Promise<number> {
  await mkdir(join(foundations.directory, 'scratch'), { recursive: true });
  const program = await startDevProgram({
    ...{ task, token, application, environment, directory: foundations.directory },
    onLine: (stream, line) => view.show('log', line, { stream }),
  });
  const stop = () => void stopProgram(foundations, task, program);
  // Whoever does not wait for the end leaves nothing behind: the launcher ends what it started.
  const leave = () => program.signal('SIGTERM');
  process.once('exit', leave);
  surroundings.leave.addEventListener('abort', stop, { once: true });
  if (surroundings.leave.aborted) stop();
  const { code } = await program.ended;
  process.removeListener('exit', leave);
  surroundings.leave.removeEventListener('abort', stop);
  const { text, exitCode } = endInWords(code, task);
  view.show('berth', text, { code });
  return exitCode;
}

/** As the platform stops a task: notice, TERM, and KILL if all that does not help. */
async function stopProgram({ store, clock }: DevFoundations, { id, spec }: Task, program: LocalProgram): Promise<void> {
  const cancel = clock.after(spec.graceMs + AFTER_GRACE_MS, () => program.signal('SIGKILL'));
  void program.ended.then(cancel);
  const stored = await store.get('task', id);
  const stop = { reason: 'You pressed Ctrl-C.', at: clock.now() };
  if (stored) await store.update('task', { ...stored.doc, stop }, stored.version);
  clock.after(NOTICE_MS, () => program.signal('SIGTERM'));
}

/** Shows output in the order in which it came; `done` resolves when everything that came is shown. */
function showOutputs({ store, blobs }: DevFoundations, view: DevView): { readonly done: () => Promise<void> } {
  let shown = Promise.resolve();
  const silence = store.onWritten((kind, _, doc) => {
    if (kind === 'output' && doc) shown = shown.then(() => showOutput(blobs, view, doc as Output));
  });
  const done = () => {
    silence();
    return shown;
  };
  return { done };
}

async function showOutput(blobs: DevFoundations['blobs'], view: DevView, output: Output): Promise<void> {
  const { kind, name, text, blob, contentType, sizeBytes } = output;
  const isText = kind !== 'file' || contentType.startsWith('text/') || contentType === 'application/json';
  const read =
    text ?? (isText && blob !== undefined ? await beginning(blobs, blob) : `${contentType}, ${sizeBytes} bytes`);
  const called = name === '' ? '' : `${name}: `;
  view.show('output', called + read.slice(0, LONGEST_SHOWN), { form: kind, name, contentType, sizeBytes });
}

async function beginning(blobs: DevFoundations['blobs'], blob: string): Promise<string> {
  return (await buffer(await blobs.open(blob, { start: 0, end: LONGEST_SHOWN }))).toString();
}

function devicesInWords(count: number, seed: string): string {
  if (count === 0) return 'no devices, because it declares none';
  return `${count} made-up ${count === 1 ? 'device' : 'devices'} (seed ${seed})`;
}
