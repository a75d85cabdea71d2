// Where this machine gets Debian packages from, by the files that apt reads.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { machineAptSource } from '../../../src/adapters/debootstrap/apt-source.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'apt-'));
  mkdirSync(join(directory, 'sources.list.d'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, ...lines: readonly string[]): void {
  writeFileSync(join(directory, name), `${lines.join('\n')}\n`);
}

it('takes the first line of sources.list with the component main', async () => {
  write(
    'sources.list',
    '# deb http://old.example/debian bookworm main',
    'deb-src http://source.example/debian bookworm main',
    'deb http://other.example/debian bookworm contrib',
    'deb [arch=amd64 signed-by=/keys/a.gpg] http://mirror.example/debian bookworm main contrib # ours',
  );
  expect(await machineAptSource(directory)).toEqual({ uri: 'http://mirror.example/debian', keyring: '/keys/a.gpg' });
});

it('reads paragraphs of fields, with lines that go on and comments between', async () => {
  write(
    'sources.list.d/a.sources',
    'Enabled: no',
    'Types: deb',
    'URIs: http://off.example/debian',
    'Suites: bookworm',
    'Components: main',
    '',
    'Types: deb deb-src',
    '# A comment.',
    'URIs: http://mirror.example/debian',
    'Suites: trixie',
    ' trixie-updates',
    'Components: main contrib',
    'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
  );
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  expect(await machineAptSource(directory)).toEqual({ uri: 'http://mirror.example/debian', keyring });
});

it('passes over what serves no Debian suite, and files that apt does not read', async () => {
  write('sources.list.d/a.list', 'deb http://packages.example/apt nodistro main');
  write('sources.list.d/b.list', 'deb http://security.example/debian-security bookworm-security main');
  write('sources.list.d/c.list.disabled', 'deb http://off.example/debian bookworm main');
  expect(await machineAptSource(directory)).toBeUndefined();
});

it('follows a list of mirrors to its first one', async () => {
  write('mirrors', 'http://first.example/debian', 'http://second.example/debian');
  write('sources.list', `deb mirror+file:${join(directory, 'mirrors')} bookworm main`);
  expect(await machineAptSource(directory)).toMatchObject({ uri: 'http://first.example/debian' });
});

it('says nothing where nothing is configured', async () => {
  expect(await machineAptSource(join(directory, 'absent'))).toBeUndefined();
});
