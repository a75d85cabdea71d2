// Tells instances that all schedules were paused or resumed (key `schedules:all`).
import type { Controller, Unsettled, Wake } from '../engine/controller.ts';
import { pages, positionPages } from '../engine/shard-sweep.ts';
import type { Instant } from '../model/instant.ts';
import type { SchedulePause } from '../model/schedule.ts';
import { SHARDS } from '../model/shard.ts';
import type { Store } from '../ports/store.ts';

/** Wakes the instances that a pause of all schedules, or its end, concerns. */
export class PauseController implements Controller {
  readonly prefix = 'schedules';
  readonly watches = { schedulePause: (_: SchedulePause) => ['all'] };
  readonly #store: Store;
  readonly #wake: Wake;

  constructor(store: Store, wake: Wake) {
    this.#store = store;
    this.#wake = wake;
  }

  async reconcile(_: string, now: Instant): Promise<Instant | null> {
    for await (const job of pages(this.#store, 'job', {
      where: { open: 1 },
      orderBy: 'startsAt',
      from: now,
      limit: 1000,
    }))
      this.#wake(`instance:${job.instance}`);
    // What is due later has kept its alarm: an instance that is looked at during a pause is looked at again when its next occurrence begins.
    for (let shard = 0; shard < SHARDS; shard++) await this.#wakeDue(shard, now);
    return null;
  }

  /** A wake-up of each instance that a sweep would find anyway. */
  async *sweep(): AsyncIterable<Unsettled> {}

  async #wakeDue(shard: number, now: Instant): Promise<void> {
    const due = { where: { shard }, orderBy: 'nextAt', from: 0, below: now + 1 };
    for await (const page of positionPages(this.#store, 'instanceStatus', due)) {
      for (const { id } of page) this.#wake(`instance:${id}`);
    }
  }
}
