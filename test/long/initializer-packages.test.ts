// The command is killed while packages are installed on a machine: the next one brings the installation to its end.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../world/fleet.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';
import { InitializerPerson, machineLine, SMALL } from './initializer-person.ts';

const person = new InitializerPerson();
let server: Server;

beforeAll(async () => {
  server = await startServer({ kind: 'bare' });
  person.write('machines:', machineLine('one', server), 'nodes: [one]', ...SMALL);
});
afterAll(async () => {
  await server.destroy();
  person.remove();
});

const INSTALLED = /one: install docker\.io.*: done/;
/** What Docker needs, and what needs it in turn: dpkg cannot set up one of the two alone. */
const ONE_OF_TWO = 'dmsetup';

/** Where dpkg keeps what is installed. */
const STATUS = '/var/lib/dpkg/status';

async function must(words: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await server.run(words);
  expect(code, `${stdout}${stderr}`).toBe(0);
}

/** Brings the interrupted work to its end. */
async function expectInstalledNext(): Promise<void> {
  const again = person.begin('init');
  expect(await person.interrupt(again, INSTALLED, 'SIGINT'), again.said()).toBe('130');
  expect((await server.run(['dpkg', '--audit'])).stdout).toBe('');
  expect((await server.run(['test', '-x', '/usr/sbin/dockerd'])).code).toBe(0);
}

test('killed while packages are unpacked, and with dpkg cut off, the next command installs them', async () => {
  const killed = person.begin('init');
  expect(await person.interrupt(killed, /Unpacking/, 'SIGKILL'), killed.said()).toBe('SIGKILL');
  expect(killed.said()).not.toMatch(INSTALLED);
  // As a power cut at that moment would leave it.
  await server.run(['pkill', '-KILL', '-x', 'apt-get|dpkg']);
  const broken = await until('an installation that was cut off', 60_000, async () => {
    const { stdout } = await server.run(['dpkg', '--audit']);
    return stdout === '' ? undefined : stdout;
  });
  expect(broken).not.toBe('');
  await expectInstalledNext();
});

test.each([
  ['unpacked and with work left for dpkg', ['touch', '/var/lib/dpkg/updates/0001']],
  ['half unpacked', ['sed', '-i', `/^Package: ${ONE_OF_TWO}$/,/^$/s/ok unpacked$/reinstreq half-installed/`, STATUS]],
])('a package without what it needs, %s, is brought to its end', async (_state, words) => {
  await must(['apt-get', '--yes', 'purge', 'docker.io', ONE_OF_TWO, 'libdevmapper1.02.1']);
  await must(['sh', '-c', `cd /root && apt-get download ${ONE_OF_TWO} && dpkg --unpack ./${ONE_OF_TWO}_*.deb`]);
  await must(words);
  expect((await server.run(['dpkg', '--audit'])).stdout).toContain(ONE_OF_TWO);
  await expectInstalledNext();
});
