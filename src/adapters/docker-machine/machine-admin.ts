// Programs of a machine that need its administrator: with sudo where the platform's user is not root.
import type { MachinePrograms, ProgramResult, ProgramRun } from './machine-programs.ts';

/** How the machine's services are started: by systemd, or by the scripts of System V. */
export type ServiceTool = 'systemd' | 'scripts';

/** Runs programs as the administrator. */
export class MachineAdmin {
  readonly #programs: MachinePrograms;
  readonly #prefix: readonly string[];
  readonly #signal: AbortSignal;

  private constructor(programs: MachinePrograms, prefix: readonly string[], signal: AbortSignal) {
    this.#programs = programs;
    this.#prefix = prefix;
    this.#signal = signal;
  }

  /** Finds out who the platform is on the machine. Everything ends when the signal aborts. */
  static async of(programs: MachinePrograms, signal: AbortSignal): Promise<MachineAdmin> {
    const { output } = await programs.run(['id', '-u'], { signal });
    return new MachineAdmin(programs, output.trim() === '0' ? [] : ['sudo', '-n'], signal);
  }

  get address(): string {
    return this.#programs.address;
  }

  run(words: readonly string[], options: Omit<ProgramRun, 'signal'> = {}): Promise<ProgramResult> {
    return this.#programs.run([...this.#prefix, ...words], { ...options, signal: this.#signal });
  }

  /** Its documented test is this directory (sd_booted(3)). */
  async serviceTool(): Promise<ServiceTool> {
    const { status } = await this.run(['test', '-d', '/run/systemd/system']);
    return status === '0' ? 'systemd' : 'scripts';
  }
}

/** Why a program failed, in its own words where it has any. */
export function failureOf({ status, complaint, output }: ProgramResult): string {
  const lastLine = (complaint || output).trim().split('\n').at(-1)?.trim();
  return lastLine || `it ended with ${status}`;
}
