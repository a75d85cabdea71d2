// How a transaction whose answer was lost is settled.
//
// Each writer has one row in berth_writer with the number of its last transaction, and every transaction begins with writing its own
// number there. Whoever wants to know whether transaction n happened reads that row with a lock: InnoDB answers when the transaction
// that wrote it is over, and then n says that it was committed and anything else that it never will be.
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import { mayPass } from './mysql-failures.ts';
import type { Session, SessionIdentity } from './session.ts';

/** The row of one writer. One transaction at a time. */
export class Fence {
  readonly #clock: Clock;
  readonly #random: Random;
  #id: string | undefined;
  #last = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Begins a transaction: its number is written, and undone with it. */
  async raise(session: Session): Promise<void> {
    if (this.#id !== undefined && (await this.#write(session, this.#id))) return;
    const id = await this.#register(session);
    if (!(await this.#write(session, id))) throw new Error(`The row of writer ${id} is gone`);
  }

  /** Notes that the transaction was committed. */
  lower(): void {
    this.#last += 1;
  }

  /** Whether the transaction that was begun last was committed after all. Waits until it is over. */
  async passed(session: Session): Promise<boolean> {
    const [row] = await session.rows('SELECT last FROM berth_writer WHERE id = ? FOR UPDATE', [this.#id ?? '']);
    await session.say('ROLLBACK');
    return Number(row?.last) === this.#last + 1;
  }

  /** Takes another row next time: what became of a transaction of this one is not known. */
  abandon(): void {
    this.#id = undefined;
  }

  async #write(session: Session, id: string): Promise<boolean> {
    const { affectedRows } = await session.change(
      'UPDATE berth_writer SET last = ?, at = ? WHERE id = ? AND last = ?',
      [this.#last + 1, this.#clock.now(), id, this.#last],
    );
    return affectedRows === 1;
  }

  async #register(session: Session): Promise<string> {
    const id = this.#random.id(20);
    await session.change('INSERT INTO berth_writer (id, last, at) VALUES (?, 0, ?)', [id, this.#clock.now()]);
    await session.say('COMMIT');
    this.#id = id;
    this.#last = 0;
    return id;
  }
}

/**
 * Ends a connection that was lost on our side: the server may not know yet, and would keep its transaction's locks. The place that the
 * server names for a connection tells it from another that has the same number on another server.
 */
export async function endLostSession(session: Session, { id, host }: SessionIdentity): Promise<void> {
  try {
    const sql = 'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE ID = ? AND HOST = ?';
    const [there] = await session.rows(sql, [id, host]);
    if (there) await session.say(`KILL CONNECTION ${id}`);
  } catch (error) {
    // It may have ended since the look; where looking or ending is not allowed, its locks are waited for.
    if (mayPass(error)) throw error;
  }
}
