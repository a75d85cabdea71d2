// The machines of a simulated provider, as they are: made, started, stopped and destroyed by the platform or by people at the provider's
// own console. It outlives processes of the platform, and knows nothing of what runs on its machines: that is told to a listener.
import type { MachineState } from '../model/server.ts';
import type { SimRandom } from './sim-random.ts';
import type { SimWorld } from './sim-world.ts';

/** One machine. */
export interface CloudMachine {
  readonly machine: string;
  /** The act that made it; null: it was there before. */
  readonly act: string | null;
  readonly name: string;
  readonly address: string;
  readonly hostKey: string;
  readonly state: MachineState;
}

/** Told of what happens to machines, at the moment when it does. */
export interface CloudListener {
  /** Its power is on; for a new one as well. */
  started(machine: CloudMachine): void;
  /** Its power is off. */
  stopped(machine: CloudMachine): void;
  /** It is gone, with its disk. */
  destroyed(machine: CloudMachine): void;
}

const NOBODY: CloudListener = { started() {}, stopped() {}, destroyed() {} };

/** A simulated provider's side of things. */
export class SimCloud {
  readonly #world: SimWorld;
  readonly #random: SimRandom;
  readonly #listener: CloudListener;
  readonly #machines = new Map<string, CloudMachine>();
  #made = 0;

  constructor(world: SimWorld, name: string, listener: CloudListener = NOBODY) {
    this.#world = world;
    this.#random = world.random.fork(`cloud ${name}`);
    this.#listener = listener;
  }

  /** All that are not gone. */
  get machines(): readonly CloudMachine[] {
    return [...this.#machines.values()].filter(({ state }) => state !== 'gone');
  }

  /** One machine; undefined when it never was. */
  find(machine: string): CloudMachine | undefined {
    return this.#machines.get(machine);
  }

  /** The machine that an act made, gone or not. */
  findMade(act: string): CloudMachine | undefined {
    return [...this.#machines.values()].find((each) => each.act === act);
  }

  /** A machine that is there from the beginning, running. */
  add(machine: string, address: string): CloudMachine {
    const added = { machine, act: null, name: machine, address, hostKey: keyOf(address), state: 'running' } as const;
    this.#machines.set(machine, added);
    return added;
  }

  /** Makes a machine, which comes up after a while; the one that the act made already, if there is one. */
  make(act: string, name: string): CloudMachine {
    const present = this.findMade(act);
    if (present) return present;
    const machine = `m-${++this.#made}`;
    const address = `${machine}.cloud`;
    const made: CloudMachine = { machine, act, name, address, hostKey: keyOf(address), state: 'pending' };
    this.#machines.set(machine, made);
    this.#tell(made, 'is being made');
    this.#later(machine, 'pending', 'running', this.#random.between(1000, 20_000));
    return made;
  }

  /** Switches it on, if it is off. */
  start(machine: string): void {
    const present = this.#machines.get(machine);
    if (present?.state !== 'stopped') return;
    this.#become(present, 'pending');
    this.#later(machine, 'pending', 'running', this.#random.between(500, 10_000));
  }

  /** Cuts its power, if it is on: at once; the provider says so a while later. */
  stop(machine: string): void {
    const present = this.#machines.get(machine);
    if (present?.state !== 'running' && present?.state !== 'pending') return;
    this.#listener.stopped(this.#become(present, 'stopping'));
    this.#later(machine, 'stopping', 'stopped', this.#random.between(100, 3000));
  }

  /** Destroys it with its disk. */
  destroy(machine: string): void {
    const present = this.#machines.get(machine);
    if (!present || present.state === 'gone') return;
    if (present.state === 'running' || present.state === 'pending') this.#listener.stopped(present);
    this.#listener.destroyed(this.#become(present, 'gone'));
  }

  #later(machine: string, from: MachineState, to: MachineState, delayMs: number): void {
    this.#world.schedule(delayMs, () => {
      const present = this.#machines.get(machine);
      if (present?.state !== from) return;
      const next = this.#become(present, to);
      if (to === 'running') this.#listener.started(next);
    });
  }

  #become(present: CloudMachine, state: MachineState): CloudMachine {
    const next = { ...present, state };
    this.#machines.set(present.machine, next);
    this.#tell(next, `is ${state}`);
    return next;
  }

  #tell({ machine, name }: CloudMachine, what: string): void {
    this.#world.tell('cloud', `${machine} (${name}) ${what}`);
  }
}

function keyOf(address: string): string {
  return `ssh-ed25519 ${address}`;
}
