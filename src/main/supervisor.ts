// Keeps the components of this machine running, where nothing else does: starts those that files describe, looks whether their loops turn,
// and starts again what ended or is blocked. Its components outlive it, and its successor takes them over.
import { statSync, truncateSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { markOf } from '../adapters/child-processes/process-mark.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type ComponentFiles, readComponentFiles } from './component-files.ts';
import { type ChildParts, SupervisedChild } from './supervised-child.ts';
import type { SupervisorFiles } from './supervisor-files.ts';

/** What a supervisor is built with. */
export interface SupervisorParts {
  readonly directory: string;
  readonly files: SupervisorFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly environment: Readonly<Record<string, string>>;
  /** Of a component whose file names no command. */
  readonly words: readonly string[];
  /** With which this supervisor was started, for those that start its successor. */
  readonly ownWords: readonly string[];
}

const TICK_MS = 250;
/** Ticks further apart than this are our own stall: in such time nobody is held to be blocked. */
const STALL_MS = 1000;
const READ_EVERY_MS = 2000;
const TURN_EVERY_MS = 5000;
const LOGS_EVERY_MS = 60_000;
const LONGEST_LOG_BYTES = 32 * 1024 * 1024;

/** A supervisor. */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #children = new Map<string, SupervisedChild>();
  readonly #due = new Map<string, number>();
  #problems = '';
  #turn = 0;
  #rereads = true;
  #wakeUp: () => void = () => undefined;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
  }

  /** Reads the files again soon. */
  reread(): void {
    this.#rereads = true;
    this.#wakeUp();
  }

  /** Runs until it is told to leave; then ends the components one after the other, the last one first. @throws supervise.directory-unreadable */
  async run(leave: AbortSignal): Promise<void> {
    const { files, clock, ownWords, environment, directory } = this.#parts;
    await readComponentFiles(directory);
    const self = markOf(process.pid) ?? { pid: process.pid, start: '' };
    await files.writeSupervisor({ ...self, words: [...ownWords], environment: { ...environment } });
    for (const name of await files.runningNames()) await this.#childOf(name).adopt();
    leave.addEventListener('abort', () => this.#wakeUp(), { once: true });
    let lastMs = clock.monotonic();
    while (!leave.aborted) {
      const nowMs = clock.monotonic();
      await this.#tick(nowMs, onTimeMs(nowMs - lastMs));
      lastMs = nowMs;
      await this.#rest();
    }
    for (const child of [...this.#children.values()].reverse()) await this.#end(child);
  }

  async #tick(nowMs: number, onTime: number): Promise<void> {
    await this.#showTurn(nowMs);
    if (this.#isDue('read', READ_EVERY_MS, nowMs) || this.#rereads) await this.#tried(() => this.#read());
    if (this.#isDue('logs', LOGS_EVERY_MS, nowMs)) await this.#tried(() => this.#cutLogs());
    for (const child of this.#children.values()) {
      await this.#tried(async () => {
        if (!(await child.look({ nowMs, onTimeMs: onTime }))) this.#children.delete(child.name);
      });
    }
  }

  /** For components, which bring back a supervisor that does not go on: also while it waits for one of them to end. */
  async #showTurn(nowMs: number): Promise<void> {
    if (this.#isDue('turn', TURN_EVERY_MS, nowMs)) await this.#tried(() => this.#parts.files.writeTurn(++this.#turn));
  }

  /** A disk that is full must not end what keeps everything else running. */
  async #tried(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#parts.log.error('The supervisor could not do all that it should; it tries again', { error });
    }
  }

  #isDue(what: string, everyMs: number, nowMs: number): boolean {
    if (nowMs < (this.#due.get(what) ?? 0)) return false;
    this.#due.set(what, nowMs + everyMs);
    return true;
  }

  async #read(): Promise<void> {
    this.#rereads = false;
    const read = await readComponentFiles(this.#parts.directory);
    await this.#tellProblems(read);
    const names = new Set(read.files.map(({ name }) => name));
    for (const file of read.files) this.#childOf(file.name).want(file);
    // While a file cannot be read, nobody knows whose it is: nothing is ended.
    if (read.problems.length > 0) return;
    for (const child of this.#children.values()) if (!names.has(child.name)) child.want(null);
  }

  async #tellProblems({ problems }: ComponentFiles): Promise<void> {
    const text = JSON.stringify(problems);
    if (text === this.#problems) return;
    this.#problems = text;
    if (problems.length > 0) this.#parts.log.error('Files of components cannot be read', { problems });
    await this.#parts.files.writeStatus('supervisor', {
      pid: process.pid,
      problems,
      writtenAt: this.#parts.clock.now(),
    });
  }

  #childOf(name: string): SupervisedChild {
    const known = this.#children.get(name);
    if (known) return known;
    const parts: ChildParts = this.#parts;
    const child = new SupervisedChild(name, parts);
    this.#children.set(name, child);
    return child;
  }

  async #end(child: SupervisedChild): Promise<void> {
    child.want(null);
    let isLeft = true;
    while (isLeft) {
      await this.#showTurn(this.#parts.clock.monotonic());
      await this.#tried(async () => {
        isLeft = await child.look({ nowMs: this.#parts.clock.monotonic(), onTimeMs: 0 });
      });
      if (isLeft) await this.#rest();
    }
  }

  /** Their writers append, so that a file which was cut goes on from its beginning. */
  async #cutLogs(): Promise<void> {
    const { files } = this.#parts;
    for (const name of ['supervisor', ...this.#children.keys()]) {
      const path = files.logPath(name);
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < LONGEST_LOG_BYTES) continue;
      await copyFile(path, `${path}.1`);
      truncateSync(path);
    }
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(TICK_MS, resolve);
      this.#wakeUp = () => {
        cancel();
        resolve();
      };
    });
  }
}

function onTimeMs(gapMs: number): number {
  return gapMs > STALL_MS ? 0 : gapMs;
}
