import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { credentialsPath, readCredentials, saveCredentials } from '../../../src/main/credentials-file.ts';

const BERTH = join(import.meta.dirname, '..', '..', '..', 'bin', 'berth');
let home = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'berth-home-'));
});

afterEach(() => rmSync(home, { recursive: true }));

test('credentials are kept for their owner alone', async () => {
  const path = credentialsPath({ HOME: home });
  expect(await readCredentials(path)).toBeUndefined();
  await saveCredentials(path, { url: 'http://127.0.0.1:1', token: 't' });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await readCredentials(path)).toEqual({ url: 'http://127.0.0.1:1', token: 't' });
});

test.each([[['status', '--url']], [['status']]])(
  'a kept token is not sent to another platform: berth %j',
  async (words) => {
    const asked: IncomingMessage[] = [];
    const other = createServer((request, answer) => {
      asked.push(request);
      answer.end('{}');
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    await saveCredentials(credentialsPath({ HOME: home }), { url: 'http://127.0.0.1:1', token: 'secret' });
    const named =
      words.length > 1 ? { argv: [...words, url], variables: {} } : { argv: [...words], variables: { BERTH_URL: url } };
    const { XDG_CONFIG_HOME: _, BERTH_TOKEN: __, ...rest } = process.env;
    const child = spawn(BERTH, named.argv, { env: { ...rest, HOME: home, ...named.variables } });
    const [code] = await once(child, 'exit');
    other.close();
    expect([code, asked]).toEqual([1, []]);
  },
  30_000,
);

test('a start without the runtime says how to have it', () => {
  const empty = mkdtempSync(join(home, 'copy-'));
  spawnSync('cp', ['-r', join(BERTH, '..'), join(empty, 'bin')]);
  const { status, stderr } = spawnSync(join(empty, 'bin', 'berth'), ['--version'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([69, expect.stringContaining("run 'npm ci'")]);
});

test('a command whose reader has had enough ends quietly', async () => {
  const child = spawn(BERTH, ['completion', 'bash'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HOME: home },
  });
  child.stdout.destroy();
  const [[code], complaint] = await Promise.all([once(child, 'exit'), text(child.stderr)]);
  expect([code === 0 || code === 141, complaint]).toEqual([true, '']);
}, 30_000);
