// The part of a simulated launcher that keeps the lease of a task which has to run exactly once, as the real one does: it asks before
// anything runs, counts from when it asked, asks again every third of the lease's length, and ends the algorithm when the lease runs out.
import type { LeaseAnswer } from './lease-call.ts';

/** What a launcher's machine does for it. Times are milliseconds of the world; a frozen machine does nothing until it thaws. */
export interface LeaseSurroundings {
  readonly now: () => number;
  /** Something happens after a time, unless the container has ended by then. */
  readonly later: (delayMs: number, act: () => void) => void;
  /** Sends the question to the platform; the answer may never come. */
  readonly ask: (answer: (answer: LeaseAnswer) => void) => void;
  /** The algorithm may begin. */
  readonly begin: () => void;
  /** The algorithm is to end, at the latest after that time. */
  readonly fence: (withinMs: number) => void;
}

const FIRST_ANSWER_MS = 5000;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1000;

/** One task's lease, as its launcher knows it. */
export class SimLease {
  readonly #around: LeaseSurroundings;
  readonly #graceMs: number;
  /** Nothing was given yet. */
  #untilMs: number | undefined;
  #state: 'waiting' | 'running' | 'ending' = 'waiting';
  #pauseMs = FIRST_RETRY_MS;
  #answerMs = FIRST_ANSWER_MS;

  constructor(around: LeaseSurroundings, graceMs: number) {
    this.#around = around;
    this.#graceMs = graceMs;
  }

  /** Asks, and asks again for as long as the container runs. */
  keep(): void {
    if (this.#state === 'ending') return;
    const sentMs = this.#around.now();
    let isOpen = true;
    const settle = (answer: LeaseAnswer) => {
      if (!isOpen) return;
      isOpen = false;
      this.#take(answer, sentMs);
    };
    this.#around.ask(settle);
    this.#around.later(this.#answerMs, () => settle({ is: 'failed' }));
  }

  #take(answer: LeaseAnswer, sentMs: number): void {
    if (answer.is === 'refused') this.#end();
    else if (answer.is === 'given') this.#extend(sentMs, answer.leaseMs);
    else {
      this.#around.later(this.#pauseMs, () => this.keep());
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_RETRY_MS);
    }
  }

  #extend(sentMs: number, leaseMs: number): void {
    const now = this.#around.now();
    const untilMs = Math.max(this.#untilMs ?? 0, sentMs + leaseMs);
    this.#untilMs = untilMs;
    this.#pauseMs = FIRST_RETRY_MS;
    this.#answerMs = Math.min(FIRST_ANSWER_MS, leaseMs / 3);
    this.#around.later(Math.max(FIRST_RETRY_MS, sentMs + leaseMs / 3 - now), () => this.keep());
    this.#around.later(untilMs - now, () => this.#endIfOver());
    if (this.#state !== 'waiting' || now >= untilMs) return;
    this.#state = 'running';
    this.#around.begin();
  }

  #endIfOver(): void {
    if (this.#state === 'running' && this.#around.now() >= (this.#untilMs ?? 0)) this.#end();
  }

  /** Never later than the grace time after the lease: a machine that was frozen may have missed the lease's end. */
  #end(): void {
    if (this.#state === 'ending') return;
    this.#state = 'ending';
    const now = this.#around.now();
    const lastMs = Math.min(now, this.#untilMs ?? now) + this.#graceMs;
    this.#around.fence(Math.max(0, lastMs - now));
  }
}
