// Keeps the past of actions bounded by age: actions that are over with what became of them, notices, and budgets of hours gone by. What
// is not over is kept however old it is; its own expiry ends it.
import { deletionsOf, dropPages } from '../engine/drop-pages.ts';
import { Upkeep, type UpkeepProgress, type UpkeepTurn } from '../engine/upkeep.ts';
import type { Action } from '../model/action.ts';
import type { Instant } from '../model/instant.ts';
import type { Deletion, Store, Stored } from '../ports/store.ts';
import { actionEnded } from './decide-action.ts';

/** How long actions and notices are kept, and how often they are looked through. */
export interface ActionSweepLimits {
  readonly maxAgeMs: number;
  readonly everyMs: number;
}

const BUDGET_MS = 2 * 3_600_000;
const ALL = Number.POSITIVE_INFINITY;

/** Drops what is old (key `actionsweep:all`). */
export class ActionSweep extends Upkeep {
  readonly prefix = 'actionsweep';
  readonly #store: Store;
  readonly #limits: ActionSweepLimits;

  constructor(store: Store, limits: ActionSweepLimits) {
    super(limits.everyMs);
    this.#store = store;
    this.#limits = limits;
  }

  protected async work({ now }: UpkeepTurn): Promise<UpkeepProgress> {
    const below = now - this.#limits.maxAgeMs;
    const requested = { kind: 'action', query: { orderBy: 'requestedAt', below }, most: ALL } as const;
    await dropPages(this.#store, requested, (page) => this.#overBefore(below, page));
    const told = { kind: 'inboxNotice', query: { orderBy: 'at', below }, most: ALL } as const;
    await dropPages(this.#store, told, async (page) => deletionsOf('inboxNotice', page));
    await dropPages(this.#store, { kind: 'actionBudget', query: {}, most: ALL }, async (page) => {
      const old = page.filter(({ doc }) => (doc.minutes.at(-1)?.at ?? 0) < now - BUDGET_MS);
      return deletionsOf('actionBudget', old);
    });
    return 'done';
  }

  /** The action last: one without a status is over as well, and found again should this be broken off. */
  async #overBefore(below: Instant, page: readonly Stored<Action>[]): Promise<readonly Deletion[]> {
    const statuses = await this.#store.getMany(
      'actionStatus',
      page.map(({ doc }) => doc.id),
    );
    const byId = new Map(statuses.map((status) => [status.doc.id, status]));
    const old = page.filter(({ doc }) => isOver(byId.get(doc.id), below));
    const ids = new Set(old.map(({ doc }) => doc.id));
    const ofOld = statuses.filter(({ doc }) => ids.has(doc.id));
    return [...deletionsOf('actionStatus', ofOld), ...deletionsOf('action', old)];
  }
}

function isOver(
  status: Stored<{ readonly state: Parameters<typeof actionEnded>[0]; readonly endedAt: Instant | null }> | undefined,
  below: Instant,
): boolean {
  return !status || (actionEnded(status.doc.state) && (status.doc.endedAt ?? 0) < below);
}
