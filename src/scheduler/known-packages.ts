// Packages that were read before: they never change, and many instances run the same ones, so that they are not read for every decision.
import type { Package } from '../model/package.ts';
import type { Store } from '../ports/store.ts';

/** What a job is made of from its package; the list of its files may be long. */
export type PackageCore = Pick<Package, 'id' | 'config'>;

/** Packages that are kept; the one that was read longest ago makes room. */
const MOST = 256;

/** Finds packages of applications that exist: a package is removed only after its application was, so what was found is there still. */
export class KnownPackages {
  readonly #store: Store;
  readonly #known = new Map<string, PackageCore>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The package with an id, if there is one. */
  async find(id: string): Promise<PackageCore | undefined> {
    const known = this.#known.get(id);
    if (known) return known;
    const stored = await this.#store.get('package', id);
    if (!stored) return undefined;
    const found = { id, config: stored.doc.config };
    this.#keep(found);
    return found;
  }

  #keep(found: PackageCore): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MOST && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(found.id, found);
  }
}
