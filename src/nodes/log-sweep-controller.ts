// Keeps all logs within their limits: looks hourly at those that were written to since, and at those that grew too old.
import type { Controller } from '../engine/controller.ts';
import { pages } from '../engine/shard-sweep.ts';
import type { Instant } from '../model/instant.ts';
import type { Query, Store } from '../ports/store.ts';
import type { LogLimits } from './decide-log-retention.ts';
import { enforceLogRetention } from './log-retention.ts';

const EVERY_MS = 3_600_000;

/** Segments' times are the nodes'; their clocks may differ from ours by this much without escaping the look. */
const CLOCK_MARGIN_MS = 600_000;

/** The controller of the one key `logsweep:all`. */
export function logSweepController(store: Store, limits: LogLimits): Controller {
  let lookedAt: Instant | null = null;
  return {
    prefix: 'logsweep',
    watches: {},
    async reconcile(_id, now) {
      if (lookedAt !== null && now < lookedAt + EVERY_MS) return lookedAt + EVERY_MS;
      const grown = { from: lookedAt === null ? 0 : lookedAt - CLOCK_MARGIN_MS };
      const tasks = new Set([
        ...(await tasksWithin(store, grown)),
        ...(await tasksWithin(store, { below: now - limits.mostAgeMs })),
      ]);
      for (const task of tasks) await enforceLogRetention(store, task, limits, now);
      lookedAt = now;
      return now + EVERY_MS;
    },
    async *sweep() {
      yield { id: 'all', at: (lookedAt ?? -EVERY_MS) + EVERY_MS };
    },
  };
}

async function tasksWithin(store: Store, bounds: Pick<Query, 'from' | 'below'>): Promise<ReadonlySet<string>> {
  const tasks = new Set<string>();
  for await (const segment of pages(store, 'logSegment', { ...bounds, orderBy: 'toAt', limit: 1000 })) {
    tasks.add(segment.task);
  }
  return tasks;
}
