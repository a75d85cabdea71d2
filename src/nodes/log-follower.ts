// Follows the log of one running container over one connection. It ends with the container, or with the connection; then whoever
// holds it makes a new one, and `copyLog` goes on where the last ended.
import { backoffMs } from '../engine/backoff.ts';
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Machine } from '../ports/machine.ts';
import { StoreConflict } from '../ports/store.ts';
import { copyLog } from './log-copy.ts';
import type { LogTail } from './log-tail.ts';
import { sessionPause } from './session-pause.ts';

/** `ended`: the container ended and its log was read to the end. `broken`: anything else. */
export type FollowEnd = 'ended' | 'broken';

/** What a follower needs. */
export interface LogFollowerParts {
  readonly clock: Clock;
  readonly log: Log;
  /** The end of the follower before this one: two must not add to one tail. */
  readonly before: Promise<FollowEnd> | undefined;
}

/** Waits after failures in a row. */
const BACKOFF = { firstMs: 250, maxMs: 10_000 };

/** After these nothing more comes over this connection. */
const FOR_GOOD: ReadonlySet<string> = new Set(['machine.disconnected', 'machine.no-container']);

/** Follows one log until its container ends, the connection is lost, or it is stopped. */
export class LogFollower {
  readonly machine: Machine;
  readonly ended: Promise<FollowEnd>;
  readonly #tail: LogTail;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #stop = new AbortController();
  #end: FollowEnd | undefined;
  /** The log came to its end, although the container seemed to run on: an engine tells of the two at different moments. */
  #complete = false;

  constructor(tail: LogTail, machine: Machine, parts: LogFollowerParts) {
    this.#tail = tail;
    this.machine = machine;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.ended = this.#run(parts.before).then((end) => {
      this.#end = end;
      return end;
    });
  }

  /** How it ended, if it has. */
  get end(): FollowEnd | undefined {
    return this.#end;
  }

  /**
   * Lets the log come to its own end, and cuts it off when nothing has come for `patienceMs`. For when the container has ended: what its
   * engine still has of the log is much after a flood, but not without end.
   */
  async finish(patienceMs: number): Promise<FollowEnd> {
    for (let before = -1; this.#end === undefined && this.#tail.added > before && !this.#stop.signal.aborted; ) {
      before = this.#tail.added;
      await Promise.race([this.ended, sessionPause(this.#clock, patienceMs, this.#stop.signal)]);
    }
    return this.stop();
  }

  /** Cuts it off. */
  stop(): Promise<FollowEnd> {
    this.#stop.abort();
    return this.ended;
  }

  async #run(before: Promise<unknown> | undefined): Promise<FollowEnd> {
    await before;
    for (let failures = 1; !this.#stop.signal.aborted; failures++) {
      const end = await this.#followOnce();
      if (end !== 'again') return end;
      await sessionPause(this.#clock, backoffMs(failures, BACKOFF, 0), this.#stop.signal);
    }
    return this.#complete ? 'ended' : 'broken';
  }

  async #followOnce(): Promise<FollowEnd | 'again'> {
    try {
      const { signal } = this.#stop;
      await copyLog(this.#tail, this.machine, { follow: true, signal, flush: () => this.#flush() });
      if (signal.aborted) return 'broken';
      this.#complete = true;
      return (await this.#containerRuns()) ? 'again' : 'ended';
    } catch (error) {
      return this.#afterError(error);
    }
  }

  async #containerRuns(): Promise<boolean> {
    const view = await this.machine.inspectContainer(this.#tail.task);
    return view !== undefined && ['created', 'running', 'paused', 'restarting'].includes(view.state);
  }

  #afterError(error: unknown): FollowEnd | 'again' {
    if (this.#complete && error instanceof BerthError && error.code === 'machine.no-container') return 'ended';
    this.#complete = false;
    if (this.#stop.signal.aborted) return 'broken';
    if (error instanceof BerthError && FOR_GOOD.has(error.code)) return 'broken';
    this.#log.info('Following a log broke off and is taken up again', { task: this.#tail.task, error });
    return 'again';
  }

  /** While the store cannot be written, nothing more is read: Docker keeps it. */
  async #flush(): Promise<void> {
    for (let failures = 1; ; failures++) {
      try {
        return await this.#tail.flush();
      } catch (error) {
        if (error instanceof StoreConflict || this.#stop.signal.aborted) throw error;
        this.#log.warn('A log could not be stored and is tried again', { task: this.#tail.task, error });
        await sessionPause(this.#clock, backoffMs(failures, BACKOFF, 0), this.#stop.signal);
      }
    }
  }
}
