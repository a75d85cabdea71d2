// A process of the bench's own that is told what to do by lines of JSON and answers each with one.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { BERTH_FLAGS } from './berth-flags.ts';

/** A child that runs, until `end`. */
export class ToldChild {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #name: string;

  private constructor(name: string, child: ChildProcess, answers: AsyncIterator<string>) {
    this.#name = name;
    this.#child = child;
    this.#answers = answers;
  }

  /** Starts a script with its one argument; resolves when it has answered for the first time. */
  static async start(script: string, argument: object, withinMs: number): Promise<ToldChild> {
    const child = spawn(process.execPath, [...BERTH_FLAGS, script, JSON.stringify(argument)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      timeout: withinMs,
    });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const told = new ToldChild(script, child, answers);
    await told.#next();
    return told;
  }

  /** Tells it one thing; resolves to its answer. */
  ask<Answer>(command: object): Promise<Answer> {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
    return this.#next<Answer>();
  }

  /** Ends it in order. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }

  async #next<Answer>(): Promise<Answer> {
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error(`${this.#name} ended before it answered`);
    return JSON.parse(value) as Answer;
  }
}
