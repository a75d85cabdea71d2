// Which process looks after what, and where it is reached, as the documents of components and leases say.
import type { Component, ShardLease } from '../model/component.ts';
import type { Kind } from '../model/kinds.ts';
import type { Role } from '../model/role.ts';
import type { AnyDocument, Store } from '../ports/store.ts';

const PAGE = 1000;

/** What is known of the processes of the platform. */
export class PeerBook {
  readonly #components = new Map<string, Component>();
  readonly #leases = new Map<string, ShardLease>();

  /** Reads everything anew: what others wrote may have been missed. */
  async load(store: Store): Promise<void> {
    const [components, leases] = await Promise.all([all(store, 'component'), all(store, 'shardLease')]);
    this.#components.clear();
    this.#leases.clear();
    for (const doc of components) this.#components.set(doc.id, doc);
    for (const doc of leases) this.#leases.set(doc.id, doc);
  }

  /** A document was written. */
  written(kind: Kind, id: string, doc: AnyDocument | undefined): void {
    if (kind === 'component') put(this.#components, id, doc as Component | undefined);
    else if (kind === 'shardLease') put(this.#leases, id, doc as ShardLease | undefined);
  }

  /** Where a component is reached, as http://host:port; null: nowhere. */
  addressOf(component: string): string | null {
    return this.#components.get(component)?.address ?? null;
  }

  /** The component that looks after a shard of a role; null: nobody, or one that was restarted since. */
  ownerOf(role: Role, shard: number): string | null {
    const { owner = null } = this.#leases.get(`${role}:${shard}`) ?? {};
    if (owner === null) return null;
    const split = owner.lastIndexOf('/');
    const component = this.#components.get(owner.slice(0, split));
    return component?.run === owner.slice(split + 1) ? component.id : null;
  }
}

async function all<K extends 'component' | 'shardLease'>(store: Store, kind: K) {
  const docs = [];
  let after: string | undefined;
  do {
    const page = await store.list(kind, after === undefined ? { limit: PAGE } : { limit: PAGE, after });
    docs.push(...page.items.map(({ doc }) => doc));
    after = page.next;
  } while (after !== undefined);
  return docs;
}

function put<D>(book: Map<string, D>, id: string, doc: D | undefined): void {
  if (doc) book.set(id, doc);
  else book.delete(id);
}
