// One order in one transaction, on the connection that alone writes.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AppendOrder, ForgetOrder, ReadingAnswer } from './reading-messages.ts';

/** Marks are at least so far apart. */
const MARK_EVERY_MS = 10_000;
/** Sensors that one order to forget looks at: bounds how long readings that come have to wait behind it. */
const SENSORS_AT_ONCE = 500;

const NAME = 'INSERT INTO sensor (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id';
/** The oldest of a sensor, as far as they are before an instant. */
const FORGET = `
  DELETE FROM reading WHERE sensor = ?1 AND sequence IN (
    SELECT sequence FROM (SELECT sequence, at FROM reading WHERE sensor = ?1 ORDER BY sequence LIMIT ?2) WHERE at < ?3
  )
`;

/** Executes orders; each is on disk when its method returns, or nothing of it was done. */
export class ReadingTransaction {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #name: StatementSync;
  readonly #last: StatementSync;
  readonly #mark: StatementSync;
  readonly #forget: StatementSync;
  readonly #ids = new Map<string, number>();
  #markedAt = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare('INSERT INTO reading (sensor, sequence, at, value) VALUES (?, ?, ?, ?)');
    this.#name = database.prepare(NAME);
    this.#last = database.prepare('UPDATE last SET sequence = ?');
    this.#mark = database.prepare('INSERT OR REPLACE INTO mark (at, sequence) VALUES (?, ?)');
    this.#forget = database.prepare(FORGET);
  }

  /** Keeps readings. */
  append({ first, now, sensors, times, values }: AppendOrder): ReadingAnswer {
    const names = sensors.split('\n');
    const texts = values.split('\n');
    this.#inTransaction(() => {
      for (const [index, at] of times.entries()) {
        this.#insert.run(this.#id(names[index] ?? ''), first + index, at, texts[index] ?? '');
      }
      this.#last.run(first + times.length - 1);
      if (Math.abs(now - this.#markedAt) >= MARK_EVERY_MS) this.#mark.run(now, first - 1);
    });
    if (Math.abs(now - this.#markedAt) >= MARK_EVERY_MS) this.#markedAt = now;
    return { forgotten: 0, behind: null };
  }

  /** Forgets the oldest readings of some sensors. */
  forget({ before, most, behind }: ForgetOrder): ReadingAnswer {
    const sensors = this.#database
      .prepare('SELECT id FROM sensor WHERE id > ? ORDER BY id LIMIT ?')
      .all(behind, SENSORS_AT_ONCE);
    let [forgotten, place] = [0, behind];
    this.#inTransaction(() => {
      for (const { id } of sensors) {
        if (forgotten >= most) return;
        forgotten += Number(this.#forget.run(Number(id), most - forgotten, before).changes);
        place = Number(id);
      }
      this.#database.prepare('DELETE FROM mark WHERE at < ?').run(before);
    });
    const isThrough = forgotten < most && sensors.length < SENSORS_AT_ONCE;
    return { forgotten, behind: isThrough ? null : place };
  }

  #id(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = Number(this.#name.get(name)?.id);
    this.#ids.set(name, id);
    return id;
  }

  #inTransaction(act: () => void): void {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      act();
      this.#database.exec('COMMIT');
    } finally {
      if (this.#database.isTransaction) {
        this.#database.exec('ROLLBACK');
        // Numbers that were given within it are not there any more.
        this.#ids.clear();
      }
    }
  }
}
