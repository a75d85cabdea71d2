// Keeps the audit bounded by age: the oldest entries go first, and before they go it is written down where each chain is cut.
import { Upkeep, type UpkeepProgress, type UpkeepTurn } from '../engine/upkeep.ts';
import type { AuditEntry } from '../model/audit.ts';
import type { Instant } from '../model/instant.ts';
import type { Store, Write } from '../ports/store.ts';
import { cutNote } from './audit-cut.ts';
import { type AuditRequests, placeOf } from './audit-requests.ts';

/** What the sweep works with. */
export interface AuditSweepParts {
  readonly store: Store;
  readonly audit: AuditRequests;
  readonly maxAgeMs: number;
  readonly everyMs: number;
}

/** Entries that go in one round, at most. */
const MOST_AT_ONCE = 20_000;
const PAGE = 500;

/** Removes old entries (key `auditsweep:all`). */
export class AuditSweepController extends Upkeep {
  readonly prefix = 'auditsweep';
  readonly #parts: AuditSweepParts;

  constructor(parts: AuditSweepParts) {
    super(parts.everyMs);
    this.#parts = parts;
  }

  protected async work({ now }: UpkeepTurn): Promise<UpkeepProgress> {
    const { store, audit, maxAgeMs } = this.#parts;
    const below = now - maxAgeMs;
    const { count, lastIds } = await this.#oldest(below);
    for (const { doc } of await store.getMany('auditEntry', lastIds)) {
      const entry = await audit.begin(cutNote(doc, maxAgeMs));
      await audit.end(entry, { status: 200, code: null, after: null });
    }
    for (let gone = 0; gone < count; ) {
      const removed = await this.#remove(below, Math.min(PAGE, count - gone));
      if (removed === 0) break;
      gone += removed;
    }
    return count >= MOST_AT_ONCE ? 'more' : 'done';
  }

  /** How many are too old, as far as they go in one round, and the last of them of each chain. */
  async #oldest(below: Instant): Promise<{ readonly count: number; readonly lastIds: readonly string[] }> {
    const lasts = new Map<string, string>();
    let count = 0;
    let after: string | undefined;
    do {
      const query = { orderBy: 'at', below, limit: PAGE, ...(after === undefined ? {} : { after }) };
      const page = await this.#parts.store.positions('auditEntry', query);
      for (const { id } of page.items) lasts.set(placeOf(id).chain, id);
      count += page.items.length;
      after = page.next;
    } while (after !== undefined && count < MOST_AT_ONCE);
    return { count, lastIds: [...lasts.values()] };
  }

  async #remove(below: Instant, limit: number): Promise<number> {
    const { store } = this.#parts;
    const { items } = await store.list('auditEntry', { orderBy: 'at', below, limit });
    const outcomes = await store.getMany(
      'auditOutcome',
      items.map(({ doc }: { readonly doc: AuditEntry }) => doc.id),
    );
    const writes: Write[] = [
      ...outcomes.map(({ doc, version }) => deletion('auditOutcome', doc.id, version)),
      ...items.map(({ doc, version }) => deletion('auditEntry', doc.id, version)),
    ];
    if (writes.length > 0) await store.apply(writes);
    return items.length;
  }
}

function deletion(kind: 'auditEntry' | 'auditOutcome', id: string, version: number): Write {
  return { do: 'delete', kind, id, version };
}
