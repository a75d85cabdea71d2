// A provider that is the user's own commands: anything that can start and make machines and that a program can speak to.
//
// Each act is a list of words, of which the first is a program; it is run as it stands, never through a shell, with the platform's
// environment less its own settings. `{machine}`, `{name}` and `{act}` are filled in inside words. What the commands owe:
// * status: writes one JSON object `{"machine", "state", "address", "hostKey"}` (read-machine.ts) and ends with 0, also for `gone`.
// * start, stop, destroy: end with 0 when it is done or was so already. What they write is not read.
// * create: makes a machine for `{act}`, named `{name}`, and writes the same object. It need not wait for the machine to come up.
// * find: writes the object of the machine that `{act}` made, or nothing (or `null`) when there is none.
// Anything but 0 is a failure, told with the exit code and the last of what was written to standard error. The words themselves appear
// in no error: a user may have put there what is nobody's business.
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { NewMachine, Provider, ProviderMachine } from '../../ports/provider.ts';
import type { CommandAccess } from './command-access.ts';
import { CommandRunner } from './command-runner.ts';
import { filledIn, type Places } from './filled-in.ts';
import { readMachine } from './read-machine.ts';
import { unusableWords } from './unusable-words.ts';

/** How long a command may take before it is ended. */
export interface CommandLimits {
  /** `status` and `find`. */
  readonly readMs: number;
  /** All others. */
  readonly actMs: number;
}

/** What commands are run with. */
export interface CommandSurroundings {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: CommandLimits;
}

/** Limits for ordinary commands. */
export const ORDINARY_COMMAND_LIMITS: CommandLimits = { readMs: 30_000, actMs: 300_000 };

/** Each act with what it is called where people read of it. */
const ACTS = {
  status: 'describe',
  find: 'find',
  start: 'start',
  stop: 'stop',
  create: 'create',
  destroy: 'destroy',
} as const;

type Act = keyof typeof ACTS;

/** Starts, stops, makes and destroys machines by commands of the user's. */
export class CommandProvider implements Provider {
  readonly can: Provider['can'];
  readonly #access: CommandAccess;
  readonly #runner: CommandRunner;
  readonly #limits: CommandLimits;

  /** @throws provider.unusable when the words cannot work */
  constructor(access: CommandAccess, { clock, environment, limits }: CommandSurroundings) {
    const reason = unusableWords(access);
    if (reason !== undefined) throw new BerthError('provider.unusable', { reason });
    this.#access = access;
    this.#limits = limits;
    this.#runner = new CommandRunner(clock, environment);
    const { start, stop, create, destroy } = access;
    this.can = { powerCycle: start !== null && stop !== null, create: create !== null, destroy: destroy !== null };
  }

  async describe(machine: string): Promise<ProviderMachine> {
    const found = readMachine(await this.#run('status', { machine }), 'describe');
    if (found === undefined) return { machine, state: 'gone', address: null, hostKey: null };
    // Others act on this word, and it must not be another machine's.
    if (found.machine !== machine) {
      const told = `it is of ${JSON.stringify(found.machine)}, and ${JSON.stringify(machine)} was asked for`;
      throw new BerthError('provider.answer-invalid', { act: 'describe', found: told });
    }
    return found;
  }

  async findMade(act: string): Promise<ProviderMachine | undefined> {
    return readMachine(await this.#run('find', { act }), 'find');
  }

  async start(machine: string): Promise<void> {
    await this.#run('start', { machine });
  }

  async stop(machine: string): Promise<void> {
    await this.#run('stop', { machine });
  }

  async create({ act, name }: NewMachine): Promise<ProviderMachine> {
    const made = this.#access.find === null ? undefined : await this.findMade(act);
    if (made) return made;
    const answer = readMachine(await this.#run('create', { act, name }), 'create');
    if (!answer) throw new BerthError('provider.answer-invalid', { act: 'create', found: 'nothing' });
    return answer;
  }

  async destroy(machine: string): Promise<void> {
    await this.#run('destroy', { machine });
  }

  /** Ends the commands that run; what they were doing is found again by `find`. */
  close(): Promise<void> {
    return this.#runner.close();
  }

  #run(act: Act, places: Places): Promise<string> {
    const words = this.#access[act];
    if (words === null) throw new BerthError('provider.cannot', { act: ACTS[act] });
    const limitMs = act === 'status' || act === 'find' ? this.#limits.readMs : this.#limits.actMs;
    return this.#runner.run(filledIn(words, places), { act: ACTS[act], limitMs });
  }
}
