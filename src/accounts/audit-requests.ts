// Writes what people ask for into the audit, before it is done, and what came of it, after.
//
// INVARIANTS:
// - The entries of one chain have the numbers 1, 2, 3 …, and each digest covers the digest before it.
// - A number is given once. After a write that was not answered nobody knows whether it is there, so a new chain begins.
// - The first entry of a chain names the newest entry that was there: a chain whose end was cut off is found out by the next one.
import type { AuditEntry, AuditOutcome } from '../model/audit.ts';
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import { entryDigest, NO_DIGEST, outcomeDigest } from './audit-digest.ts';

/** What the audit is written with. */
export interface AuditParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** What somebody asks for. */
export type AuditQuestion = Pick<
  AuditEntry,
  'who' | 'via' | 'from' | 'act' | 'object' | 'project' | 'asked' | 'before'
>;

/** What came of it. */
export type AuditResult = Pick<AuditOutcome, 'status' | 'code' | 'after'>;

interface Waiting {
  readonly question: AuditQuestion;
  readonly written: (entry: AuditEntry) => void;
  readonly failed: (error: BerthError) => void;
}

interface Chain {
  readonly name: string;
  readonly number: number;
  readonly digest: string;
  readonly at: number;
}

/** Entries that are written together, at most. */
const AT_ONCE = 100;
const MOST_WAITING = 5000;
/** The act of a chain's first entry. */
export const CHAIN_BEGINS = 'audit.begin';

/** What the platform itself does. */
export const SYSTEM = { who: 'system', via: null, from: '', object: null, project: null, before: null } as const;

/** The audit of one process. */
export class AuditRequests {
  readonly #parts: AuditParts;
  readonly #waiting: Waiting[] = [];
  #chain: Chain | undefined;
  #writing: Promise<void> | undefined;

  constructor(parts: AuditParts) {
    this.#parts = parts;
  }

  /** Resolves when the entry is durable. @throws audit.unwritten, platform.queue-full */
  begin(question: AuditQuestion): Promise<AuditEntry> {
    if (this.#waiting.length >= MOST_WAITING)
      throw new BerthError('platform.queue-full', { queue: 'The audit', limit: MOST_WAITING });
    const { promise, resolve: written, reject: failed } = Promise.withResolvers<AuditEntry>();
    this.#waiting.push({ question, written, failed });
    this.#writing ??= this.#writeAll();
    return promise;
  }

  /** Writes what came of an entry. What cannot be written is logged: the act is done, and its entry stays without an outcome. */
  async end(entry: AuditEntry, result: AuditResult): Promise<void> {
    const { store, clock, log } = this.#parts;
    const outcome = { id: entry.id, at: Math.max(clock.now(), entry.at), ...result };
    try {
      await store.create('auditOutcome', { ...outcome, digest: outcomeDigest(entry.digest, outcome) });
    } catch (error) {
      log.error('The outcome of an audited act could not be recorded', { entry: entry.id, act: entry.act, error });
    }
  }

  async #writeAll(): Promise<void> {
    // Those who ask in the same turn are written together.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#writeSome(this.#waiting.splice(0, AT_ONCE));
    this.#writing = undefined;
  }

  async #writeSome(batch: readonly Waiting[]): Promise<void> {
    try {
      const entries = await this.#linked(batch.map(({ question }) => question));
      const results = await this.#parts.store.apply(
        entries.map((doc) => ({ do: 'create', kind: 'auditEntry', doc }) as const),
      );
      if (results.some(({ ok }) => !ok)) throw new Error('an entry of this number is there already');
      for (const [index, { written }] of batch.entries()) {
        const entry = entries[entries.length - batch.length + index];
        if (entry) written(entry);
      }
    } catch (error) {
      this.#chain = undefined;
      this.#parts.log.error('The audit could not be written', { entries: batch.length, error });
      for (const { failed } of batch) failed(new BerthError('audit.unwritten', {}, { cause: error }));
    }
  }

  async #linked(questions: readonly AuditQuestion[]): Promise<AuditEntry[]> {
    const begins = this.#chain ? [] : [{ ...SYSTEM, act: CHAIN_BEGINS, asked: { after: await this.#newest() } }];
    let chain = this.#chain ?? { name: this.#parts.random.id(8), number: 0, digest: NO_DIGEST, at: 0 };
    const entries: AuditEntry[] = [];
    for (const question of [...begins, ...questions]) {
      const entry = this.#next(chain, question);
      chain = { name: chain.name, number: entry.number, digest: entry.digest, at: entry.at };
      entries.push(entry);
    }
    this.#chain = chain;
    return entries;
  }

  /** Times never go back within a chain, whatever the clock does: what is old is at its beginning. */
  #next({ name, number: before, digest, at: newestAt }: Chain, question: AuditQuestion): AuditEntry {
    const at = Math.max(this.#parts.clock.now(), newestAt);
    const number = before + 1;
    const entry = { id: auditId({ at, number, chain: name }), at, chain: name, number, ...question };
    return { ...entry, digest: entryDigest(digest, entry) };
  }

  async #newest() {
    const { items } = await this.#parts.store.list('auditEntry', { orderBy: 'at', direction: 'descending', limit: 1 });
    const [newest] = items;
    return newest ? { chain: newest.doc.chain, number: newest.doc.number, digest: newest.doc.digest } : null;
  }
}

/** The id of an entry: it sorts by time, and by number within a time. */
function auditId({ at, number, chain }: Pick<AuditEntry, 'at' | 'number' | 'chain'>): string {
  return `${at.toString(16).padStart(12, '0')}-${number.toString(16).padStart(10, '0')}-${chain}`;
}

/** Chain and number of the entry that has an id. */
export function placeOf(id: string): Pick<AuditEntry, 'chain' | 'number'> {
  const [, number = '0', chain = ''] = id.split('-');
  return { chain, number: Number.parseInt(number, 16) };
}
