// The machines of a world: those of its people, and those of a provider, whose power is the provider's matter.
import type { CloudListener, CloudMachine, SimCloud } from './sim-cloud.ts';
import type { SimHost } from './sim-host.ts';

/** Keeps machines by address, and does to those of a provider what happens to them there. */
export class SimFleet implements CloudListener {
  readonly hosts = new Map<string, SimHost>();
  readonly #make: (address: string) => SimHost;
  /** Machines that no power cycle helps. */
  readonly #beyondHelp = new Set<string>();
  #cloud: SimCloud | undefined;

  constructor(make: (address: string) => SimHost) {
    this.#make = make;
  }

  /** Some of the machines are a provider's from now on. */
  belongsTo(cloud: SimCloud, machines: readonly string[]): void {
    this.#cloud = cloud;
    for (const address of machines) cloud.add(address, address);
  }

  /** A new machine is on and has no engine yet. */
  started({ address }: CloudMachine): void {
    const present = this.hosts.get(address);
    if (present) {
      if (!this.#beyondHelp.has(address)) present.repair();
      present.powerOn();
      return;
    }
    const host = this.#make(address);
    host.stopEngine(false);
    this.hosts.set(address, host);
  }

  stopped({ address }: CloudMachine): void {
    this.hosts.get(address)?.powerOff();
  }

  destroyed({ address }: CloudMachine): void {
    const host = this.hosts.get(address);
    host?.powerOff();
    host?.wipe();
  }

  /** It is dead until its power is cut and given back, or for good. */
  wreck(address: string, cure: 'power-cycle' | 'replace'): void {
    if (cure === 'replace') this.#beyondHelp.add(address);
    this.hosts.get(address)?.wreck();
  }

  /** Power comes back, unless its provider says that it is off. */
  powerOn(address: string): void {
    const machine = this.#cloud?.machines.find((each) => each.address === address);
    const isOff = this.#cloud?.find(address)?.state === 'gone' || (machine && machine.state !== 'running');
    if (!isOff) this.hosts.get(address)?.powerOn();
  }

  /** What faults did is over; what a provider switched off, destroyed or lost is its own and the platform's matter. */
  heal(): void {
    for (const [address, host] of this.hosts) {
      host.heal();
      this.powerOn(address);
    }
  }
}
