// Keeps all logs within their limits: looks hourly at those that were written to since, and at those that grew too old.
import { pages } from '../engine/shard-sweep.ts';
import { Upkeep, type UpkeepProgress, type UpkeepTurn } from '../engine/upkeep.ts';
import type { Query, Store } from '../ports/store.ts';
import type { LogLimits } from './decide-log-retention.ts';
import { enforceLogRetention } from './log-retention.ts';

const EVERY_MS = 3_600_000;

/** Segments' times are the nodes'; their clocks may differ from ours by this much without escaping the look. */
const CLOCK_MARGIN_MS = 600_000;

/** Keeps logs within their limits (key `logsweep:all`). */
export class LogSweepController extends Upkeep {
  readonly prefix = 'logsweep';
  readonly #store: Store;
  readonly #limits: LogLimits;

  constructor(store: Store, limits: LogLimits) {
    super(EVERY_MS);
    this.#store = store;
    this.#limits = limits;
  }

  protected async work({ now, lookedAt }: UpkeepTurn): Promise<UpkeepProgress> {
    const [store, limits] = [this.#store, this.#limits];
    const grown = { from: lookedAt === null ? 0 : lookedAt - CLOCK_MARGIN_MS };
    const tasks = new Set([
      ...(await tasksWithin(store, grown)),
      ...(await tasksWithin(store, { below: now - limits.mostAgeMs })),
    ]);
    for (const task of tasks) await enforceLogRetention(store, task, limits, now);
    return 'done';
  }
}

async function tasksWithin(store: Store, bounds: Pick<Query, 'from' | 'below'>): Promise<ReadonlySet<string>> {
  const tasks = new Set<string>();
  for await (const segment of pages(store, 'logSegment', { ...bounds, orderBy: 'toAt', limit: 1000 })) {
    tasks.add(segment.task);
  }
  return tasks;
}
