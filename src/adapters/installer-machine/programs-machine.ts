// The InstallerMachine port on nothing but programs that every Debian has, run with sudo where the user is not root.
import { dirname } from 'node:path/posix';
import type { Readable } from 'node:stream';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { InstallerMachine, MachineFacts, ProgramOutcome, ProgramWish } from '../../ports/installer-machine.ts';
import { readFacts } from './facts-text.ts';
import type { ProgramRunner } from './program-runner.ts';

const ORDINARY_WITHIN_MS = 120_000;
/** A program of 200 MB over a slow line. */
const TREE_WITHIN_MS = 1_800_000;
const FILE_LIMIT_BYTES = 1024 * 1024;

type Input = string | Uint8Array | Readable;

/** One machine, as its administrator. */
export class ProgramsMachine implements InstallerMachine {
  readonly address: string;
  readonly #runner: ProgramRunner;
  readonly #clock: Clock;
  readonly #prefix: readonly string[];

  private constructor(runner: ProgramRunner, clock: Clock, prefix: readonly string[]) {
    this.address = runner.address;
    this.#runner = runner;
    this.#clock = clock;
    this.#prefix = prefix;
  }

  /** Finds out how to be the administrator. @throws initializer.step-failed when there is no way */
  static async of(runner: ProgramRunner, clock: Clock): Promise<ProgramsMachine> {
    const plain = new ProgramsMachine(runner, clock, []);
    const { output } = await plain.run(['id', '-u']);
    if (output.trim() === '0') return plain;
    const sudo = new ProgramsMachine(runner, clock, ['sudo', '-n']);
    const { status } = await sudo.run(['true']);
    if (status !== '0')
      throw plain.#failed('become root', 'the user is not root and may not use sudo without a password');
    return sudo;
  }

  run(words: readonly string[], wish: ProgramWish = {}): Promise<ProgramOutcome> {
    return this.#run(words, wish.input ?? '', wish);
  }

  async putFile(path: string, bytes: Uint8Array, mode: number): Promise<void> {
    const act = `write ${path}`;
    const fresh = `${path}.fresh`;
    await this.#must(act, ['mkdir', '-p', dirname(path)]);
    // Empty, with its mode, before anything is in it.
    await this.#must(act, ['install', '-m', mode.toString(8).padStart(4, '0'), '/dev/null', fresh]);
    await this.#must(act, ['dd', `of=${fresh}`, 'conv=fsync', 'status=none'], bytes);
    await this.#must(act, ['mv', '-f', '-T', fresh, path]);
  }

  async readFile(path: string): Promise<Buffer | undefined> {
    const { status, output } = await this.run(['stat', '-L', '-c', '%s', path]);
    if (status !== '0') return undefined;
    const size = Number(output.trim());
    if (size > FILE_LIMIT_BYTES) throw this.#failed(`read ${path}`, `it is larger than ${FILE_LIMIT_BYTES} bytes`);
    // As text, since what a program prints is text: bytes that are not would be changed on the way.
    return Buffer.from(await this.#must(`read ${path}`, ['base64', '-w', '0', path]), 'base64');
  }

  async putTree(directory: string, packed: Readable): Promise<void> {
    const act = `unpack to ${directory}`;
    const fresh = `${directory}.fresh`;
    await this.#must(act, ['rm', '-rf', fresh]);
    await this.#must(act, ['mkdir', '-p', fresh]);
    const words = ['tar', '--extract', '--gzip', '--no-same-owner', '--same-permissions', `--directory=${fresh}`];
    await this.#must(act, words, packed);
    await this.#must(act, ['mv', '-T', fresh, directory]);
  }

  async facts(): Promise<MachineFacts> {
    const say = async (...words: readonly string[]) => (await this.run(words)).output;
    const before = this.#clock.now();
    const date = await say('date', '+%s.%N');
    const askedAt = (before + this.#clock.now()) / 2;
    return readFacts({
      ...{ date, askedAt },
      osRelease: await say('cat', '/etc/os-release'),
      uname: await say('uname', '-m'),
      df: await say('df', '-P', '-k', '/opt', '/var/lib'),
      meminfo: await say('cat', '/proc/meminfo'),
      tcp: await say('cat', '/proc/net/tcp', '/proc/net/tcp6'),
      // Its documented test (sd_booted(3)).
      hasSystemd: (await this.run(['test', '-d', '/run/systemd/system'])).status === '0',
    });
  }

  close(): Promise<void> {
    return this.#runner.close();
  }

  async #must(act: string, words: readonly string[], input: Input = ''): Promise<string> {
    const { status, output, complaint } = await this.#run(words, input, { withinMs: TREE_WITHIN_MS });
    if (status !== '0') throw this.#failed(act, complaint.split('\n').at(-1) || `${words[0]} ended with ${status}`);
    return output;
  }

  async #run(words: readonly string[], input: Input, { onLine, withinMs }: ProgramWish): Promise<ProgramOutcome> {
    const own = new AbortController();
    const delayMs = withinMs ?? ORDINARY_WITHIN_MS;
    const late = { machine: this.address, seconds: delayMs / 1000, act: words[0] ?? '' };
    const cancel = this.#clock.after(delayMs, () => own.abort(new BerthError('initializer.machine-timeout', late)));
    try {
      const run = { input, onLine: onLine ?? (() => undefined), signal: own.signal };
      return await this.#runner.run([...this.#prefix, ...words], run);
    } finally {
      cancel();
    }
  }

  #failed(act: string, reason: string): BerthError {
    return new BerthError('initializer.step-failed', { machine: this.address, act, reason });
  }
}
