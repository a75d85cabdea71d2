// A platform that dies where it is told and is started again each time, as a supervisor would; whoever asks it something asks until it
// is answered.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AnsweredError, ApiClient } from '../../../src/cli/api-client.ts';
import { cachePath } from '../../world/directories.ts';
import { type Fault, faultInWords } from './fault.ts';

/** What it is started with. */
export interface MortalParts {
  readonly directory: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Where its processes die, one after another; the process after the last one lives. */
  readonly faults: readonly Fault[];
}

const ROOT = join(import.meta.dirname, '..', '..', '..');
const NODE = join(ROOT, 'node_modules', '.bin', 'node');
const PROGRAM = join(import.meta.dirname, 'faulty-berth.ts');
const UP_WITHIN_MS = 120_000;
const ASK_AGAIN_MS = 100;

/** From `start` to `end`, through all its deaths. */
export class MortalPlatform {
  readonly #parts: MortalParts;
  readonly #reached: Fault[] = [];
  #child: ChildProcess | undefined;
  #up: Promise<ApiClient> | undefined;
  #output = '';
  #told = '';
  #isOver = false;
  #failure: Error | undefined;

  constructor(parts: MortalParts) {
    this.#parts = parts;
  }

  /** Starts the first process. */
  start(): void {
    const fault = this.#parts.faults[this.#reached.length];
    const child = spawn(NODE, ['--disable-warning=ExperimentalWarning', PROGRAM, ...this.#words(fault)], {
      env: { ...process.env, NODE_COMPILE_CACHE: cachePath('compiled'), ...this.#parts.settings },
      // It ends when its input does: so no platform outlives a run of tests that is broken off.
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#told = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (child === this.#child) this.#told += chunk.toString();
    });
    this.#up = this.#whenUp(child);
    this.#up.catch(() => {});
    child.stderr.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    child.once('exit', (code, signal) => this.#afterEnd(fault, code, signal));
  }

  /** The faults at which it has died. */
  get reached(): readonly Fault[] {
    return this.#reached;
  }

  /** Names of all places that its processes have passed. */
  trace(): string[] {
    const path = this.#path('trace');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  }

  /** Whether the process that runs now has made, or found, the base image. */
  get hasBase(): boolean {
    return this.#told.includes('ready\n');
  }

  /** Asks until it is answered; a refusal is an answer. */
  async ask<T>(question: (client: ApiClient) => Promise<T>): Promise<T> {
    const deadline = performance.now() + UP_WITHIN_MS;
    for (;;) {
      if (this.#failure) throw this.#failure;
      try {
        return await question((await this.#up) ?? never());
      } catch (error) {
        if (error instanceof AnsweredError && error.status < 500) throw error;
        if (performance.now() > deadline) throw new Error(`no answer: ${String(error)}; ${this.story()}`);
        await pause(ASK_AGAIN_MS);
      }
    }
  }

  /** Asks until the answer fits. */
  async until<T>(
    what: string,
    withinMs: number,
    question: (client: ApiClient) => Promise<T | undefined>,
    fits: (answer: T) => boolean = () => true,
  ): Promise<T> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const answer = await this.ask(question);
      if (answer !== undefined && fits(answer)) return answer;
      if (performance.now() > deadline)
        throw new Error(`waited ${withinMs} ms for ${what}; last: ${JSON.stringify(answer)}; ${this.story()}`);
      await pause(ASK_AGAIN_MS);
    }
  }

  /** What became of it, for whoever looks for the cause of a failure. */
  story(): string {
    const deaths = this.#reached.map(faultInWords).join(', then ');
    return `died at [${deaths}] in ${this.#parts.directory}; last places: ${this.trace().slice(-8).join(' | ')}${this.#output.slice(-2000)}`;
  }

  /** Ends it for good. */
  async end(): Promise<void> {
    this.#isOver = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  #words(fault: Fault | undefined): string[] {
    const files = [`--trace=${this.#path('trace')}`, `--credentials=${this.#path('credentials.json')}`];
    if (!fault) return files;
    const passed = this.trace().filter((place) => place === fault.place).length;
    const passing = Math.max(1, fault.passing - passed);
    return [...files, `--place=${fault.place}`, `--passing=${passing}`, `--after=${fault.afterMs}`];
  }

  async #whenUp(child: ChildProcess): Promise<ApiClient> {
    const leave = new AbortController();
    const ended = once(child, 'exit', leave).then(() => Promise.reject(new Error('it ended before it was up')));
    ended.catch(() => {});
    while (!this.#told.includes('\n')) await Promise.race([once(child.stdout ?? child, 'data', leave), ended]);
    leave.abort();
    return new ApiClient(JSON.parse(readFileSync(this.#path('credentials.json'), 'utf8')) as Credentials);
  }

  #afterEnd(fault: Fault | undefined, code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#isOver) return;
    if (fault && signal === 'SIGKILL') {
      this.#reached.push(fault);
      this.start();
    } else this.#failure = new Error(`it ended by itself with ${signal ?? code}: ${this.#output.slice(-4000)}`);
  }

  #path(name: string): string {
    return join(this.#parts.directory, name);
  }
}

interface Credentials {
  readonly url: string;
  readonly token: string;
}

function never(): never {
  throw new Error('it was not started');
}
