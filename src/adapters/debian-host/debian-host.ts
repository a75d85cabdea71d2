// The Host port on Debian and its relatives: apt for packages, systemd or a process of our own for the engine.

import { access, constants, readFile, statfs } from 'node:fs/promises';
import { request } from 'node:http';
import { delimiter, join } from 'node:path';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Host } from '../../ports/host.ts';
import { ENGINE_LOG, engineStart, keepContainersOverRestarts, startDetached } from './engine-start.ts';
import { runProgram } from './run-program.ts';

const ENGINE_READY_MS = 60_000;
const ASK_EVERY_MS = 200;
const ASK_TIMEOUT_MS = 5000;

/** A Debian machine. */
export class DebianHost implements Host {
  readonly #clock: Clock;
  readonly #environment: Readonly<Record<string, string>>;

  constructor(clock: Clock, environment: Readonly<Record<string, string | undefined>>) {
    this.#clock = clock;
    const given = Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
    this.#environment = Object.fromEntries(given);
  }

  mayInstall(): boolean {
    return process.getuid?.() === 0;
  }

  async system(): Promise<{ readonly name: string; readonly debian: boolean }> {
    const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
    const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
    const debian = field('ID') === 'debian' || field('ID_LIKE').split(' ').includes('debian');
    return { name: field('PRETTY_NAME') || 'an unknown system', debian };
  }

  async missingPrograms(programs: readonly string[]): Promise<readonly string[]> {
    const found = await Promise.all(programs.map((program) => this.#isThere(program)));
    return programs.filter((_, index) => !found[index]);
  }

  async installPackages(packages: readonly string[], onLine: (line: string) => void): Promise<void> {
    const environment = { ...this.#environment, DEBIAN_FRONTEND: 'noninteractive' };
    for (const words of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
      const { code, lastLines } = await runProgram('apt-get', words, environment, onLine);
      if (code !== 0)
        throw new BerthError('platform.install-failed', {
          packages: packages.join(' '),
          detail: lastLines.at(-1) ?? `apt-get ended with ${code}`,
        });
    }
  }

  engineVersion(socketPath: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      const ask = request({ socketPath, path: '/version', timeout: ASK_TIMEOUT_MS }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => resolve(versionIn(Buffer.concat(chunks).toString())));
      });
      ask.on('timeout', () => ask.destroy());
      // That nobody answers is the answer; why is found out by whoever then starts an engine.
      ask.on('error', () => resolve(undefined));
      ask.end();
    });
  }

  async startEngine(socketPath: string): Promise<void> {
    const start = engineStart(socketPath);
    await keepContainersOverRestarts();
    if (start.kind === 'process') await startDetached(start.words, this.#environment);
    else await this.#startUnit(start.words);
    const until = this.#clock.monotonic() + ENGINE_READY_MS;
    while (!(await this.engineVersion(socketPath))) {
      if (this.#clock.monotonic() > until)
        throw new BerthError('platform.engine-failed', {
          detail: `it did not answer at ${socketPath} within ${ENGINE_READY_MS / 1000} s`,
          log: ENGINE_LOG,
        });
      await new Promise<void>((resolve) => this.#clock.after(ASK_EVERY_MS, resolve));
    }
  }

  async freeBytes(directory: string): Promise<number> {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  }

  async #startUnit([program = '', ...words]: readonly string[]): Promise<void> {
    const { code, lastLines } = await runProgram(program, words, this.#environment, () => undefined);
    if (code !== 0)
      throw new BerthError('platform.engine-failed', {
        detail: lastLines.at(-1) ?? `${program} ended with ${code}`,
        log: 'journalctl -u docker',
      });
  }

  async #isThere(program: string): Promise<boolean> {
    const directories = [...(this.#environment.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
    const found = await Promise.all(directories.map((directory) => isExecutable(join(directory, program))));
    return found.includes(true);
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function versionIn(text: string): string | undefined {
  const answer: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
  const version = typeof answer === 'object' && answer !== null && 'Version' in answer ? answer.Version : undefined;
  return typeof version === 'string' ? version : undefined;
}
