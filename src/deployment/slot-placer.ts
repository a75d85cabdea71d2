// Fills the slots of one decision: the next one sees where those before it went, which no document shows yet.
import type { Instant } from '../model/instant.ts';
import { type PlacementWhy, type Slot, taskId } from '../model/job.ts';
import { decidePlacement } from './decide-placement.ts';
import type { DecisionDraft } from './decision-draft.ts';
import { heldPlacement } from './held-placement.ts';
import type { JobSnapshot } from './job-snapshot.ts';
import type { Demand } from './node-filters.ts';

type FilledSlot = Slot & { readonly task: string; readonly node: string };

/** Slots filled in one decision: a job of a thousand copies does not hold everything else up. */
const FILL_AT_ONCE = 50;

/** Places the slots of one decision and reserves their room. */
export class SlotPlacer {
  readonly #snapshot: JobSnapshot;
  readonly #draft: DecisionDraft;
  readonly #now: Instant;
  readonly #demand: Demand;
  readonly #copiesOn = new Map<string, number>();

  constructor(snapshot: JobSnapshot, draft: DecisionDraft, now: Instant) {
    const { job, architecture } = snapshot;
    const { resources, labels } = job.spec;
    this.#snapshot = snapshot;
    this.#draft = draft;
    this.#now = now;
    this.#demand = { job: job.id, resources, machine: job.machine, labels, architecture };
    for (const { state, node } of draft.slots) if (state === 'filled' && node !== null) this.#count(node);
  }

  /** Whether this decision has filled as many slots as one may. */
  get isFull(): boolean {
    return this.#draft.reserved.length >= FILL_AT_ONCE;
  }

  /** Where the next task of a slot would go. */
  placement(slot: Slot): PlacementWhy {
    const { fleet, rules } = this.#snapshot;
    const demand = this.#demand;
    const avoid = slot.failures > 0 ? slot.node : null;
    return (
      heldPlacement(fleet, { task: this.#nextTask(slot), demand, rules }, this.#now) ??
      decidePlacement(fleet, { demand, copiesOn: this.#copiesOn, avoid, rules }, this.#now)
    );
  }

  /** Gives a slot its next task on a node, with room there. */
  fill(slot: Slot, placement: PlacementWhy, node: string): FilledSlot {
    this.reserve(slot, node);
    this.#count(node);
    const attempt = slot.attempt + 1;
    return { ...slot, state: 'filled', attempt, task: this.#nextTask(slot), node, placement, notBefore: null };
  }

  /** Reserves room for the next task of a slot, in place of room that it may have elsewhere. */
  reserve(slot: Slot, node: string): void {
    const { job, fleet } = this.#snapshot;
    const { cpus, memoryMiB, diskMiB } = job.spec.resources;
    const task = this.#nextTask(slot);
    const room = { cpus, memoryBytes: memoryMiB * 1024 * 1024, diskBytes: diskMiB * 1024 * 1024 };
    const of = { job: job.id, slot: slot.index, endsAt: job.endsAt };
    const reservation = { task, ...of, ...room, at: this.#now };
    const claim = job.machine === 'standalone' ? job.id : null;
    this.#draft.reserved.push({ do: 'reserve', node, reservation, claim, demand: this.#demand });
    const held = fleet.holderOf(task)?.node.id;
    if (held !== undefined && held !== node) this.#draft.left.push({ do: 'release', node: held, task });
  }

  #nextTask({ index, attempt }: Slot): string {
    return taskId(this.#snapshot.job.id, index, attempt + 1);
  }

  #count(node: string): void {
    this.#copiesOn.set(node, (this.#copiesOn.get(node) ?? 0) + 1);
  }
}
