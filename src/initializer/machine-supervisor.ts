// The supervisor on a machine: whether it runs, starting it, having it look again, ending it.
import { z } from 'zod';
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { InstallerMachine } from '../ports/installer-machine.ts';
import { COMPONENTS, ETC } from './machine-paths.ts';
import { daemonWords, SUPERVISOR_LOG, UNIT_NAME } from './supervision-files.ts';

const selfSchema = z.object({ pid: z.int() });
const END_WITHIN_MS = 120_000;
const ASK_AGAIN_MS = 300;
/** One that stands by looks twice a second, and needs a moment to begin. */
const LOOKS_FOR_SUCCESSOR = 10;

/** One machine's supervisor. */
export class MachineSupervisor {
  readonly #machine: InstallerMachine;
  readonly #clock: Clock;
  readonly #way: 'systemd' | 'own';

  constructor(machine: InstallerMachine, clock: Clock, way: 'systemd' | 'own') {
    this.#machine = machine;
    this.#clock = clock;
    this.#way = way;
  }

  async runs(): Promise<boolean> {
    return (await this.#pid()) !== undefined;
  }

  /** Starts it; where it runs, another one takes over with the present program, and the components run on. */
  async start(): Promise<void> {
    await this.#must(['mkdir', '-p', COMPONENTS, `${ETC}/logs`]);
    if (this.#way === 'systemd') {
      await this.#must(['systemctl', 'daemon-reload']);
      await this.#must(['systemctl', 'enable', UNIT_NAME]);
    }
    const pid = await this.#pid();
    if (pid !== undefined) await this.#kill(pid);
    if (this.#way === 'systemd') await this.#must(['systemctl', 'start', UNIT_NAME]);
    else await this.#must(daemonWords());
    await this.#until('start the supervisor', async () => {
      const found = await this.#pid();
      return found !== undefined && found !== pid;
    });
  }

  /** Resolves when a component whose file was taken away has ended. */
  async ended(component: string): Promise<void> {
    const pid = await this.#pid();
    if (pid !== undefined) await this.#must(['kill', '-HUP', String(pid)]);
    await this.#until(`end ${component}`, async () => {
      const { status } = await this.#machine.run(['test', '-e', `${ETC}/run/component-${component}.json`]);
      return status !== '0';
    });
  }

  /** Has it look at the files now. */
  async look(): Promise<void> {
    const pid = await this.#pid();
    if (pid !== undefined) await this.#must(['kill', '-HUP', String(pid)]);
  }

  /** Ends it with all components, and whichever stood by to take its place: a component may have started one. */
  async end(): Promise<void> {
    let looks = (await this.#pid()) === undefined ? LOOKS_FOR_SUCCESSOR : 0;
    if (this.#way === 'systemd')
      await this.#machine.run(['systemctl', 'disable', '--now', UNIT_NAME], { withinMs: END_WITHIN_MS });
    const told = new Set<number>();
    await this.#until('end the supervisor', async () => {
      const pid = await this.#pid();
      if (pid === undefined) return ++looks > LOOKS_FOR_SUCCESSOR;
      looks = 0;
      // Told a second time it would leave its components behind.
      if (!told.has(pid)) await this.#must(['kill', '-TERM', String(pid)]);
      told.add(pid);
      return false;
    });
  }

  /** One that is asked to end would end its components as well. What still has its id would pass for it when another one is started. */
  async #kill(pid: number): Promise<void> {
    await this.#must(['kill', '-KILL', String(pid)]);
    await this.#until('end the former supervisor', async () => {
      const { status } = await this.#machine.run(['test', '-e', `/proc/${pid}`]);
      return status !== '0';
    });
  }

  /** The id that it wrote down, if a supervisor still has it. */
  async #pid(): Promise<number | undefined> {
    const text = await this.#machine.readFile(`${ETC}/run/supervisor.json`);
    const pid = text === undefined ? undefined : selfSchema.safeParse(JSON.parse(text.toString('utf8'))).data?.pid;
    if (pid === undefined) return undefined;
    const { output } = await this.#machine.run(['cat', `/proc/${pid}/cmdline`]);
    return output.includes('supervise') ? pid : undefined;
  }

  async #until(act: string, isDone: () => Promise<boolean>): Promise<void> {
    const deadline = this.#clock.monotonic() + END_WITHIN_MS;
    while (!(await isDone())) {
      if (this.#clock.monotonic() > deadline)
        throw this.#failed(act, `it did not within ${END_WITHIN_MS / 1000} s; see ${SUPERVISOR_LOG}`);
      await new Promise<void>((resolve) => this.#clock.after(ASK_AGAIN_MS, resolve));
    }
  }

  async #must(words: readonly string[]): Promise<void> {
    const { status, complaint } = await this.#machine.run(words);
    if (status !== '0') throw this.#failed(words.slice(0, 2).join(' '), complaint || `it ended with ${status}`);
  }

  #failed(act: string, reason: string): BerthError {
    return new BerthError('initializer.step-failed', { machine: this.#machine.address, act, reason });
  }
}
