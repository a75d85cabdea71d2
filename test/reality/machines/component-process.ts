// The process of a component on a machine, as its supervisor knows it.
import type { Server } from '../../world/server.ts';

const ETC = '/etc/berth';

/** The one component of a machine, or its supervisor. */
export class ComponentProcess {
  readonly #machine: Server;
  readonly #file: string;
  #stopped: string | undefined;

  constructor(machine: Server, what: { readonly component: string } | 'supervisor') {
    this.#machine = machine;
    this.#file = what === 'supervisor' ? `${ETC}/run/supervisor.json` : `${ETC}/run/component-${what.component}.json`;
  }

  /** As a crash would end it; nothing happens where it does not run. */
  async kill(): Promise<void> {
    const pid = await this.#pid();
    if (pid !== undefined) await this.#machine.run(['kill', '-KILL', pid]);
  }

  /** Nothing of it moves until `resume`, or until its supervisor has lost patience. */
  async pause(): Promise<void> {
    this.#stopped = await this.#pid();
    if (this.#stopped !== undefined) await this.#machine.run(['kill', '-STOP', this.#stopped]);
  }

  async resume(): Promise<void> {
    if (this.#stopped !== undefined) await this.#machine.run(['kill', '-CONT', this.#stopped]);
  }

  async #pid(): Promise<string | undefined> {
    const { code, stdout } = await this.#machine.run(['cat', this.#file]);
    return code === 0 ? String((JSON.parse(stdout) as { pid: number }).pid) : undefined;
  }
}
