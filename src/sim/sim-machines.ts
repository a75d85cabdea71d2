// How a process reaches the machines of a simulated world.
import { BerthError } from '../model/errors.ts';
import type { NodeAccess } from '../model/node.ts';
import type { HostKey, Machine, Machines } from '../ports/machine.ts';
import type { SimHost } from './sim-host.ts';
import { SimMachine } from './sim-machine.ts';
import type { SimProcess } from './sim-process.ts';
import type { SimRandom } from './sim-random.ts';
import type { Weather } from './weather.ts';

/** What the way to machines is made of. */
export interface SimMachinesParts {
  readonly process: SimProcess;
  readonly weather: Readonly<Weather>;
  /** By the host name of an SSH access, or the socket path of a local one. */
  readonly hosts: ReadonlyMap<string, SimHost>;
}

const CONNECT_LIMIT_MS = 15_000;

/** The Machines port of one process. */
export class SimMachines implements Machines {
  readonly #parts: SimMachinesParts;
  readonly #random: SimRandom;
  #connections = 0;

  constructor(parts: SimMachinesParts) {
    this.#parts = parts;
    this.#random = parts.process.world.random.fork(`connections of ${parts.process.name}`);
  }

  async connect(access: NodeAccess): Promise<Machine> {
    const address = access.kind === 'ssh' ? access.host : access.socketPath;
    const host = this.#parts.hosts.get(address);
    await this.#wait(this.#random.between(2, 30));
    if (!host?.isResponsive) {
      await this.#wait(CONNECT_LIMIT_MS);
      throw new BerthError('machine.unreachable', { address, reason: 'no answer' });
    }
    if (host.engine !== 'up')
      throw new BerthError('machine.no-engine', { address, socket: 'docker', reason: 'refused' });
    const { process, weather } = this.#parts;
    const random = this.#random.fork(`${address} ${this.#connections++}`);
    return new SimMachine({ process, host, weather, random });
  }

  async scanHostKey(host: string): Promise<HostKey> {
    await this.#wait(1);
    return { line: `ssh-ed25519 ${host}`, fingerprint: `SHA256:${host}` };
  }

  async publicKey(): Promise<string> {
    return 'ssh-ed25519 simulated';
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#parts.process.later(ms, resolve));
  }
}
