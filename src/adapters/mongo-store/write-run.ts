// Writes of one kind that are done by one command: creations, or changes and deletions. Each is judged alone.
//
// INVARIANTS:
// - A write is answered only when the majority of the servers has it in its journal.
// - A write keeps its version however often it is asked for, so it is done once: what was done is found by that version.
// - What a document no longer tells is thrown and never guessed.
import type { AnyBulkWriteOperation, Collection, Db } from 'mongodb';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { WriteResult } from '../../ports/store.ts';
import { type Fate, fateOf, TRACE, type Trace } from './fate.ts';
import type { Kept } from './kept-document.ts';
import { duplicateAt, NotSettledYet } from './mongo-failures.ts';
import { creationOver, operationOf, type PlannedWrite } from './planned-write.ts';

const CONFLICT: WriteResult = { ok: false, reason: 'conflict' };

/** One write of a run, with the version that it gives and its answer once it is known. */
interface Entry {
  readonly write: PlannedWrite;
  readonly version: number;
  result?: WriteResult;
}

/** A run of writes of one kind. It is asked for until each of them has its answer. */
export class WriteRun {
  readonly #kept: Collection<Kept>;
  readonly #clock: Clock;
  readonly #entries: readonly Entry[];
  readonly #creates: boolean;
  #asked = false;

  /** `writes` are all creations or none of them is, and all of one kind; each has its version at its place. */
  constructor(db: Db, clock: Clock, writes: readonly PlannedWrite[], versions: readonly number[]) {
    this.#kept = db.collection<Kept>(writes[0]?.kind ?? '');
    this.#clock = clock;
    this.#entries = writes.map((write, place) => ({ write, version: versions[place] ?? 0 }));
    this.#creates = writes[0]?.expected === undefined;
  }

  /** Asks for what has no answer yet; after an error that may pass it may be called again. */
  async ask(): Promise<readonly WriteResult[]> {
    const again = this.#asked;
    this.#asked = true;
    if (again) await this.#settle(this.#open());
    const open = this.#open();
    if (open.length > 0) await (this.#creates ? this.#create(open, again) : this.#change(open, again));
    return this.#entries.map(({ result }) => result ?? CONFLICT);
  }

  #open(): readonly Entry[] {
    return this.#entries.filter(({ result }) => result === undefined);
  }

  async #change(open: readonly Entry[], again: boolean): Promise<void> {
    const matched = await this.#send(open.map((entry) => this.#operation(entry)));
    if (matched === open.length) return done(open);
    if (matched === 0 && !again) return refused(open);
    const fates = await this.#fates(open);
    const known = fates.filter((fate) => fate === 'done').length;
    for (const [place, entry] of open.entries()) {
      const fate = fates[place] ?? 'unknown';
      // Where as many are seen to be done as the server counted, the others were not.
      conclude(entry, !again && known === matched && fate !== 'done' ? 'refused' : fate);
    }
    if (this.#open().length > 0) throw new NotSettledYet('The majority of the servers does not know yet');
  }

  async #create(open: readonly Entry[], again: boolean): Promise<void> {
    for (let from = 0; from < open.length; ) {
      const rest = open.slice(from);
      const present = await this.#insert(rest);
      done(rest.slice(0, present));
      const taken = rest[present];
      if (taken) await this.#createOver(taken, again);
      from += present + 1;
    }
  }

  /** Inserts in order up to the first whose id exists; gives its place, or how many there are. */
  async #insert(entries: readonly Entry[]): Promise<number> {
    try {
      await this.#send(entries.map((entry) => this.#operation(entry)));
      return entries.length;
    } catch (error) {
      const present = duplicateAt(error);
      if (present === undefined) throw error;
      return present;
    }
  }

  async #createOver(entry: Entry, again: boolean): Promise<void> {
    const [found] = await this.#traces([entry.write.id]);
    const fate = again ? fateOf(entry.version, undefined, found) : found?.goneAt ? 'open' : 'refused';
    if (fate !== 'open') return conclude(entry, fate);
    if (!found) throw new NotSettledYet('The document is not there for the majority of the servers yet');
    const matched = await this.#send([creationOver(entry.write, found.version, entry.version)]);
    if (matched === 0) throw new NotSettledYet('Another has created the document in the meantime');
    done([entry]);
  }

  async #settle(entries: readonly Entry[]): Promise<void> {
    const fates = await this.#fates(entries);
    for (const [place, entry] of entries.entries()) conclude(entry, fates[place] ?? 'unknown');
  }

  async #fates(entries: readonly Entry[]): Promise<readonly Fate[]> {
    const traces = await this.#traces(entries.map(({ write }) => write.id));
    const byId = new Map(traces.map((trace) => [trace._id, trace]));
    return entries.map(({ write, version }) => fateOf(version, write.expected, byId.get(write.id)));
  }

  #traces(ids: readonly string[]): Promise<readonly Trace[]> {
    return this.#kept.find({ _id: { $in: [...new Set(ids)] } }, { projection: TRACE }).toArray();
  }

  #operation({ write, version }: Entry): AnyBulkWriteOperation<Kept> {
    return operationOf(write, version, new Date(this.#clock.now()));
  }

  async #send(operations: readonly AnyBulkWriteOperation<Kept>[]): Promise<number> {
    const { matchedCount } = await this.#kept.bulkWrite([...operations], { ordered: true });
    return matchedCount;
  }
}

function done(entries: readonly Entry[]): void {
  for (const entry of entries) entry.result = { ok: true, version: entry.version };
}

function refused(entries: readonly Entry[]): void {
  for (const entry of entries) entry.result = CONFLICT;
}

function conclude(entry: Entry, fate: Fate): void {
  if (fate === 'done') done([entry]);
  else if (fate === 'refused') refused([entry]);
  else if (fate === 'unknown') throw unsettled(entry.write);
}

function unsettled({ kind, id }: PlannedWrite): BerthError {
  return new BerthError('platform.store-unsettled', {
    detail: `${kind} ${id} was changed too often since to tell whether this write was done`,
  });
}
