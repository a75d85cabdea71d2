// Fills the slots of one decision: the next one sees where those before it went, which no document shows yet.
import type { Instant } from '../model/instant.ts';
import { type PlacementWhy, type Slot, taskId } from '../model/job.ts';
import { decidePlacement } from './decide-placement.ts';
import type { DecisionDraft } from './decision-draft.ts';
import { heldPlacement, placementInPlace } from './held-placement.ts';
import type { JobSnapshot } from './job-snapshot.ts';
import type { Demand } from './node-filters.ts';
import { demandOf } from './waiting-line.ts';

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
    this.#snapshot = snapshot;
    this.#draft = draft;
    this.#now = now;
    this.#demand = demandOf(job, architecture);
    for (const { state, node } of draft.slots) if (state === 'filled' && node !== null) this.#count(node);
  }

  /** Whether this decision has filled as many slots as one may. */
  get isFull(): boolean {
    return this.#draft.reserved.length >= FILL_AT_ONCE;
  }

  /** Where the next task of a slot would go. */
  placement(slot: Slot): PlacementWhy {
    const { fleet, rules, before } = this.#snapshot;
    const demand = this.#demand;
    const avoid = slot.failures > 0 ? slot.node : null;
    const held = heldPlacement(fleet, { task: this.#nextTask(slot), demand, rules }, this.#now);
    if (held) return held;
    const question = { demand, copiesOn: this.#copiesOn, avoid, before, rules };
    const placement = decidePlacement(fleet, question, this.#now);
    const old = placement.chosen === null ? this.#oldRoom(slot) : undefined;
    return (old && placementInPlace(fleet, { before: old, demand, rules }, this.#now)) ?? placement;
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
    const reserved = { do: 'reserve', node, reservation, claim, demand: this.#demand } as const;
    const old = this.#oldRoom(slot);
    const isInPlace = old?.node === node;
    if (isInPlace) this.#draft.freed.splice(this.#draft.freed.indexOf(old), 1);
    this.#draft.reserved.push(isInPlace ? { ...reserved, inPlaceOf: old.task } : reserved);
    const held = fleet.holderOf(task)?.node.id;
    if (held !== undefined && held !== node) this.#draft.left.push({ do: 'release', node: held, task });
  }

  /** That of the task before, when it has ended in this decision. */
  #oldRoom({ task }: Slot) {
    return this.#draft.freed.find((freed) => freed.task === task);
  }

  #nextTask({ index, attempt }: Slot): string {
    return taskId(this.#snapshot.job.id, index, attempt + 1);
  }

  #count(node: string): void {
    this.#copiesOn.set(node, (this.#copiesOn.get(node) ?? 0) + 1);
  }
}
