// Reads of one text with other values, such as the open jobs of many instances: those that come together are sent as one union.
import { Gathering } from './gathering.ts';
import { powersOfTwo } from './powers-of-two.ts';
import type { Row } from './session.ts';

type Values = readonly (string | number | null)[];

/** Sends a statement. */
export type SendRead = (sql: string, values: Values) => Promise<readonly Row[]>;

/** Reads in one union. */
const MOST_TOGETHER = 16;

/** After a union of which most answers were long, so many reads of its text go alone. */
const ALONE_FOR = 256;

interface Text {
  readonly gathering: Gathering<Values, readonly Row[]>;
  /** Reads that go alone before the next union. */
  alone: number;
}

/** Gathers reads by their text. */
export class ReadsAlike {
  readonly #send: SendRead;
  /** Their number is bounded by the declared indexes: a query that fits none has no text. */
  readonly #texts = new Map<string, Text>();

  constructor(send: SendRead) {
    this.#send = send;
  }

  /** The rows of a statement that begins with SELECT. @throws platform.queue-full, and what sending throws */
  rows(sql: string, values: Values): Promise<readonly Row[]> {
    const text = this.#textOf(sql);
    if (text.alone === 0) return text.gathering.ask(values);
    text.alone--;
    return this.#send(sql, values);
  }

  #textOf(sql: string): Text {
    const known = this.#texts.get(sql);
    if (known) return known;
    const answer = (asks: readonly Values[]) => this.#answers(sql, asks);
    const text = { gathering: new Gathering({ answer, weightOf: () => 1, mostWeight: MOST_TOGETHER }), alone: 0 };
    this.#texts.set(sql, text);
    return text;
  }

  async #answers(sql: string, asks: readonly Values[]): Promise<readonly (readonly Row[])[]> {
    const answers: (readonly Row[])[] = [];
    for (const some of powersOfTwo(asks, MOST_TOGETHER)) answers.push(...(await this.#together(sql, some)));
    return answers;
  }

  async #together(sql: string, asks: readonly Values[]): Promise<readonly (readonly Row[])[]> {
    const [only] = asks;
    if (only && asks.length === 1) return [await this.#send(sql, only)];
    const found = Map.groupBy(await this.#send(unionOf(sql, asks.length), asks.flat()), ({ asked }) => Number(asked));
    const isLong = (index: number) => (found.get(index)?.length ?? 0) > 1;
    const long = asks.filter((_, index) => isLong(index)).length;
    if (2 * long > asks.length) this.#textOf(sql).alone = ALONE_FOR;
    // A union promises no order: where there is one to keep, it is asked for alone.
    return Promise.all(
      asks.map((values, index) => (isLong(index) ? this.#send(sql, values) : (found.get(index) ?? []))),
    );
  }
}

function unionOf(sql: string, count: number): string {
  const rest = sql.slice('SELECT '.length);
  return Array.from({ length: count }, (_, index) => `(SELECT ${index} AS asked, ${rest})`).join(' UNION ALL ');
}
