// Runs a provider's commands: words, a deadline, bounded output, and the whole process group ended when it is over.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';

/** What is being done, and for how long at most. */
export interface Bounds {
  readonly act: string;
  readonly limitMs: number;
}

const STDOUT_BYTES = 64 * 1024;
const STDERR_BYTES = 4096;
const SHOWN_CHARACTERS = 1000;
/** Between asking a command to end and ending it. */
const TERM_TO_KILL_MS = 2000;

/** One command that runs. */
interface Running {
  readonly child: ChildProcess;
  readonly stdout: Buffer[];
  /** Its end only. */
  stderr: Buffer;
  stdoutBytes: number;
  /** Why it is being ended before its own end. */
  cut: BerthError | undefined;
}

/** Runs commands and ends those that still run when it is closed. */
export class CommandRunner {
  readonly #clock: Clock;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #running = new Map<Running, Promise<unknown>>();
  #closed = false;

  constructor(clock: Clock, environment: Readonly<Record<string, string>>) {
    this.#clock = clock;
    this.#environment = environment;
  }

  /** What a command wrote to its standard output, when it ended with 0. @throws provider.unusable, provider.failed, provider.timeout */
  async run(words: readonly string[], bounds: Bounds): Promise<string> {
    if (this.#closed) throw interrupted(bounds.act);
    const running = begin(words, this.#environment);
    const ended = endOf(running, bounds);
    this.#running.set(running, ended);
    gather(running, () => this.#cut(running, tooMuch(bounds.act)));
    const seconds = Math.round(bounds.limitMs / 1000);
    const late = () => this.#cut(running, new BerthError('provider.timeout', { act: bounds.act, seconds }));
    const cancel = this.#clock.after(bounds.limitMs, late);
    try {
      return await ended;
    } finally {
      cancel();
      this.#running.delete(running);
      // What it left behind in its group would go on unseen.
      signal(running.child, 'SIGKILL');
    }
  }

  /** Ends every command that runs. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const running of this.#running.keys()) this.#cut(running, interrupted('go on'));
    await Promise.allSettled(this.#running.values());
  }

  #cut(running: Running, why: BerthError): void {
    if (running.cut) return;
    running.cut = why;
    signal(running.child, 'SIGTERM');
    const kill = this.#clock.after(TERM_TO_KILL_MS, () => {
      signal(running.child, 'SIGKILL');
      // A grandchild in another group may hold the pipes open for ever.
      running.child.stdout?.destroy();
      running.child.stderr?.destroy();
    });
    running.child.once('close', kill);
  }
}

function begin([program = '', ...words]: readonly string[], environment: Readonly<Record<string, string>>): Running {
  const child = spawn(program, words, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...environment } });
  return { child, stdout: [], stderr: Buffer.alloc(0), stdoutBytes: 0, cut: undefined };
}

function gather(running: Running, full: () => void): void {
  running.child.stdout?.on('data', (chunk: Buffer) => {
    running.stdoutBytes += chunk.length;
    if (running.stdoutBytes > STDOUT_BYTES) full();
    else running.stdout.push(chunk);
  });
  running.child.stderr?.on('data', (chunk: Buffer) => {
    running.stderr = Buffer.concat([running.stderr, chunk]).subarray(-STDERR_BYTES);
  });
}

async function endOf(running: Running, { act }: Bounds): Promise<string> {
  const [code, killedBy] = (await once(running.child, 'close').catch((cause: Error) => {
    throw new BerthError('provider.unusable', { reason: `the command to ${act} cannot be run (${cause.message})` });
  })) as [number | null, NodeJS.Signals | null];
  if (running.cut) throw running.cut;
  if (code === 0) return Buffer.concat(running.stdout).toString('utf8');
  const how = code === null ? `its command was ended by ${killedBy}` : `its command ended with ${code}`;
  const said = running.stderr.toString('utf8').trim().slice(-SHOWN_CHARACTERS);
  throw new BerthError('provider.failed', { act, words: said === '' ? how : `${how} and said: ${said}` });
}

/** The group is its own: what it started goes with it. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function tooMuch(act: string): BerthError {
  return new BerthError('provider.answer-invalid', { act, found: `more than ${STDOUT_BYTES / 1024} KiB` });
}

function interrupted(act: string): BerthError {
  return new BerthError('provider.failed', { act, words: 'the platform is ending' });
}
