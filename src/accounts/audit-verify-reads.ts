// Whether the audit is whole: the numbers of each chain without a hole, each digest what its entry gives, each chain as long as the next
// one found it. Entries that went by age are no hole: before they went, the platform wrote down where it would cut, and cuts only there.
import { pages } from '../engine/shard-sweep.ts';
import type { AuditEntry, AuditOutcome } from '../model/audit.ts';
import type { Store } from '../ports/store.ts';
import { AGE_CUTS } from './audit-cut.ts';
import { entryDigest, NO_DIGEST, outcomeDigest } from './audit-digest.ts';
import { CHAIN_BEGINS } from './audit-requests.ts';

/** A place where something is missing or was changed. */
export interface AuditHole {
  readonly chain: string;
  readonly number: number;
  readonly what: 'missing' | 'changed' | 'twice' | 'cut';
  readonly sentence: string;
}

/** What was found. */
export interface AuditFindings {
  readonly entries: number;
  readonly chains: number;
  /** Entries that went by age. */
  readonly removed: number;
  /** Entries without an outcome. */
  readonly unknown: number;
  /** The first of them, at most a thousand. */
  readonly holes: readonly AuditHole[];
}

interface End {
  readonly number: number;
  readonly digest: string;
}

interface ChainSeen {
  readonly first: AuditEntry;
  last: End;
}

const MOST_HOLES = 1000;
const PAGE = 500;

/** Reads the whole audit, from the oldest entry to the newest. Ends early when the signal aborts. */
export async function verifyAudit(store: Store, signal: AbortSignal): Promise<AuditFindings> {
  const check = new AuditCheck();
  let page: AuditEntry[] = [];
  for await (const entry of pages(store, 'auditEntry', { orderBy: 'at', limit: PAGE })) {
    if (signal.aborted) break;
    page.push(entry);
    if (page.length < PAGE) continue;
    await checkPage(store, check, page);
    page = [];
  }
  await checkPage(store, check, page);
  return check.findings();
}

async function checkPage(store: Store, check: AuditCheck, entries: readonly AuditEntry[]): Promise<void> {
  const outcomes = await store.getMany(
    'auditOutcome',
    entries.map(({ id }) => id),
  );
  const byId = new Map(outcomes.map(({ doc }) => [doc.id, doc]));
  for (const entry of entries) check.add(entry, byId.get(entry.id));
}

class AuditCheck {
  readonly #holes: AuditHole[] = [];
  readonly #chains = new Map<string, ChainSeen>();
  readonly #cuts = new Map<string, End>();
  readonly #found: { readonly chain: string; readonly end: End }[] = [];
  #entries = 0;
  #unknown = 0;

  add(entry: AuditEntry, outcome: AuditOutcome | undefined): void {
    this.#entries++;
    this.#link(entry);
    this.#note(entry);
    if (!outcome) this.#unknown += entry.act === CHAIN_BEGINS ? 0 : 1;
    else if (digestOfOutcome(entry, outcome) !== outcome.digest)
      this.#hole(entry, 'changed', `What came of ${entry.act} was changed after it was written.`);
  }

  findings(): AuditFindings {
    for (const [chain, { first }] of this.#chains) this.#checkBeginning(chain, first);
    for (const { chain, end } of this.#found) this.#checkEnd(chain, end);
    const removed = [...this.#cuts.values()].reduce((sum, { number }) => sum + number, 0);
    const [entries, unknown, chains] = [this.#entries, this.#unknown, this.#chains.size];
    return { entries, chains, removed, unknown, holes: this.#holes };
  }

  #link(entry: AuditEntry): void {
    const { chain, number, digest } = entry;
    const seen = this.#chains.get(chain);
    if (!seen) return void this.#chains.set(chain, { first: entry, last: { number, digest } });
    const { last } = seen;
    if (number <= last.number) this.#hole(entry, 'twice', `The number ${number} is there twice, or out of order.`);
    else if (number > last.number + 1)
      this.#hole(entry, 'missing', `Before it, ${number - last.number - 1} were taken out.`);
    else if (digestOf(last.digest, entry) !== digest)
      this.#hole(entry, 'changed', 'It, or the entry before it, was changed after it was written.');
    seen.last = { number, digest };
  }

  /** What the platform itself wrote down of chains. */
  #note({ act, asked, at }: AuditEntry): void {
    if (act === CHAIN_BEGINS) {
      const found = endIn(asked?.after);
      if (found) this.#found.push(found);
    }
    const cut = act === AGE_CUTS ? endIn(asked) : undefined;
    // A cut that took what was not old enough is no excuse.
    if (!cut || at - Number(asked?.at) < Number(asked?.maxAgeMs) || Number.isNaN(Number(asked?.at))) return;
    const before = this.#cuts.get(cut.chain);
    if (!before || before.number < cut.end.number) this.#cuts.set(cut.chain, cut.end);
  }

  #checkBeginning(chain: string, first: AuditEntry): void {
    const cut = this.#cuts.get(chain) ?? { number: 0, digest: NO_DIGEST };
    // The platform ended while it removed what it had written down.
    if (first.number <= cut.number) return;
    if (first.number > cut.number + 1)
      this.#hole(first, 'missing', `Before it, ${first.number - cut.number - 1} were taken out, and not by age.`);
    else if (digestOf(cut.digest, first) !== first.digest)
      this.#hole(first, 'changed', 'It was changed after it was written.');
  }

  #checkEnd(chain: string, end: End): void {
    // The note of a cut stays longer than the entry that names the end: without either, it was not age.
    const last = (this.#chains.get(chain)?.last ?? this.#cuts.get(chain))?.number ?? 0;
    if (last < end.number)
      this.#hole({ chain, number: end.number }, 'cut', `After ${last}, ${end.number - last} were cut off.`);
  }

  #hole({ chain, number }: Pick<AuditEntry, 'chain' | 'number'>, what: AuditHole['what'], sentence: string): void {
    if (this.#holes.length < MOST_HOLES) this.#holes.push({ chain, number, what, sentence });
  }
}

function digestOf(before: string, { digest: _, ...entry }: AuditEntry): string {
  return entryDigest(before, entry);
}

function digestOfOutcome(entry: AuditEntry, { digest: _, ...outcome }: AuditOutcome): string {
  return outcomeDigest(entry.digest, outcome);
}

function endIn(value: unknown): { readonly chain: string; readonly end: End } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { chain, number, digest } = value as Readonly<Record<string, unknown>>;
  if (typeof chain !== 'string' || typeof number !== 'number' || typeof digest !== 'string') return undefined;
  return { chain, end: { number, digest } };
}
