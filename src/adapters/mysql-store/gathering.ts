// Reads that come while others like them are under way share the next statement. A loop that decides about very many documents at a time would
// otherwise spend most of its time in sending statements, one for each of them.
//
// INVARIANT: a read is answered by a statement that began after it was asked for.
import { BerthError } from '../../model/errors.ts';

/** Statements under way: the second goes on while the first is slow. */
const MOST_UNDER_WAY = 2;

/** Reads that may wait. */
const LONGEST_LINE = 10_000;

/** How reads are answered together. */
export interface GatheringParts<Ask, Answer> {
  /** Answers in the order of the asks. */
  readonly answer: (asks: readonly Ask[]) => Promise<readonly Answer[]>;
  readonly weightOf: (ask: Ask) => number;
  /** What is answered at a time weighs at most this, unless it is one alone. */
  readonly mostWeight: number;
}

interface Waiting<Ask, Answer> {
  readonly ask: Ask;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** Gathers reads that are alike. */
export class Gathering<Ask, Answer> {
  readonly #parts: GatheringParts<Ask, Answer>;
  readonly #waiting: Waiting<Ask, Answer>[] = [];
  #underWay = 0;

  constructor(parts: GatheringParts<Ask, Answer>) {
    this.#parts = parts;
  }

  /** The answer to one of them. @throws platform.queue-full, and what answering throws */
  ask(ask: Ask): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    if (this.#waiting.length >= LONGEST_LINE) reject(lineFull());
    else this.#waiting.push({ ask, resolve, reject });
    if (this.#underWay < MOST_UNDER_WAY) {
      this.#underWay++;
      void this.#answerAll();
    }
    return promise;
  }

  async #answerAll(): Promise<void> {
    // The rest of this turn of the loop may bring more.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#answerTogether(this.#next());
    // In the same step as the last look at what waits: a read that comes next must find that nobody is at work.
    this.#underWay--;
  }

  async #answerTogether(together: readonly Waiting<Ask, Answer>[]): Promise<void> {
    try {
      const answers = await this.#parts.answer(together.map(({ ask }) => ask));
      for (const [index, { resolve }] of together.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
  }

  #next(): readonly Waiting<Ask, Answer>[] {
    const { weightOf, mostWeight } = this.#parts;
    let weight = 0;
    const tooMuch = this.#waiting.findIndex(({ ask }, index) => {
      weight += weightOf(ask);
      return index > 0 && weight > mostWeight;
    });
    return this.#waiting.splice(0, tooMuch < 0 ? this.#waiting.length : tooMuch);
  }
}

function lineFull(): BerthError {
  return new BerthError('platform.queue-full', { queue: 'The line for reads', limit: LONGEST_LINE });
}
