// The brake of the present fleet, judged at most once a second however many nodes ask, and told when it takes hold and when it lets go.
import type { RecordEvent } from '../engine/event-recorder.ts';
import { pages } from '../engine/shard-sweep.ts';
import type { NodeStatus } from '../model/node.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { type Brake, decideBrake } from './decide-brake.ts';
import type { BrakeLimits } from './recovery-limits.ts';

/** What the brake needs. */
export interface FleetBrakeParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly recordEvent: RecordEvent;
  readonly limits: BrakeLimits;
}

const JUDGED_EVERY_MS = 1000;
const PAGE = 1000;

/** The brake of a fleet. */
export class FleetBrake {
  readonly #parts: FleetBrakeParts;
  #judged: { readonly brake: Promise<Brake>; readonly atMs: number } | undefined;
  #isOn = false;

  constructor(parts: FleetBrakeParts) {
    this.#parts = parts;
  }

  /** Whether it held when it was last judged. */
  get held(): boolean {
    return this.#isOn;
  }

  /** The brake as it is now. */
  now(): Promise<Brake> {
    const atMs = this.#parts.clock.monotonic();
    if (!this.#judged || atMs - this.#judged.atMs >= JUDGED_EVERY_MS) this.#judged = { brake: this.#judge(), atMs };
    return this.#judged.brake;
  }

  async #judge(): Promise<Brake> {
    const statuses: NodeStatus[] = [];
    for await (const status of pages(this.#parts.store, 'nodeStatus', { limit: PAGE })) statuses.push(status);
    const brake = decideBrake(statuses, this.#parts.limits);
    if (brake.isOn !== this.#isOn) await this.#tell(brake);
    this.#isOn = brake.isOn;
    return brake;
  }

  async #tell({ isOn, lost, fleet }: Brake): Promise<void> {
    const text = isOn
      ? `${lost} of ${fleet} nodes were lost together. No machine is switched off or replaced because of its silence while this lasts; machines that their provider reports stopped or gone are brought back.`
      : `The loss of much of the fleet is over: ${lost} of ${fleet} nodes are lost together.`;
    const kind = isOn ? 'fleet.mass-loss' : 'fleet.mass-loss-over';
    await this.#parts.recordEvent({ kind, subject: 'fleet', text, evidence: { lost, fleet } });
  }
}
