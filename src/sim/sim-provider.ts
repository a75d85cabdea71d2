// How a process of the platform speaks to a simulated provider: late, refused, or with the answer lost after the act.
import { BerthError } from '../model/errors.ts';
import type { NewMachine, Provider, ProviderMachine, Providers } from '../ports/provider.ts';
import type { CloudMachine, SimCloud } from './sim-cloud.ts';
import type { SimProcess } from './sim-process.ts';
import type { SimRandom } from './sim-random.ts';
import type { Weather } from './weather.ts';

/** What a simulated provider is reached with. */
export interface SimProviderParts {
  readonly process: SimProcess;
  readonly cloud: SimCloud;
  readonly weather: Readonly<Pick<Weather, 'machineSlow' | 'machineRefused' | 'machineLost'>>;
}

const ORDINARY_MS = 300;
const SLOW_MS = 20_000;

/** The Provider port of one process. */
class SimProvider implements Provider {
  readonly can = { powerCycle: true, create: true, destroy: true };
  readonly #parts: SimProviderParts;
  readonly #random: SimRandom;

  constructor(parts: SimProviderParts) {
    this.#parts = parts;
    this.#random = parts.process.world.random.fork(`provider of ${parts.process.name}`);
  }

  describe(machine: string): Promise<ProviderMachine> {
    const unknown = { machine, state: 'gone', address: null, hostKey: null } as const;
    return this.#ask('describe', () => viewOf(this.#parts.cloud.find(machine)) ?? unknown);
  }

  findMade(act: string): Promise<ProviderMachine | undefined> {
    return this.#ask('find', () => viewOf(this.#parts.cloud.findMade(act)));
  }

  start(machine: string): Promise<void> {
    return this.#do('start', `start ${machine}`, () => this.#parts.cloud.start(machine));
  }

  stop(machine: string): Promise<void> {
    return this.#do('stop', `stop ${machine}`, () => this.#parts.cloud.stop(machine));
  }

  async create({ act, name }: NewMachine): Promise<ProviderMachine> {
    const made = await this.#do('create', `make ${name}`, () => this.#parts.cloud.make(act, name));
    return { machine: made.machine, state: made.state, address: null, hostKey: made.hostKey };
  }

  destroy(machine: string): Promise<void> {
    return this.#do('destroy', `destroy ${machine}`, () => this.#parts.cloud.destroy(machine));
  }

  async close(): Promise<void> {}

  #ask<T>(act: string, look: () => T): Promise<T> {
    return this.#after((resolve, reject) => {
      if (this.#random.chance(this.#parts.weather.machineRefused)) reject(failed(act, 'it was refused'));
      else resolve(look());
    });
  }

  #do<T>(act: string, what: string, happen: () => T): Promise<T> {
    return this.#after((resolve, reject) => {
      const { process, weather } = this.#parts;
      if (this.#random.chance(weather.machineRefused)) return reject(failed(act, 'it was refused'));
      if (process.diesBefore(what)) return undefined;
      const result = happen();
      if (process.diesAfter(what)) return undefined;
      if (this.#random.chance(weather.machineLost))
        return reject(new BerthError('provider.timeout', { act, seconds: 30 }));
      return resolve(result);
    });
  }

  #after<T>(happen: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    const isSlow = this.#random.chance(this.#parts.weather.machineSlow);
    const delayMs = this.#random.between(5, isSlow ? SLOW_MS : ORDINARY_MS);
    return new Promise((resolve, reject) => {
      this.#parts.process.later(delayMs, () => happen(resolve, reject));
    });
  }
}

/** One provider for whatever is configured. */
export class SimProviders implements Providers {
  readonly #parts: SimProviderParts;

  constructor(parts: SimProviderParts) {
    this.#parts = parts;
  }

  async open(): Promise<Provider> {
    return new SimProvider(this.#parts);
  }
}

function viewOf(found: CloudMachine | undefined): ProviderMachine | undefined {
  if (!found) return undefined;
  const { machine, state, address, hostKey } = found;
  return { machine, state, address: state === 'running' ? address : null, hostKey };
}

function failed(act: string, words: string): BerthError {
  return new BerthError('provider.failed', { act, words });
}
