// A server program of the tests' own: what it says goes into a file, and it ends with the process that started it, however that ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { until } from './until.ts';

/** Which program, and how it is known that it serves. */
export interface OwnProgram {
  readonly what: string;
  readonly argv: readonly string[];
  readonly logPath: string;
  readonly withinMs: number;
  readonly answers: () => Promise<boolean>;
}

const LAST_CHARACTERS = 2000;

/** A program that runs. */
export class OwnProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when it answers. */
  static async start({ what, argv, logPath, withinMs, answers }: OwnProgram): Promise<OwnProcess> {
    const log = openSync(logPath, 'a');
    const [program = '', ...words] = ['setpriv', '--pdeathsig', 'KILL', ...argv];
    const child = spawn(program, words, { stdio: ['ignore', log, log] });
    closeSync(log);
    await until(`${what} to answer`, withinMs, async () => {
      if (child.exitCode !== null) throw new Error(readFileSync(logPath, 'utf8').slice(-LAST_CHARACTERS));
      return (await answers()) || undefined;
    });
    return new OwnProcess(child);
  }

  /** Sends it a signal that it outlives. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves when it has ended. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}
