// A platform that is started by somebody who has none of its tokens: what runs is looked after all the same, and they are told how to get in.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { until } from '../../world/until.ts';

const BERTH = join(import.meta.dirname, '..', '..', '..', 'bin', 'berth');
const UP_WITHIN_MS = 15_000;

class Starter {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Resolves, when the platform is up or has ended, to it and to what it printed. */
  async up(...options: readonly string[]): Promise<{ child: ChildProcess; said: string }> {
    const places = { BERTH_DATA: join(this.directory, 'data'), XDG_CONFIG_HOME: this.directory, BERTH_DOCKER: '' };
    const env = { ...process.env, ...places, BERTH_PORT: '0', BERTH_MQTT_PORT: '0' };
    const child = spawn(BERTH, ['up', ...options], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until('the platform to be up, or to end', UP_WITHIN_MS, () => {
      return child.exitCode !== null || said.includes('Ctrl-C stops Berth') || undefined;
    });
    return { child, said };
  }
}

async function left(child: ChildProcess): Promise<number | null> {
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  await ended;
  return child.exitCode;
}

test('it stays up, says that there is no token, and ends in order', async () => {
  const starter = new Starter(await temporaryDirectory());
  const first = await starter.up('--quiet');
  expect(await left(first.child), first.said).toBe(0);
  rmSync(join(starter.directory, 'berth', 'credentials.json'));
  const { child, said } = await starter.up('--example');
  const url = /Berth is up: (\S+) /.exec(said)?.[1] ?? '';
  expect(said).toContain(`There is no token for ${url}. (cli.no-token)`);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  expect(await left(child)).toBe(0);
}, 40_000);
