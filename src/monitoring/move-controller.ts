// Has components that keep dying run on another machine (key `moves:all`).
import type { Controller, Unsettled } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { Instant } from '../model/instant.ts';
import type { ComponentHost } from '../ports/component-host.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import { openAlerts } from './alert-reads.ts';
import { LOST_RULE } from './component-alert.ts';
import { platformProcesses } from './component-reads.ts';
import { decideLeftovers, decideMove, type Leftover, type MovableProcess, type Move } from './decide-move.ts';

/** What the controller needs. */
export interface MoveControllerParts {
  readonly store: Store;
  readonly host: ComponentHost;
  readonly log: Log;
  readonly recordEvent: RecordEvent;
}

const LOOK_EVERY_MS = 15_000;
/** After a move its component has so long to show itself before it is looked at again. */
const SETTLE_MS = 120_000;

/** Moves components. */
export class MoveController implements Controller {
  readonly prefix = 'moves';
  readonly watches = {};
  readonly #parts: MoveControllerParts;
  readonly #movedAt = new Map<string, Instant>();

  constructor(parts: MoveControllerParts) {
    this.#parts = parts;
  }

  async reconcile(_: string, now: Instant): Promise<Instant> {
    const { store, host } = this.#parts;
    const processes = await movable(store, now);
    for (const leftover of decideLeftovers(processes)) await this.#remove(leftover);
    const moves = decideMove(processes, await host.machines());
    const due = moves.filter(({ name }) => now - (this.#movedAt.get(name) ?? Number.NEGATIVE_INFINITY) >= SETTLE_MS);
    for (const move of due) await this.#move(move, now);
    return now + LOOK_EVERY_MS;
  }

  async *sweep(): AsyncIterable<Unsettled> {
    yield { id: 'all', at: 0 };
  }

  /** First there, then no longer here: a role that two have is well served, one that nobody has is not. */
  async #move({ name, placed, from, to, why }: Move, now: Instant): Promise<void> {
    const { host, recordEvent } = this.#parts;
    this.#movedAt.set(name, now);
    await host.place(to, placed);
    const text = `The component ${name} is started on ${to} as ${placed.name} in place of ${from}. ${why}`;
    await recordEvent({ kind: 'component.moved', subject: `component:${name}`, text, evidence: { from, to } });
    await this.#remove({ machine: from, name });
  }

  /** What cannot be done now is found again later: a machine that is off tells of it when it is back. */
  async #remove({ machine, name }: Leftover): Promise<void> {
    const { host, log, store } = this.#parts;
    try {
      await host.remove(machine, name);
      // One that died is in the list still, and nobody waits for it any more.
      const stored = await store.get('component', name);
      if (stored?.doc.machine === machine) await store.delete('component', name, stored.version);
    } catch (error) {
      log.warn('The component that was moved could not be taken from its former machine', { name, machine, error });
    }
  }
}

async function movable(store: Store, now: Instant): Promise<readonly MovableProcess[]> {
  const [processes, alerts] = await Promise.all([platformProcesses(store), openAlerts(store)]);
  const lostAt = new Map(alerts.flatMap((each) => (each.rule === LOST_RULE ? [[each.subject, each.openedAt]] : [])));
  return processes.map((process) => {
    const at = lostAt.get(`component:${process.id}`);
    return { ...process, isLost: at !== undefined, lostForMs: at === undefined ? 0 : now - at };
  });
}
