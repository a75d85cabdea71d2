// Asks an API the same few questions, one every so many milliseconds, whether the ones before are answered or not: who waits for an answer
// before the next question measures only the answers that come soon.
import { wallNow } from './wall-clock.ts';

/** Whom to ask, what, and how often. */
export interface Questions {
  readonly url: string;
  readonly token: string;
  /** Asked in turn. */
  readonly paths: readonly string[];
  readonly everyMs: number;
}

/** One answer: when its question was asked, and how long it took, in milliseconds. */
export interface Answer {
  readonly path: string;
  readonly askedAt: number;
  readonly tookMs: number;
}

const LONGEST_MS = 60_000;

/** Somebody who asks until told to stop. */
export class Asker {
  readonly #questions: Questions;
  readonly #asking = new Set<Promise<void>>();
  readonly #answers: Answer[] = [];
  readonly #timer: NodeJS.Timeout;
  #asked = 0;
  #error: unknown;

  constructor(questions: Questions) {
    this.#questions = questions;
    this.#timer = setInterval(() => this.#ask(), questions.everyMs);
  }

  /** Asks no more, and waits for the answers that are due. @throws if one was no success */
  async stop(): Promise<readonly Answer[]> {
    clearInterval(this.#timer);
    await Promise.all(this.#asking);
    if (this.#error !== undefined) throw new Error('a question was not answered', { cause: this.#error });
    return this.#answers;
  }

  #ask(): void {
    const { url, token, paths } = this.#questions;
    const path = paths[this.#asked++ % paths.length] ?? '';
    const askedAt = wallNow();
    const asking = answered(`${url}${path}`, token)
      .then(() => void this.#answers.push({ path, askedAt, tookMs: wallNow() - askedAt }))
      .catch((error: unknown) => {
        this.#error = error;
      })
      .finally(() => this.#asking.delete(asking));
    this.#asking.add(asking);
  }
}

async function answered(url: string, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(LONGEST_MS) });
  const body = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${body.slice(0, 500)}`);
}
