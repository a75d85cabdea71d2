// What people may ask of providers: add, remove, make machines. Checked here, written as desired state; the controllers do the rest.
import { changeExisting } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { BerthError } from '../model/errors.ts';
import type { MachineOrder, ProviderConfig } from '../model/server.ts';
import type { Clock } from '../ports/clock.ts';
import type { Provider, Providers } from '../ports/provider.ts';
import type { Random } from '../ports/random.ts';
import { type Store, StoreConflict, type Stored } from '../ports/store.ts';
import { orderMachines } from './order-machines.ts';

/** A new provider, as a person describes it. */
export type NewProvider = Omit<ProviderConfig, 'createdAt' | 'removing'>;

/** What requests about providers need. */
export interface ProviderRequestParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly providers: Providers;
  readonly recordEvent: RecordEvent;
}

/** Nodes that a provider makes are named after it. */
const NAME = /^[a-z][a-z0-9-]{0,19}$/;
/** Machines asked for at a time. */
const MOST_AT_ONCE = 100;

/** Requests about providers. */
export class ProviderRequests {
  readonly #parts: ProviderRequestParts;

  constructor(parts: ProviderRequestParts) {
    this.#parts = parts;
  }

  /**
   * Adds a provider after it has shown that it can be opened and can do what is asked of it.
   * @throws provider.name-invalid, provider.name-taken, provider.leaving, provider.unusable, provider.cannot
   */
  async addProvider(wanted: NewProvider): Promise<ProviderConfig> {
    const { store, clock, recordEvent } = this.#parts;
    const { id, mostAdded } = wanted;
    await this.#refuseTaken(id);
    const can = await this.#opened(wanted);
    if (mostAdded > 0 && !(can.create && can.destroy))
      throw new BerthError('provider.cannot', { act: 'make and destroy' });
    const config: ProviderConfig = { ...wanted, createdAt: clock.now(), removing: false };
    try {
      await store.create('provider', config);
    } catch (error) {
      if (error instanceof StoreConflict) throw new BerthError('provider.name-taken', { name: id }, { cause: error });
      throw error;
    }
    await recordEvent({ kind: 'provider.added', subject: `provider:${id}`, text: `Provider ${id} was added.` });
    return config;
  }

  /** Forgets a provider as soon as no node names it any more; until then it recovers nothing new. @throws request.not-found */
  async removeProvider(id: string): Promise<ProviderConfig> {
    return changeExisting(this.#parts.store, 'provider', id, (provider) => ({ ...provider, removing: true }));
  }

  /** Orders machines as new nodes. @throws request.not-found, request.invalid, provider.leaving, provider.cannot */
  async growFleet(id: string, count: number): Promise<readonly MachineOrder[]> {
    const { store, random, clock } = this.#parts;
    const { doc } = await this.#find(id);
    if (doc.removing) throw new BerthError('provider.leaving', { name: id });
    if (!Number.isInteger(count) || count < 1 || count > MOST_AT_ONCE)
      throw new BerthError('request.invalid', { detail: `The number of machines is 1 to ${MOST_AT_ONCE}.` });
    if (!(await this.#opened(doc)).create) throw new BerthError('provider.cannot', { act: 'create' });
    return orderMachines({ store, random }, { provider: id, count, until: 'removed' }, clock.now());
  }

  async #refuseTaken(id: string): Promise<void> {
    if (!NAME.test(id)) throw new BerthError('provider.name-invalid', { name: id });
    const present = await this.#parts.store.get('provider', id);
    if (present) throw new BerthError(present.doc.removing ? 'provider.leaving' : 'provider.name-taken', { name: id });
  }

  async #opened({ access }: Pick<ProviderConfig, 'access'>): Promise<Provider['can']> {
    const provider = await this.#parts.providers.open(access);
    await provider.close();
    return provider.can;
  }

  async #find(id: string): Promise<Stored<ProviderConfig>> {
    const stored = await this.#parts.store.get('provider', id);
    if (!stored) throw new BerthError('request.not-found', { what: 'provider', id });
    return stored;
  }
}
