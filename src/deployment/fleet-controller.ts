// Deployment's part of the loop for the whole fleet: wakes jobs when room may have come or a node is to be left, and keeps ledgers and leases true.
import type { Controller, Unsettled, Wake } from '../engine/controller.ts';
import { pages } from '../engine/shard-sweep.ts';
import type { Image } from '../model/image.ts';
import type { Instant } from '../model/instant.ts';
import type { Ledger, Node, NodeStatus } from '../model/node.ts';
import type { MachineState, ServerStatus } from '../model/server.ts';
import type { Clock } from '../ports/clock.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { decideLedger } from './decide-ledger.ts';
import type { FleetView } from './fleet-view.ts';
import { outdateDecisions } from './outdate-decisions.ts';
import { tidyLeases } from './tidy-leases.ts';

/** What the fleet controller works with. */
export interface FleetControllerParts {
  readonly store: Store;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly fleet: FleetView;
  readonly wake: Wake;
}

const TIDY_EVERY_MS = 60_000;
const WAITING_AT_ONCE = 1000;
/** What makes sure that nothing runs on a machine. */
const OFF: ReadonlySet<MachineState> = new Set(['stopped', 'gone']);

/** Keeps the fleet and the jobs that wait for it together (key `fleet:all`). */
export class FleetController implements Controller {
  readonly prefix = 'fleet';
  readonly watches = {
    node: (_: Node) => ['all'],
    nodeStatus: (_: NodeStatus) => ['all'],
    ledger: (_: Ledger) => ['all'],
    serverStatus: ({ machine }: ServerStatus) => (machine && OFF.has(machine.state) ? ['all'] : []),
    image: (doc: Image) => (doc.state === 'ready' || doc.state === 'failed' ? ['all'] : []),
  };
  readonly #parts: FleetControllerParts;
  #tidiedAt: Instant = 0;
  #tidiedMs = 0;

  constructor(parts: FleetControllerParts) {
    this.#parts = parts;
  }

  async reconcile(_: string, now: Instant): Promise<Instant | null> {
    if (this.#tidiedAt + TIDY_EVERY_MS <= now) await this.#tidy(now);
    await this.#wakeWaiting();
    this.#wakeLeft();
    const quarantineEnd = this.#parts.fleet.nextQuarantineEnd(now);
    return Math.min(this.#tidiedAt + TIDY_EVERY_MS, quarantineEnd ?? Number.POSITIVE_INFINITY);
  }

  async *sweep(): AsyncIterable<Unsettled> {
    yield { id: 'all', at: 0 };
  }

  /** By priority, and then what has waited longest first. */
  async #wakeWaiting(): Promise<void> {
    const waiting = await this.#parts.store.list('jobStatus', {
      where: { state: 'waiting' },
      orderBy: 'rank',
      limit: WAITING_AT_ONCE,
    });
    for (const { doc } of waiting.items) this.#parts.wake(`job:${doc.id}`);
  }

  #wakeLeft(): void {
    const { fleet, wake } = this.#parts;
    for (const id of fleet.left) {
      for (const { job } of fleet.get(id)?.ledger?.reservations ?? []) wake(`job:${job}`);
    }
  }

  async #tidy(now: Instant): Promise<void> {
    await this.#parts.fleet.refresh(this.#parts.store);
    const steadyNow = this.#steady(now);
    for await (const ledger of pages(this.#parts.store, 'ledger', { limit: 1000 }))
      await this.#tidyLedger(ledger.id, steadyNow);
    await tidyLeases(this.#parts.store);
    this.#tidiedAt = now;
    this.#tidiedMs = this.#parts.clock.monotonic();
  }

  /** Without what the wall clock has jumped ahead since the last time: what is being placed now would look old. */
  #steady(now: Instant): Instant {
    if (this.#tidiedAt === 0) return now;
    return Math.min(now, this.#tidiedAt + this.#parts.clock.monotonic() - this.#tidiedMs);
  }

  async #tidyLedger(id: string, now: Instant): Promise<void> {
    const { store } = this.#parts;
    const stored = await store.get('ledger', id);
    if (!stored) return;
    if (!(await store.get('node', id))) return store.delete('ledger', id, stored.version);
    const jobs = await store.getMany('jobStatus', [...new Set(stored.doc.reservations.map(({ job }) => job))]);
    const tidied = decideLedger(stored.doc, new Map(jobs.map(({ doc }) => [doc.id, doc])), now);
    if (!tidied) return;
    try {
      // A process that stood still after it reserved would name the room in a slot when it goes on.
      for (const job of tidied.jobs) {
        const status = jobs.find(({ doc }) => doc.id === job);
        await outdateDecisions(store, job, status, now);
      }
      await store.update('ledger', tidied.ledger, stored.version);
    } catch (error) {
      // Somebody placed here, or decided on such a job, in the meantime; the next tidying looks again.
      if (!(error instanceof StoreConflict)) throw error;
    }
  }
}
