// Providers that are open, one for each configured one; opened when they are first needed, and anew when they were configured anew.
import { BerthError } from '../model/errors.ts';
import type { ProviderConfig } from '../model/server.ts';
import type { Provider, Providers } from '../ports/provider.ts';
import type { Store } from '../ports/store.ts';

/** A provider with what it was configured with. */
export interface OpenedProvider {
  readonly config: ProviderConfig;
  readonly provider: Provider;
}

/** Opens providers by name and keeps them open. */
export class ProviderPool {
  readonly #store: Store;
  readonly #providers: Providers;
  readonly #open = new Map<string, { readonly access: string; readonly provider: Promise<Provider> }>();

  constructor(parts: { readonly store: Store; readonly providers: Providers }) {
    this.#store = parts.store;
    this.#providers = parts.providers;
  }

  /** The provider of a name. @throws request.not-found, provider.unusable */
  async get(id: string): Promise<OpenedProvider> {
    const stored = await this.#store.get('provider', id);
    if (!stored) throw new BerthError('request.not-found', { what: 'provider', id });
    return { config: stored.doc, provider: await this.#opened(stored.doc) };
  }

  /** Closes one that is no longer configured. */
  async close(id: string): Promise<void> {
    const open = this.#open.get(id);
    this.#open.delete(id);
    await (await open?.provider)?.close();
  }

  /** Closes all of them, at the end of the process. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.close(id)));
  }

  async #opened(config: ProviderConfig): Promise<Provider> {
    const access = JSON.stringify(config.access);
    const present = this.#open.get(config.id);
    if (present?.access === access) return present.provider;
    await this.close(config.id);
    const provider = this.#providers.open(config.access);
    this.#open.set(config.id, { access, provider });
    try {
      return await provider;
    } catch (error) {
      // One that could not be opened is tried anew the next time.
      if (this.#open.get(config.id)?.provider === provider) this.#open.delete(config.id);
      throw error;
    }
  }
}
