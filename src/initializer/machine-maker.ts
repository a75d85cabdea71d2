// Machines that a provider makes for a platform: made when they are missing, found again after an interruption, given back with the platform.
// Only what it made itself, by its own record, is ever destroyed.
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { InstallerMachines } from '../ports/installer-machine.ts';
import type { HostKey } from '../ports/machine.ts';
import type { Provider, ProviderMachine } from '../ports/provider.ts';
import type { GivenMachine, GivenMachinesFile } from './machines-file-schema.ts';
import type { MadeMachine, MadeMachines, MadeMachinesFile } from './made-machines.ts';
import type { FileProvider } from './provider-schema.ts';

/** What making machines needs. */
export interface MachineMakerParts {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly made: MadeMachinesFile;
  /** Opens a provider of the machines file; `owner` marks what this platform makes. */
  readonly open: (config: FileProvider, owner: string) => Promise<Provider>;
  readonly machines: Pick<InstallerMachines, 'scanHostKey'>;
  /** Whether a person holds a host key to be the machine's; undefined: nobody can be asked. */
  readonly judgeHostKey: (machine: string, key: HostKey) => Promise<boolean | undefined>;
  readonly during: <T>(title: string, work: () => Promise<T>) => Promise<T>;
  /** Aborts when the person wants to leave. */
  readonly leave: AbortSignal;
}

/** How a machine that was made is now. */
export interface MadeMachineView {
  readonly name: string;
  readonly provider: string;
  readonly machine: string | null;
  /** The provider's word; `unknown`: it was asked for it, and nobody knows whether it made it. */
  readonly state: ProviderMachine['state'] | 'unknown';
}

interface Wanted {
  readonly name: string;
  readonly provider: string;
}

const UP_WITHIN_MS = 300_000;
const ASK_AGAIN_MS = 1000;
/** After these nobody can tell whether the other side did it. */
const UNTOLD: ReadonlySet<string> = new Set(['provider.timeout', 'provider.unreachable', 'provider.answer-invalid']);

/** The machines of one machines file. */
export class MachineMaker {
  readonly #file: GivenMachinesFile;
  readonly #parts: MachineMakerParts;
  readonly #open = new Map<string, Promise<Provider>>();
  #writing: Promise<void> = Promise.resolve();

  constructor(file: GivenMachinesFile, parts: MachineMakerParts) {
    this.#file = file;
    this.#parts = parts;
  }

  /** Makes those that are missing, side by side; resolves when all run and their host keys are pinned. @throws initializer.making-unknown, provider.*, initializer.making-stopped */
  async make(): Promise<void> {
    const wanted = this.#file.machines.filter(isMade);
    if (wanted.length === 0) return;
    const works = wanted.map((machine) => this.#ensure(machine));
    const failed = (await Promise.allSettled(works)).find((result) => result.status === 'rejected');
    if (failed) throw this.#parts.leave.aborted ? this.#stopped(failed.reason) : failed.reason;
    // One question after the other: a person can only answer one.
    for (const machine of wanted) await this.#pin(machine);
  }

  /** How those that were made are, also those that the file does not name any more. */
  async look(): Promise<readonly MadeMachineView[]> {
    const records = Object.entries((await this.#parts.made.read())?.machines ?? {});
    return Promise.all(
      records.map(async ([name, { provider, machine, askedAt }]): Promise<MadeMachineView> => {
        if (machine === null) return { name, provider, machine, state: askedAt === null ? 'gone' : 'unknown' };
        const { state } = await (await this.#provider(provider)).describe(machine);
        return { name, provider, machine, state };
      }),
    );
  }

  /** Destroys every machine that was made; resolves to their names. */
  async giveBack(): Promise<readonly MadeMachineView[]> {
    const records = Object.entries((await this.#parts.made.read())?.machines ?? {});
    const given: MadeMachineView[] = [];
    for (const [name, record] of records) {
      const provider = await this.#provider(record.provider);
      const machine = record.machine ?? (await this.#find(name, record, provider))?.machine ?? null;
      if (machine !== null) {
        await this.#parts.during(`${name}: give the machine ${machine} back`, () => provider.destroy(machine));
        given.push({ name, provider: record.provider, machine, state: 'gone' });
      }
      await this.#record(name, undefined);
    }
    await this.#parts.made.remove();
    return given;
  }

  /** Ends the connections to the providers; what is asked later opens them anew. */
  async close(): Promise<void> {
    const opened = [...this.#open.values()];
    this.#open.clear();
    for (const opening of opened) await opening.then((provider) => provider.close());
  }

  async #ensure({ name, provider: providerName }: Wanted): Promise<void> {
    const provider = await this.#provider(providerName);
    const before = (await this.#parts.made.read())?.machines[name];
    if (before && before.provider !== providerName)
      throw new BerthError('initializer.made-elsewhere', { machine: name, provider: before.provider });
    const present = before?.machine ? await provider.describe(before.machine) : undefined;
    if (before?.machine && present && present.state !== 'gone') return this.#untilUp(name, before, provider);
    const intended = before?.machine === null ? before : this.#newRecord(providerName);
    const made = await this.#makeOne(name, intended, provider);
    await this.#untilUp(name, { ...intended, machine: made.machine }, provider);
  }

  #newRecord(provider: string): MadeMachine {
    return { provider, act: this.#parts.newId(), askedAt: null, machine: null, address: null, hostKey: null };
  }

  /** The intention is written before the provider is asked, and its answer after. */
  async #makeOne(name: string, record: MadeMachine, provider: Provider): Promise<ProviderMachine> {
    const { clock, during, leave } = this.#parts;
    const found = await this.#find(name, record, provider);
    if (!found) leave.throwIfAborted();
    const asked = { ...record, askedAt: clock.now() };
    await this.#record(name, asked);
    const wanted = { act: record.act, name: `${this.#file.platform}-${name}` };
    const create = () => provider.create(wanted).catch((error: unknown) => this.#notMade(name, asked, error));
    const machine = found ?? (await during(`${name}: have ${record.provider} make a machine`, create));
    await this.#record(name, { ...asked, machine: machine.machine });
    return machine;
  }

  async #find(name: string, { act, askedAt, provider }: MadeMachine, opened: Provider) {
    if (askedAt === null) return undefined;
    return opened.findMade(act).catch((cause: unknown) => {
      if (!(cause instanceof BerthError) || cause.code !== 'provider.cannot') throw cause;
      throw new BerthError('initializer.making-unknown', { machine: name, provider, act }, { cause });
    });
  }

  async #notMade(name: string, record: MadeMachine, error: unknown): Promise<never> {
    if (error instanceof BerthError && !UNTOLD.has(error.code)) await this.#record(name, { ...record, askedAt: null });
    throw error;
  }

  /** A machine that was stopped is started; its address is written down. */
  async #untilUp(name: string, record: MadeMachine, provider: Provider): Promise<void> {
    const { clock, leave } = this.#parts;
    const machine = record.machine ?? '';
    const deadline = clock.monotonic() + UP_WITHIN_MS;
    for (;;) {
      const { state, address, hostKey } = await provider.describe(machine);
      if (state === 'stopped') await provider.start(machine);
      if (state === 'running' && address !== null)
        return this.#record(name, { ...record, address, hostKey: hostKey ?? record.hostKey });
      leave.throwIfAborted();
      if (clock.monotonic() > deadline)
        throw new BerthError('initializer.machine-not-up', { machine: name, state, seconds: UP_WITHIN_MS / 1000 });
      await this.#rest();
    }
  }

  /** Resolves when SSH answers and a host key is pinned: one of the file, the one that the provider vouches for, else one that a person agrees to. */
  async #pin({ name, hostKey }: GivenMachine): Promise<void> {
    const record = (await this.#parts.made.read())?.machines[name];
    const given = this.#file.providers[record?.provider ?? ''];
    if (!record || record.address === null || !given) return;
    const shown = await this.#shownKey(record.address, given.ssh.port);
    if (hostKey !== undefined || record.hostKey !== null) return;
    const { line, fingerprint } = shown;
    const isRight = await this.#parts.judgeHostKey(name, shown);
    if (isRight === undefined)
      throw new BerthError('initializer.host-key-unknown', { machine: name, fingerprint, line });
    if (!isRight) throw new BerthError('initializer.host-key-refused', { machine: name });
    await this.#record(name, { ...record, hostKey: line });
  }

  async #shownKey(address: string, port: number): Promise<HostKey> {
    const { clock, machines, leave } = this.#parts;
    const deadline = clock.monotonic() + UP_WITHIN_MS;
    for (;;) {
      try {
        return await machines.scanHostKey(address, port);
      } catch (error) {
        if (leave.aborted) throw this.#stopped(error);
        if (!(error instanceof BerthError) || clock.monotonic() > deadline) throw error;
      }
      await this.#rest();
    }
  }

  #provider(name: string): Promise<Provider> {
    const config = this.#file.providers[name];
    if (!config) throw new BerthError('initializer.provider-missing', { provider: name });
    const opening = this.#open.get(name) ?? this.#owner().then((owner) => this.#parts.open(config, owner));
    this.#open.set(name, opening);
    return opening;
  }

  async #owner(): Promise<string> {
    await this.#change(({ machines }) => machines);
    return (await this.#parts.made.read())?.owner ?? '';
  }

  #record(name: string, record: MadeMachine | undefined): Promise<void> {
    return this.#change(({ machines: { [name]: _, ...others } }) => (record ? { ...others, [name]: record } : others));
  }

  /** One change after the other. */
  #change(change: (made: MadeMachines) => MadeMachines['machines']): Promise<void> {
    const { made, newId } = this.#parts;
    this.#writing = this.#writing.then(async () => {
      const before = (await made.read()) ?? { owner: newId(), machines: {} };
      await made.write({ ...before, machines: change(before) });
    });
    return this.#writing;
  }

  #stopped(cause: unknown): BerthError {
    return new BerthError('initializer.interrupted-making', {}, { cause });
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => void this.#parts.clock.after(ASK_AGAIN_MS, resolve));
  }
}

function isMade(machine: GivenMachine): machine is GivenMachine & Wanted {
  return machine.provider !== undefined;
}
