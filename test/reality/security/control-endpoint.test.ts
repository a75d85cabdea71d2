// Every door of a platform that runs: all sockets that its process listens on are found in what the kernel tells of it, and each is asked
// without credentials. A door that nobody thought of fails this test as well.
// Elsewhere: each route of the API (test/unit/api/access-walk.test.ts), tasks' tokens (test/unit/nodes/sdk-endpoint.test.ts), nodes' passwords
// (test/unit/images/oci-endpoint.test.ts), credentials of devices (test/contracts/device-gate.test.ts).
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../world/until.ts';
import { BerthProcess } from '../spine/berth-process.ts';

/** A socket that somebody can connect to. */
interface Door {
  readonly at: string;
  readonly options: NetConnectOpts;
}

const LISTENING = '0A';
const platform = new BerthProcess();
let doors: readonly Door[] = [];

beforeAll(async () => {
  const client = await platform.start();
  // The platform's own machine is a node: its sockets are there when it is ready.
  await until('the node of this machine to be ready', 60_000, async () => {
    const { items } = await client.call('listNodes', {});
    return items.some(({ state }) => state === 'ready') || undefined;
  });
  doors = processesOf(platform.directory).flatMap(doorsOf);
}, 720_000);

afterAll(() => platform.remove(), 180_000);

/** The processes that were started with a directory of data. */
function processesOf(directory: string): readonly string[] {
  return readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && textOf(`/proc/${pid}/environ`).includes(`BERTH_DATA=${directory}/`),
  );
}

/** Of what is gone by now, nothing. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
}

function doorsOf(pid: string): readonly Door[] {
  const held = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return [...tcpDoors(pid, 'tcp', held), ...tcpDoors(pid, 'tcp6', held), ...unixDoors(pid, held)];
}

function rowsOf(pid: string, table: string): readonly (readonly string[])[] {
  return textOf(`/proc/${pid}/net/${table}`)
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
}

function tcpDoors(pid: string, table: 'tcp' | 'tcp6', held: ReadonlySet<string>): Door[] {
  return rowsOf(pid, table).flatMap(([, local = '', , state, , , , , , inode = '']) => {
    if (state !== LISTENING || !held.has(inode)) return [];
    const [address = '', port = ''] = local.split(':');
    const isLoopback = table === 'tcp' ? address.endsWith('7F') : /^0{24}01000000$|^0{16}FFFF0000.*7F$/.test(address);
    const place = isLoopback ? '127.0.0.1' : `everywhere (${address})`;
    return [
      { at: `${place}:${Number.parseInt(port, 16)}`, options: { host: '127.0.0.1', port: Number.parseInt(port, 16) } },
    ];
  });
}

function unixDoors(pid: string, held: ReadonlySet<string>): Door[] {
  return rowsOf(pid, 'unix').flatMap(([, , , flags, , , inode = '', path = '']) => {
    const isListening = flags === '00010000' && held.has(inode);
    return isListening ? [{ at: path, options: { path: path.replace(/^@/, '\0') } }] : [];
  });
}

/** What a door says to some bytes, until it has nothing more to say for a moment or ends. */
function say(door: Door, bytes: string | Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const heard: Buffer[] = [];
    const socket = connect(door.options);
    const done = () => {
      socket.destroy();
      resolve(Buffer.concat(heard));
    };
    socket.setTimeout(5000, done);
    socket.on('data', (data) => {
      heard.push(Buffer.from(data));
      socket.setTimeout(300, done);
    });
    socket.once('error', done);
    socket.once('close', done);
    socket.write(bytes);
  });
}

const http = (method: string, path: string, more = '') =>
  `${method} ${path} HTTP/1.1\r\nhost: berth\r\nconnection: close\r\n${more}\r\n`;

/** Requests of everything that listens here, each to every door; none of them says who asks. */
const REQUESTS = [
  ...['/api/v1/users', '/api/v1/jobs', '/api/v1/settings', '/api/v1/events/follow', '/api/v1/platform'].map((path) =>
    http('GET', path),
  ),
  ...['/v2/', '/v2/_catalog', '/v2/berth/x/tags/list'].map((path) => http('GET', path)),
  ...['/sdk/v1/desired', '/sdk/v1/secrets', '/sdk/v1/state', '/sdk/v1/sensors'].map((path) => http('GET', path)),
  ...['/containers/json', '/info', '/json', '/json/list', '/metrics', '/debug'].map((path) => http('GET', path)),
  http('CONNECT', '127.0.0.1:22'),
  http('POST', '/api/v1/backups'),
  http('PUT', '/sdk/v1/records/x', 'content-length: 0\r\n'),
];

/** MQTT 3.1.1 and 5: CONNECT with a client id and no credentials, and with such that are nobody's. */
const MQTT = [
  Buffer.from('100d00044d5154540402003c000178', 'hex'),
  Buffer.from('100e00044d5154540502003c0000000178', 'hex'),
  Buffer.from('101300044d51545404c2003c000178000161000162', 'hex'),
];

test('a platform has these doors and no others, and none is open to other machines', () => {
  expect(doors.length).toBeGreaterThanOrEqual(3);
  for (const { at } of doors) expect(at).toMatch(/^127\.0\.0\.1:\d+$|^\/run\/berth\/[\w.-]+\/sdk\.sock\.\w+$/);
  expect(doors.filter(({ at }) => at.startsWith('/'))).toHaveLength(1);
});

test('no door does anything for whoever does not say who they are', async () => {
  const surprises: string[] = [];
  for (const door of doors)
    for (const request of REQUESTS) {
      const answer = (await say(door, request)).toString('latin1');
      const isRefused = answer === '' || /^HTTP\/1\.1 (?:4\d\d|5\d\d) /.test(answer);
      if (!isRefused) surprises.push(`${door.at} to ${request.split('\r\n')[0]}: ${answer.slice(0, 120)}`);
    }
  expect(surprises).toEqual([]);
}, 360_000);

test('no door takes a device that has no password', async () => {
  const surprises: string[] = [];
  let refusals = 0;
  for (const door of doors)
    for (const packet of MQTT) {
      const answer = await say(door, packet);
      // CONNACK whose code is 0: accepted.
      if (answer[0] === 0x20 && answer[3] === 0) surprises.push(`${door.at}: ${answer.toString('hex')}`);
      if (answer[0] === 0x20) refusals += 1;
    }
  expect(surprises).toEqual([]);
  expect(refusals).toBeGreaterThan(0);
}, 180_000);

test('no debugger listens, and the socket of tasks lies in a directory that nobody can list or write', async () => {
  for (const pid of processesOf(platform.directory)) expect(textOf(`/proc/${pid}/cmdline`)).not.toContain('--inspect');
  for (const { at } of doors.filter((each) => each.at.startsWith('/')))
    expect((statSync(dirname(at)).mode & 0o777).toString(8)).toBe('711');
});
