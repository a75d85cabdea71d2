// Forgets alerts that are long over, and silences that have ended.
import { DROPPED_AT_ONCE, deletionsOf, dropPages } from '../engine/drop-pages.ts';
import { Upkeep, type UpkeepProgress, type UpkeepTurn } from '../engine/upkeep.ts';
import type { Store } from '../ports/store.ts';

const EVERY_MS = 3_600_000;
const KEPT_MS = 90 * 86_400_000;
const SILENCES_KEPT_MS = 86_400_000;

/** Drops them (key `alertsweep:all`). */
export class AlertSweep extends Upkeep {
  readonly prefix = 'alertsweep';
  readonly #store: Store;

  constructor(store: Store) {
    super(EVERY_MS);
    this.#store = store;
  }

  protected async work({ now }: UpkeepTurn): Promise<UpkeepProgress> {
    const ended = { orderBy: 'untilAt', below: now - SILENCES_KEPT_MS };
    await dropPages(this.#store, { kind: 'alertSilence', query: ended, most: DROPPED_AT_ONCE }, async (page) =>
      deletionsOf('alertSilence', page),
    );
    const over = { where: { state: 'closed' }, orderBy: 'openedAt', below: now - KEPT_MS };
    return dropPages(this.#store, { kind: 'alert', query: over, most: DROPPED_AT_ONCE }, async (page) =>
      deletionsOf(
        'alert',
        page.filter(({ doc }) => (doc.closedAt ?? now) < now - KEPT_MS),
      ),
    );
  }
}
