// A component's side of its supervisor: its main loop beats, and it looks whether the supervisor is still there. So each of the two brings
// the other one back.
import { fstatSync } from 'node:fs';
import { join } from 'node:path';
import { beatOnce } from '../adapters/child-processes/beat-pipe.ts';
import { startChild } from '../adapters/child-processes/child-processes.ts';
import { signalTo } from '../adapters/child-processes/process-mark.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { readSupervisor, readTurn } from './supervisor-files.ts';

/** What a component knows of its supervisor. */
export interface BeatParts {
  /** File descriptor on which it beats. */
  readonly fd: number;
  /** Directory of what the supervisor runs. */
  readonly run: string;
  readonly clock: Clock;
  readonly log: Log;
}

const EVERY_MS = 1000;
/** Beats further apart than this are our own stall, which says nothing of the supervisor. */
const STALL_MS = 3000;
/** Beats in a row that nobody read before the supervisor is started again; whoever else starts it has as long. */
const UNREAD_BEATS = 3;
/** A supervisor that did not go on for so long, while we did, is blocked: it turns every 5 seconds. */
const BLOCKED_AFTER_MS = 30_000;

/** Beats until it is closed. */
export class Beat {
  readonly #parts: BeatParts;
  #timer: Cancel;
  #beatMs: number;
  #unread = 0;
  #turn: number | undefined;
  #sameTurnMs = 0;
  #isClosed = false;

  constructor(parts: BeatParts) {
    this.#parts = parts;
    this.#beatMs = parts.clock.monotonic();
    this.#timer = parts.clock.after(0, () => this.#beat());
  }

  /** Beats no more. */
  close(): void {
    this.#isClosed = true;
    this.#timer();
  }

  #beat(): void {
    const { fd, clock, log } = this.#parts;
    const nowMs = clock.monotonic();
    const gapMs = nowMs - this.#beatMs;
    this.#beatMs = nowMs;
    this.#unread = beatOnce(fd) === 'unread' ? this.#unread + 1 : 0;
    this.#lookBack(gapMs)
      .catch((error: unknown) => log.warn('The supervisor could not be looked at', { error }))
      .finally(() => {
        if (!this.#isClosed) this.#timer = clock.after(EVERY_MS, () => this.#beat());
      });
  }

  async #lookBack(gapMs: number): Promise<void> {
    const { run, log } = this.#parts;
    if (this.#unread > 0 && this.#unread % UNREAD_BEATS === 0) await this.#startSupervisor();
    if (this.#unread > 0 || gapMs > STALL_MS) return;
    const turn = await readTurn(run);
    this.#sameTurnMs = turn === this.#turn ? this.#sameTurnMs + gapMs : 0;
    this.#turn = turn;
    if (this.#sameTurnMs < BLOCKED_AFTER_MS) return;
    this.#sameTurnMs = 0;
    const blocked = await readSupervisor(run);
    if (!blocked) return;
    log.error('The supervisor of this machine is blocked and is killed', { pid: blocked.pid });
    signalTo(blocked, 'SIGKILL');
  }

  /** Its lock lets only one of all that are started run. */
  async #startSupervisor(): Promise<void> {
    const { run, log } = this.#parts;
    const former = await readSupervisor(run);
    if (!former) return;
    const logPath = join(run, '..', 'logs', 'supervisor.log');
    const { words, environment } = former;
    const { mark } = await startChild({ words, environment, logPath, beatPath: null });
    log.warn('The supervisor of this machine was gone and is started again', { pid: mark.pid });
  }
}

/** The beat of a process that a supervisor started; undefined: none did. */
export function beatFor(
  environment: Readonly<Record<string, string | undefined>>,
  around: Pick<BeatParts, 'clock' | 'log'>,
): Beat | undefined {
  const { BERTH_BEAT_FD, BERTH_SUPERVISOR_RUN } = environment;
  const fd = Number(BERTH_BEAT_FD);
  if (!BERTH_SUPERVISOR_RUN || !Number.isInteger(fd) || !isPipe(fd)) return undefined;
  return new Beat({ fd, run: BERTH_SUPERVISOR_RUN, ...around });
}

/** What only inherited the variables has something else there. */
function isPipe(fd: number): boolean {
  try {
    return fstatSync(fd).isFIFO();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EBADF') return false;
    throw error;
  }
}
