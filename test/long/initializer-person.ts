// A person with a machines file, a copy of the program that nobody changes meanwhile, and a directory of their own for what the command keeps.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Installation } from '../reality/machines/installation.ts';
import { type Finished, run } from '../world/command.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';

const BERTH = join(import.meta.dirname, '..', '..', 'bin', 'berth');

/** A command that runs, and what it has said so far. */
export interface RunningCommand {
  readonly child: ChildProcess;
  said(): string;
  /** How it ended: the exit code, or the signal's name. */
  readonly ended: Promise<string>;
}

/** Calls `berth platform`, and leaves it at times. */
export class InitializerPerson extends Installation {
  /** Writes the machines file. */
  write(...lines: readonly string[]): void {
    writeFileSync(this.machines, ['platform: lab', ...lines, ''].join('\n'));
  }

  /** Runs another command of the program, with a token for the platform. */
  ask(url: string, token: string, ...words: readonly string[]): Promise<Finished> {
    const own = [`XDG_CONFIG_HOME=${join(this.directory, 'config')}`, `BERTH_TOKEN=${token}`];
    return run(['env', ...own, BERTH, '--json', '--url', url, ...words]);
  }

  /** Starts a command, to be interrupted. */
  begin(verb: string): RunningCommand {
    const own = `XDG_CACHE_HOME=${join(this.directory, 'cache')}`;
    const words = [own, BERTH, 'platform', verb, this.machines, '--program', this.program];
    const child = spawn('env', words, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
    const ended = once(child, 'close').then(([code, signal]) => String(code ?? signal));
    return { child, said: () => said, ended };
  }

  /** Sends a signal as soon as a command has said something; resolves to its end. */
  async interrupt({ child, said, ended }: RunningCommand, at: RegExp, signal: 'SIGINT' | 'SIGKILL'): Promise<string> {
    await until(`${at}`, 180_000, () => {
      if (at.test(said())) return 'said';
      return child.exitCode === null && child.signalCode === null ? undefined : 'ended';
    });
    if (!at.test(said())) throw new Error(`it ended before ${at}: ${said()}`);
    child.kill(signal);
    return ended;
  }
}

/** A machine of the file: how the person reaches it. */
export function machineLine(
  name: string,
  { address, identityPath, hostKeyLine }: Pick<Server, 'address' | 'identityPath' | 'hostKeyLine'>,
  more: Readonly<Record<string, string>> = {},
): string {
  const given = { name, host: address, identity: identityPath, hostKey: `'${hostKeyLine}'`, ...more };
  const pairs = Object.entries(given).map(([key, value]) => `${key}: ${value}`);
  return `  - { ${pairs.join(', ')} }`;
}

/** What a command that succeeded told with --json. */
export function json<T>({ code, stdout, stderr }: Finished): T {
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

/** Nothing is run on the platform of these tests: a base that is given spares the machines from making one. */
export const SMALL = ['settings: { BERTH_BASE_TAR: /given/base.tar }', 'least: { diskGb: 1, memoryGb: 2 }'];

/** Paths at which nothing of the initializer may be left. */
export const OURS = ['/opt/berth', '/etc/berth', '/etc/rc.local', '/etc/cron.d/berth', '/var/lib/berth'];
