// Who appended readings is answered when those who follow can come by them: not before what other processes have taken in front of them is
// written. So whoever tells others that there are readings tells them nothing that they would look for in vain.
import type { KeptReading } from '../../model/sensor.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { SequenceBook } from './sequence-book.ts';

const LOOK_EVERY_MS = 20;
/** Longer than a dead process holds others up; the readings are durable, so whoever waits is answered then in any case. */
const LONGEST_WAIT_MS = 30_000;
/** Groups that are written and not answered. */
const MOST_GROUPS = 50;

/** What answers wait with. */
export interface SettledAnswersParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly book: Pick<SequenceBook, 'settled'>;
}

/** Gives answers, in the order in which they were asked for. */
export class SettledAnswers {
  readonly #parts: SettledAnswersParts;
  #given: Promise<void> = Promise.resolve();
  #groups = 0;

  constructor(parts: SettledAnswersParts) {
    this.#parts = parts;
  }

  /** Answers for readings that are written, as soon as everything before them is; `settled` is what is known of that. */
  give(settled: number, kept: readonly KeptReading[], answer: () => void): void {
    const last = kept.at(-1)?.sequence ?? 0;
    this.#groups++;
    this.#given = this.#given.then(async () => {
      if (settled < last) await this.#until(last);
      this.#groups--;
      answer();
    });
  }

  /** Resolves when not too many wait. */
  async room(): Promise<void> {
    if (this.#groups >= MOST_GROUPS) await this.#given;
  }

  /** Resolves when all were given that were asked for. */
  async given(): Promise<void> {
    await this.#given;
  }

  async #until(last: number): Promise<void> {
    const { clock, log, book } = this.#parts;
    const endMs = clock.monotonic() + LONGEST_WAIT_MS;
    try {
      while ((await book.settled()) < last && clock.monotonic() < endMs)
        await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
    } catch (error) {
      log.warn('Whether readings can be followed already is not known; they are kept', { error });
    }
  }
}
