// The lives of a simulated platform: started, killed, frozen, started again, and now and then two at once.

import type { Fault } from '../../src/sim/scenario.ts';
import { SimProcess } from '../../src/sim/sim-process.ts';
import { type SimPlatform, type Surroundings, startSimPlatform } from './sim-platform.ts';

/** Between the death of a platform and its next start when nobody said otherwise. */
const RESTART_MS = 500;

type PlatformFault = Extract<Fault, { do: 'kill-platform' | 'freeze-platform' | 'second-owner' }>;

/** Keeps one platform running, as a service manager does. */
export class PlatformLives {
  readonly #around: Omit<Surroundings, 'process'> & { readonly world: SimProcess['world'] };
  #present: SimProcess | undefined;
  /** Those before it that are not dead yet. */
  readonly #earlier = new Set<SimProcess>();
  #platform: SimPlatform | undefined;
  #lives = 0;
  #downMs = RESTART_MS;

  constructor(around: Omit<Surroundings, 'process'> & { readonly world: SimProcess['world'] }) {
    this.#around = around;
  }

  /** The platform that serves people now; undefined while none does. */
  get platform(): SimPlatform | undefined {
    return this.#platform?.process.isAlive ? this.#platform : undefined;
  }

  /** Whether an earlier platform still works beside the present one. */
  get isShared(): boolean {
    return this.#earlier.size > 0;
  }

  /** Starts the next life. */
  start(): void {
    const { world } = this.#around;
    const process = new SimProcess(world, `platform-${++this.#lives}`);
    if (this.#present?.isAlive) this.#earlier.add(this.#present);
    this.#present = process;
    this.#platform = undefined;
    process.onDeath(() => {
      this.#earlier.delete(process);
      if (this.#present === process) world.schedule(this.#downMs, () => this.start());
    });
    world.tell(process.name, 'starts');
    startSimPlatform({ ...this.#around, process }).then(
      (platform) => {
        world.tell(process.name, 'runs');
        if (this.#present === process) this.#platform = platform;
      },
      (error: unknown) => {
        // As main does: a platform that cannot start ends, and its service manager starts it again.
        world.tell(process.name, `could not start: ${String(error)}`);
        process.kill('because it could not start');
      },
    );
  }

  /** A fault of the platform's own process. */
  strike(fault: PlatformFault): void {
    const process = this.#present;
    if (!process?.isRunning) return;
    const { world } = this.#around;
    if (fault.do === 'kill-platform') {
      this.#downMs = fault.ms;
      process.planDeath({ acts: fault.acts, when: fault.when });
      return;
    }
    process.freeze();
    if (fault.do === 'second-owner') this.start();
    world.schedule(fault.ms, () => {
      process.thaw();
      if (process !== this.#present) world.schedule(fault.ms, () => process.kill('as the second of two owners'));
    });
  }

  /** No fault from now on: the present process is spared, and an earlier one ends when it was to. */
  heal(): void {
    this.#downMs = RESTART_MS;
    this.#present?.spare();
    this.#present?.thaw();
  }
}
