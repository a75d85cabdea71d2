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

const ANSWER_LIMIT_MS = 3000;

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
    const { address, host } = await this.#reach(access);
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

  async restartEngine(access: NodeAccess): Promise<void> {
    const { host } = await this.#reach(access);
    await this.#wait(this.#random.between(500, 3000));
    host.startEngine();
  }

  async prepare(access: NodeAccess, progress: (line: string) => void): Promise<void> {
    const { host } = await this.#reach(access);
    progress('Starting the Docker engine');
    await this.#wait(this.#random.between(500, 3000));
    if (host.engine !== 'up') host.startEngine();
  }

  /** A machine that is off or cut off does not take the connection; one that is frozen takes it and says nothing. */
  async #reach(access: NodeAccess): Promise<{ readonly address: string; readonly host: SimHost }> {
    const address = access.kind === 'ssh' ? access.host : access.socketPath;
    const host = this.#parts.hosts.get(address);
    await this.#wait(this.#random.between(2, 30));
    if (host?.isResponsive) return { address, host };
    await this.#wait(ANSWER_LIMIT_MS);
    const seconds = ANSWER_LIMIT_MS / 1000;
    if (host?.isAttached) throw new BerthError('machine.frozen', { address, seconds });
    throw new BerthError('machine.no-answer', { address, reason: `silence for ${seconds} s` });
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#parts.process.later(ms, resolve));
  }
}
