// Writes readings group by group: those that come while a group is under way share the next one. A group's batches and the turn that gives
// its sequences back and takes those of the next go to the database together.
import type { KeptReading, SensorReading } from '../../model/sensor.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Store, Write, WriteResult } from '../../ports/store.ts';
import { batchesOf, numbered } from './reading-batches.ts';
import type { SequenceBook } from './sequence-book.ts';
import type { SequenceMarks } from './sequence-marks.ts';
import { SettledAnswers } from './settled-answers.ts';
import { sizeOf, type Waiting, WaitingReadings } from './waiting-readings.ts';

/** What the appender writes with. */
export interface ReadingAppenderParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly book: SequenceBook;
  readonly marks: SequenceMarks;
}

/** The only one of its process that writes readings. */
export class ReadingAppender {
  readonly #parts: ReadingAppenderParts;
  readonly #waiting = new WaitingReadings();
  readonly #answers: SettledAnswers;
  #writing: Promise<void> | undefined;

  constructor(parts: ReadingAppenderParts) {
    this.#parts = parts;
    this.#answers = new SettledAnswers(parts);
  }

  /** Keeps readings, in the order of the calls. @throws platform.queue-full, the store's errors */
  append(readings: readonly SensorReading[]): ReturnType<WaitingReadings['add']> {
    const kept = this.#waiting.add(readings);
    this.#writing ??= this.#writeAll();
    return kept;
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#writing;
    await this.#answers.given();
  }

  async #writeAll(): Promise<void> {
    // The rest of this turn of the loop may bring more.
    await new Promise((resolve) => setImmediate(resolve));
    while (!this.#waiting.isEmpty) await this.#writeRow();
    // In the same step as the last look at what waits: whoever comes next must find nobody at work.
    this.#writing = undefined;
  }

  /** Groups in a row, each of which takes the sequences of the next with its own writes, until none waits or one fails. */
  async #writeRow(): Promise<void> {
    const { book } = this.#parts;
    let group = this.#waiting.next();
    try {
      let { first } = await book.turn([], sizeOf(group));
      while (group.length > 0) {
        await this.#answers.room();
        const next = this.#waiting.next();
        const turned = await this.#write(group, first, next);
        if (!turned) return;
        group = next;
        first = turned.first;
      }
    } catch (error) {
      book.forget();
      for (const { reject } of group) reject(error);
    }
  }

  /** Undefined when the group came too late: then it and the next wait again, in their order. */
  async #write(group: readonly Waiting[], first: number, next: readonly Waiting[]) {
    const { book, clock, marks, log } = this.#parts;
    const kept = numbered(
      group.flatMap(({ readings }) => readings),
      first,
    );
    const batches = batchesOf(kept);
    const writes = batches.map((doc): Write => ({ do: 'create', kind: 'readingBatch', doc }));
    try {
      const turned = await book.turn([...writes, ...marks.due(first, clock.now())], sizeOf(next));
      if (turned.wasInTime) {
        this.#answers.give(turned.settled, kept, () => answer(group, kept));
        return turned;
      }
      log.warn('Readings took too long to be written: they are written again, behind those that came meanwhile');
      await this.#takeBack(batches, turned.results);
      this.#waiting.giveBack([...group, ...next]);
      return undefined;
    } catch (error) {
      this.#waiting.giveBack(next);
      throw error;
    }
  }

  /** Those who follow have gone past these sequences and would never see them. */
  async #takeBack(batches: readonly { readonly id: string }[], results: readonly WriteResult[]): Promise<void> {
    const deletions = batches.flatMap(({ id }, index): Write[] => {
      const result = results[index];
      return result?.ok ? [{ do: 'delete', kind: 'readingBatch', id, version: result.version }] : [];
    });
    await this.#parts.store.apply(deletions);
  }
}

function answer(group: readonly Waiting[], kept: readonly KeptReading[]): void {
  let from = 0;
  for (const { readings, resolve } of group) {
    resolve(kept.slice(from, from + readings.length));
    from += readings.length;
  }
}
