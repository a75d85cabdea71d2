// Keeps the past of actions bounded by age: actions that are over with what became of them, notices, and budgets of hours gone by. What
// is not over is kept however old it is; its own expiry ends it.
import type { Controller, Unsettled } from '../engine/controller.ts';
import type { ActionBudget } from '../model/action.ts';
import type { Instant } from '../model/instant.ts';
import type { Page, Store, Stored, Write } from '../ports/store.ts';
import { actionEnded } from './decide-action.ts';

/** How long actions and notices are kept, and how often they are looked through. */
export interface ActionSweepLimits {
  readonly maxAgeMs: number;
  readonly everyMs: number;
}

const AT_ONCE = 500;
const BUDGET_MS = 2 * 3_600_000;

type Cursor = { after: string | undefined };

/** Looks at the start and then every `everyMs` (key `actionsweep:all`). */
export class ActionSweep implements Controller {
  readonly prefix = 'actionsweep';
  readonly watches = {};
  readonly #store: Store;
  readonly #limits: ActionSweepLimits;
  #lookedAt: Instant | null = null;

  constructor(store: Store, limits: ActionSweepLimits) {
    this.#store = store;
    this.#limits = limits;
  }

  async reconcile(_: string, now: Instant): Promise<Instant> {
    if (now < this.#nextAt()) return this.#nextAt();
    const below = now - this.#limits.maxAgeMs;
    await this.#inPages((cursor) => this.#dropActions(below, cursor));
    await this.#inPages((cursor) => this.#dropNotices(below, cursor));
    await this.#inPages((cursor) => this.#dropBudgets(now - BUDGET_MS, cursor));
    this.#lookedAt = now;
    return this.#nextAt();
  }

  async *sweep(): AsyncIterable<Unsettled> {
    yield { id: 'all', at: this.#nextAt() };
  }

  #nextAt(): Instant {
    return this.#lookedAt === null ? 0 : this.#lookedAt + this.#limits.everyMs;
  }

  /** Each page is read beyond the one before, because some of it may stay. */
  async #inPages(drop: (cursor: Cursor) => Promise<string | undefined>): Promise<void> {
    const cursor: Cursor = { after: undefined };
    do cursor.after = await drop(cursor);
    while (cursor.after !== undefined);
  }

  /** The action last: one without a status is over as well, and found again should this be broken off. */
  async #dropActions(below: Instant, cursor: Cursor): Promise<string | undefined> {
    const page = await this.#store.list('action', { orderBy: 'requestedAt', below, limit: AT_ONCE, ...after(cursor) });
    const statuses = await this.#store.getMany(
      'actionStatus',
      page.items.map(({ doc }) => doc.id),
    );
    const byId = new Map(statuses.map((status) => [status.doc.id, status]));
    const old = page.items.filter(({ doc }) => isOver(byId.get(doc.id), below));
    const ids = new Set(old.map(({ doc }) => doc.id));
    await this.#apply([
      ...deletions(
        'actionStatus',
        statuses.filter(({ doc }) => ids.has(doc.id)),
      ),
      ...deletions('action', old),
    ]);
    return page.next;
  }

  async #dropNotices(below: Instant, cursor: Cursor): Promise<string | undefined> {
    const page = await this.#store.list('inboxNotice', { orderBy: 'at', below, limit: AT_ONCE, ...after(cursor) });
    await this.#apply(deletions('inboxNotice', page.items));
    return page.next;
  }

  async #dropBudgets(below: Instant, cursor: Cursor): Promise<string | undefined> {
    const page: Page<ActionBudget> = await this.#store.list('actionBudget', { limit: AT_ONCE, ...after(cursor) });
    const old = page.items.filter(({ doc }) => (doc.minutes.at(-1)?.at ?? 0) < below);
    await this.#apply(deletions('actionBudget', old));
    return page.next;
  }

  async #apply(writes: readonly Write[]): Promise<void> {
    if (writes.length > 0) await this.#store.apply(writes);
  }
}

function isOver(
  status: Stored<{ readonly state: Parameters<typeof actionEnded>[0]; readonly endedAt: Instant | null }> | undefined,
  below: Instant,
): boolean {
  return !status || (actionEnded(status.doc.state) && (status.doc.endedAt ?? 0) < below);
}

function after({ after: place }: Cursor): { readonly after?: string } {
  return place === undefined ? {} : { after: place };
}

function deletions(
  kind: 'action' | 'actionStatus' | 'inboxNotice' | 'actionBudget',
  items: readonly Stored<{ readonly id: string }>[],
): readonly Write[] {
  return items.map(({ doc: { id }, version }) => ({ do: 'delete', kind, id, version }));
}
