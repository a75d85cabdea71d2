// A person who is not root on the machine: with sudo they install a platform, without it they are told before anything is changed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../world/fleet.ts';
import type { Server } from '../world/server.ts';
import { InitializerPerson, machineLine, OURS, SMALL } from './initializer-person.ts';

const person = new InitializerPerson();
let server: Server;

beforeAll(async () => {
  server = await startServer({ kind: 'bare' });
  await must('apt-get', 'update');
  await must('apt-get', '-y', '--no-install-recommends', 'install', 'sudo');
  for (const name of ['keeper', 'guest']) {
    await must('useradd', '--create-home', '--shell', '/bin/bash', name);
    await must('install', '-d', '-o', name, '-g', name, '-m', '0700', `/home/${name}/.ssh`);
    await must(
      ...['install', '-o', name, '-g', name, '-m', '0600'],
      ...['/root/.ssh/authorized_keys', `/home/${name}/.ssh/authorized_keys`],
    );
  }
  await must('sed', '-i', '$ a keeper ALL=(ALL) NOPASSWD: ALL', '/etc/sudoers');
  await must('rm', '/root/.ssh/authorized_keys');
});
afterAll(async () => {
  await server.destroy();
  person.remove();
});

async function must(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await server.run(words);
  if (code !== 0) throw new Error(`'${words.join(' ')}' ended with ${code}: ${stderr}`);
  return stdout;
}

function signingInAs(user: string): void {
  person.write('machines:', machineLine('one', server, { user }), ...SMALL);
}

test('somebody without sudo is refused, and nothing is changed', async () => {
  signingInAs('guest');
  const { code, stderr } = await person.berth('init');
  expect(code).toBe(1);
  expect(stderr).toContain('initializer.checks-failed');
  expect(stderr).toContain('the user is not root and may not use sudo without a password');
  expect((await server.run(['ls', ...OURS])).stdout).toBe('');
  expect((await server.run(['find', '/home/guest', '-newer', '/etc/sudoers', '-type', 'f'])).stdout).toBe('');
});

test('somebody with sudo installs it, as root would; done again nothing differs', async () => {
  signingInAs('keeper');
  const first = await person.berth('init');
  expect(first.code, first.stderr).toBe(0);
  expect((await fetch(`http://${server.address}:7400/`)).status).toBe(200);
  const owners = await must(
    'stat',
    '-c',
    '%U %a',
    '/etc/berth/berth-one.env',
    '/var/lib/berth/keys/secret',
    '/opt/berth/current',
  );
  expect(owners.trim().split('\n').slice(0, 2)).toEqual(['root 600', 'root 600']);
  const again = await person.berth('init');
  expect(JSON.parse(again.stdout)).toMatchObject({ steps: [] });
  expect((await server.run(['find', '/home/keeper', '-newer', '/etc/sudoers', '-type', 'f'])).stdout).toBe('');
});

test('and takes it down', async () => {
  const { code, stderr } = await person.berth('destroy', '--yes', '--data');
  expect(code, stderr).toBe(0);
  expect((await server.run(['find', ...OURS])).stdout).toBe('');
});
