// Machines each of whose acts has a place before and after it.
import type { NodeAccess } from '../../model/node.ts';
import type { HostKey, Machine, Machines } from '../../ports/machine.ts';
import { FaultMachine } from './fault-machine.ts';
import { between, type Point } from './point.ts';

/** Wraps the way to machines, and every machine that it leads to. */
export class FaultMachines implements Machines {
  readonly #machines: Machines;
  readonly #point: Point;

  constructor(machines: Machines, point: Point) {
    this.#machines = machines;
    this.#point = point;
  }

  async connect(access: NodeAccess): Promise<Machine> {
    const machine = await between(this.#point, 'connect machine', () => this.#machines.connect(access));
    return new FaultMachine(machine, this.#point);
  }

  scanHostKey(host: string, port: number): Promise<HostKey> {
    return this.#machines.scanHostKey(host, port);
  }

  publicKey(): Promise<string> {
    return this.#machines.publicKey();
  }

  restartEngine(access: NodeAccess): Promise<void> {
    return between(this.#point, 'restart engine', () => this.#machines.restartEngine(access));
  }

  prepare(access: NodeAccess, progress: (line: string) => void): Promise<void> {
    return between(this.#point, 'prepare machine', () => this.#machines.prepare(access, progress));
  }
}
