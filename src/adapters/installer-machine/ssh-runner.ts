// Programs of a machine over an SSH connection that somebody opened.
import type { Client, ClientChannel } from 'ssh2';
import { BerthError } from '../../model/errors.ts';
import type { ProgramOutcome } from '../../ports/installer-machine.ts';
import { quoteWords } from '../../ports/quote-words.ts';
import { feed } from './feed.ts';
import { gatheredOutput } from './gathered-output.ts';
import type { ProgramRun, ProgramRunner } from './program-runner.ts';

/** The programs of one machine; the connection is ended with it. */
export class SshRunner implements ProgramRunner {
  readonly address: string;
  readonly #client: Client;
  readonly #gone = new AbortController();

  constructor(client: Client, address: string) {
    this.address = address;
    this.#client = client;
    client.on('error', (error) => this.#gone.abort(error.message));
    client.on('close', () => this.#gone.abort('it was closed'));
  }

  async run(words: readonly string[], run: ProgramRun): Promise<ProgramOutcome> {
    run.signal.throwIfAborted();
    const { channel, ended } = await this.#begin(words, run);
    let abort = () => {};
    // The program may live on at the other end: nobody waits for the channel's own end.
    const aborted = new Promise<never>((_, reject) => {
      abort = () => reject(run.signal.reason);
      run.signal.addEventListener('abort', abort, { once: true });
    });
    try {
      const [outcome] = await Promise.race([Promise.all([ended, feed(run.input, channel)]), aborted]);
      if (this.#gone.signal.aborted) throw this.#lost(words, String(this.#gone.signal.reason));
      return outcome;
    } finally {
      run.signal.removeEventListener('abort', abort);
      channel.destroy();
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#gone.signal.aborted) resolve();
      this.#client.once('close', () => resolve());
      this.#client.end();
    });
  }

  #begin(
    words: readonly string[],
    { onLine }: ProgramRun,
  ): Promise<{ channel: ClientChannel; ended: Promise<ProgramOutcome> }> {
    const line = quoteWords(words);
    return new Promise((resolve, reject) => {
      if (this.#gone.signal.aborted) reject(this.#lost(words, String(this.#gone.signal.reason)));
      else
        this.#client.exec(line, (error, channel) => {
          if (error) reject(this.#lost(words, error.message));
          // Listened to at once: a short program's end may lie in the same packet as its beginning.
          else resolve({ channel, ended: endOf(channel, onLine) });
        });
    });
  }

  #lost([program = '']: readonly string[], reason: string): BerthError {
    return new BerthError('initializer.machine-disconnected', { machine: this.address, act: program, reason });
  }
}

function endOf(channel: ClientChannel, onLine: (line: string) => void): Promise<ProgramOutcome> {
  const output = gatheredOutput(channel, onLine);
  const complaint = gatheredOutput(channel.stderr, onLine);
  let status = 'unknown';
  channel.on('exit', (code: number | null, name?: string) => {
    status = String(code ?? name);
  });
  return new Promise((resolve) => {
    channel.on('close', () => resolve({ status, output: output(), complaint: complaint().trim() }));
  });
}
