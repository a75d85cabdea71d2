// An SDK endpoint as a node's socket reaches it: a real Unix socket whose connections are handed over, a real store and real blobs.

import { type ClientRequest, request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { TcpDialer } from '../../../src/adapters/tcp-dialer/tcp-dialer.ts';
import { SdkEndpoint } from '../../../src/api/sdk-endpoint.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import type { JobSpec } from '../../../src/model/job.ts';
import type { Task } from '../../../src/model/task.ts';
import { InstanceStates } from '../../../src/nodes/instance-state-requests.ts';
import { SdkRequests } from '../../../src/nodes/sdk-requests.ts';
import { checkTaskToken, makeTaskToken } from '../../../src/nodes/sdk-token.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { aJob, aSpec, aTask, aTaskStatus } from '../../builders/jobs.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { logParts } from './log-world.ts';
import { ScriptedActions, ScriptedReadings, ScriptedSecrets } from './sdk-scripted.ts';

/** What an endpoint answered. */
export interface SdkAnswer {
  readonly status: number;
  readonly text: string;
}

/** A platform's SDK endpoint with one running task on the node `n`, whose package declares `127.0.0.1` at `port`. */
export async function sdkWorld(port = 1, over: Partial<JobSpec> = {}, endpointClock?: Clock) {
  const parts = await logParts();
  const clock = endpointClock ?? parts.clock;
  const store = new WatchedStore(parts.store);
  const key = new SystemRandom().bytes(32);
  const task = aTask(aJob({ spec: aSpec({ network: [{ host: '127.0.0.1', ports: [port] }], ...over }) }), 0, 1, 'n');
  await store.create('task', task);
  await store.create('taskStatus', aTaskStatus(task));
  const sdk = new SdkRequests({
    ...parts,
    store,
    recordLimits: { mostFileBytes: 1_000_000 },
    leaseMs: 6000,
    dialer: new TcpDialer({ clock: parts.clock, refuse: [], allow: ['127.0.0.1'] }),
    onWritten: (listener) => store.onWritten(listener),
    checkTaskToken: (token) => checkTaskToken(key, token),
  });
  const readings = new ScriptedReadings();
  const actions = new ScriptedActions();
  const secrets = new ScriptedSecrets();
  const states = new InstanceStates(store, parts.clock);
  const endpoint = new SdkEndpoint({ sdk, readings, actions, states, secrets, clock, log: silentLog });
  onTestFinished(() => {
    endpoint.close();
    sdk.close();
  });
  const socketOf = (node: string) => listening(endpoint, node);
  const socketPath = await socketOf('n');
  return {
    ...parts,
    store,
    task,
    readings,
    actions,
    secrets,
    socketPath,
    socketOf,
    token: makeTaskToken(key, task.id),
    tokenOf: (id: string) => makeTaskToken(key, id),
  };
}

async function listening(endpoint: SdkEndpoint, node: string): Promise<string> {
  const path = `${await temporaryDirectory()}/sdk.sock`;
  const server = createServer((connection) => endpoint.accept(connection, node));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

/** One request and its answer. */
export async function ask(
  socketPath: string,
  token: string,
  asked: { method: string; path: string; headers?: Record<string, string>; body?: string | Buffer },
): Promise<SdkAnswer> {
  const { method, path, headers = {}, body } = asked;
  const call = request({
    socketPath,
    method,
    path,
    headers: { authorization: `Bearer ${token}`, ...headers },
    agent: false,
  });
  return answerTo(call, body);
}

function answerTo(call: ClientRequest, body: string | Buffer | undefined): Promise<SdkAnswer> {
  return new Promise((resolve, reject) => {
    call.on('error', reject);
    call.on('response', (response) => {
      buffer(response).then((bytes) => resolve({ status: response.statusCode ?? 0, text: bytes.toString() }), reject);
    });
    call.end(body);
  });
}

/** Hands in a record. */
export function putRecord(socketPath: string, token: string, id: string, header: object, body: string | Buffer) {
  const headers = { 'berth-record': JSON.stringify(header) };
  return ask(socketPath, token, { method: 'PUT', path: `/sdk/v1/records/${id}`, headers, body });
}

/** The header of a record of output. */
export function described(kind: string, over: object = {}) {
  return { kind, name: '', contentType: 'text/plain', at: 1_790_000_000_000, ...over };
}

/** A connection through the relay, after its CONNECT was answered. */
export function throughRelay(
  socketPath: string,
  token: string,
  target: string,
): Promise<{ status: number; socket: Socket }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: socketPath, allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    socket.on('error', reject);
    socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\nauthorization: Bearer ${token}\r\n\r\n`);
    socket.once('data', (head: Buffer) => {
      const end = head.indexOf('\r\n\r\n') + 4;
      socket.pause();
      if (end < head.length) socket.unshift(head.subarray(end));
      resolve({ status: Number(head.toString().split(' ')[1]), socket });
    });
  });
}

/** Changes a task's document as deployment would. */
export async function changeTask(store: WatchedStore, id: string, change: Partial<Task>): Promise<void> {
  const stored = await store.get('task', id);
  if (stored) await store.update('task', { ...stored.doc, ...change }, stored.version);
}
