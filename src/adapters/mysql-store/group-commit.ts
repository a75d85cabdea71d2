// Group commit: writes that come while a transaction is under way share the next one, and so one wait for the disk.
//
// INVARIANTS:
// - A write is answered only after the transaction that holds it was committed.
// - One transaction at a time; writes are executed in the order in which they came.
// - A write that fails alone spoils no other. A transaction that fails for a passing reason is done again as a whole.
// - No transaction is done again before it is known that it was not committed; what cannot be known is thrown to all of its writes.
import { BerthError } from '../../model/errors.ts';
import type { WriteResult } from '../../ports/store.ts';
import { type Persistence, persistently } from '../../ports/store-persistence.ts';
import { endLostSession, Fence } from './fence.ts';
import { detailOf, mayPass } from './mysql-failures.ts';
import { Session, type SessionIdentity } from './session.ts';
import type { StoreAddress } from './store-address.ts';
import type { Versions } from './versions.ts';
import type { PreparedWrite, WriteStatements } from './write-statements.ts';
import { mayGoTogether, writeTogether } from './write-together.ts';

/** Writes in one transaction: bounds how long its locks are held. */
const LARGEST_GROUP = 500;

/** Writes that may wait; beyond, the database is not keeping up and callers are told. */
const LONGEST_QUEUE = 100_000;

/** Writes that belong together: after one that failed, none of them is done. */
interface Waiting {
  readonly writes: readonly PreparedWrite[];
  readonly resolve: (results: readonly WriteResult[]) => void;
  readonly reject: (error: unknown) => void;
}

/** What committing needs. */
export interface GroupCommitParts {
  readonly address: StoreAddress;
  readonly persistence: Persistence;
  readonly versions: Versions;
  readonly statements: WriteStatements;
}

type Outcome = { readonly results: readonly WriteResult[] } | { readonly failure: unknown };

/** Gathers writes and commits them together. */
export class GroupCommit {
  readonly #address: StoreAddress;
  readonly #persistence: Persistence;
  readonly #versions: Versions;
  readonly #statements: WriteStatements;
  readonly #fence: Fence;
  #session: Session | undefined;
  #lost: SessionIdentity | undefined;
  #waiting: Waiting[] = [];
  #committing: Promise<void> | undefined;
  #closed = false;

  constructor({ address, persistence, versions, statements }: GroupCommitParts) {
    this.#address = address;
    this.#statements = statements;
    this.#persistence = persistence;
    this.#versions = versions;
    this.#fence = new Fence(persistence.clock, persistence.random);
  }

  /** Executes writes in one transaction, the next one, in their order, up to the first that fails; resolves to their outcomes when that is durable. */
  add(writes: readonly PreparedWrite[]): Promise<readonly WriteResult[]> {
    if (this.#closed) return Promise.reject(new Error('The store is closed'));
    if (this.#waiting.length >= LONGEST_QUEUE) return Promise.reject(queueFull());
    const { promise, resolve, reject } = Promise.withResolvers<readonly WriteResult[]>();
    this.#waiting.push({ writes, resolve, reject });
    this.#committing ??= this.#commitAll();
    return promise;
  }

  /** Takes no more writes; resolves when those that wait are answered. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#committing;
    this.#session?.close();
  }

  async #commitAll(): Promise<void> {
    // The rest of this turn of the loop may bring more.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      await this.#commitGroup(this.#next());
    }
    // In the same step as the last look at what waits: a write that comes next must find nobody at work.
    this.#committing = undefined;
  }

  #next(): readonly Waiting[] {
    let count = 0;
    const tooMuch = this.#waiting.findIndex(({ writes }, index) => {
      count += writes.length;
      return index > 0 && count > LARGEST_GROUP;
    });
    return this.#waiting.splice(0, tooMuch < 0 ? this.#waiting.length : tooMuch);
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await persistently(this.#persistence, () => this.#tryGroup(group));
      for (const [index, outcome] of outcomes.entries()) answer(group[index], outcome);
    } catch (error) {
      const failure = error instanceof BerthError ? error : failed(error);
      for (const { reject } of group) reject(failure);
    }
  }

  /** One transaction. What it throws was not committed, or cannot be known. */
  async #tryGroup(group: readonly Waiting[]): Promise<readonly Outcome[]> {
    await this.#versions.provide(group.reduce((count, { writes }) => count + writes.length, 0));
    const session = await this.#usable();
    const outcomes = await this.#execute(session, group);
    try {
      await session.say('COMMIT');
    } catch (error) {
      await this.#settle(session, error);
    }
    this.#fence.lower();
    return outcomes;
  }

  async #execute(session: Session, group: readonly Waiting[]): Promise<readonly Outcome[]> {
    try {
      await this.#fence.raise(session);
      const together = await this.#together(session, group);
      if (together) return together;
      const outcomes: Outcome[] = [];
      for (const { writes } of group) outcomes.push(await outcomeOf(this.#inOrder(session, writes)));
      return outcomes;
    } catch (error) {
      await undo(session);
      throw error;
    }
  }

  /** Outcomes in the order of the group, or undefined when nothing of it is done yet. */
  async #together(session: Session, group: readonly Waiting[]): Promise<readonly Outcome[] | undefined> {
    if (!mayGoTogether(group.flatMap(({ writes }) => writes))) return undefined;
    // What is taken back keeps no version: those that are written alone get others.
    await this.#versions.provide(2 * group.reduce((count, { writes }) => count + writes.length, 0));
    const numbered = group.map(({ writes }) => writes.map((write) => ({ write, version: this.#versions.next() })));
    const done = (await writeTogether(session, this.#statements, numbered.flat()))?.values();
    if (!done) return undefined;
    return numbered.map((writes) => ({
      results: writes.map(({ version }) =>
        done.next().value === true ? { ok: true, version } : { ok: false, reason: 'conflict' },
      ),
    }));
  }

  async #inOrder(session: Session, writes: readonly PreparedWrite[]): Promise<readonly WriteResult[]> {
    const results: WriteResult[] = [];
    for (const write of writes) results.push(await write.alone(session, this.#versions.next()));
    return results;
  }

  /** Finds out whether a transaction was committed whose answer is missing. @throws the error if it was not */
  async #settle(session: Session, error: unknown): Promise<void> {
    await undo(session);
    try {
      const passed = await persistently(this.#persistence, async () => this.#fence.passed(await this.#usable()));
      if (passed) return;
    } catch (unsettled) {
      this.#fence.abandon();
      throw unsettled;
    }
    throw error;
  }

  async #usable(): Promise<Session> {
    if (this.#session && !this.#session.broken && !this.#lost) return this.#session;
    this.#lost ??= this.#session?.identity;
    this.#session = undefined;
    this.#session = await Session.open(this.#address, 'writing', this.#persistence.clock);
    if (this.#lost) await endLostSession(this.#session, this.#lost);
    this.#lost = undefined;
    return this.#session;
  }
}

/** What writes came to, refused alone or not. @throws what fails their whole transaction */
async function outcomeOf(results: Promise<readonly WriteResult[]>): Promise<Outcome> {
  try {
    return { results: await results };
  } catch (failure) {
    if (mayPass(failure)) throw failure;
    return { failure };
  }
}

/** Nothing of a transaction stays; with its connection it ends as well. */
async function undo(session: Session): Promise<void> {
  if (session.broken) return;
  try {
    await session.say('ROLLBACK');
  } catch (error) {
    session.close();
    if (!mayPass(error)) throw error;
  }
}

function answer(waiting: Waiting | undefined, outcome: Outcome): void {
  if ('results' in outcome) waiting?.resolve(outcome.results);
  else waiting?.reject(failed(outcome.failure));
}

function failed(cause: unknown): BerthError {
  return new BerthError('platform.store-failed', { detail: detailOf(cause) }, { cause });
}

function queueFull(): BerthError {
  return new BerthError('platform.queue-full', { queue: 'The queue of database writes', limit: LONGEST_QUEUE });
}
