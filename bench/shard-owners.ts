// Who looks after which shards, as the leases in the database say.
import { SHARDS } from '../src/model/shard.ts';
import type { Store } from '../src/ports/store.ts';

/** By role, how many shards each process has, by its name; shards that nobody has are not counted. */
export async function shardOwners(
  store: Store,
  roles: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const owners = new Map<string, ReadonlyMap<string, number>>();
  for (const role of roles) {
    const { items } = await store.list('shardLease', { where: { role }, orderBy: 'shard', limit: SHARDS });
    const counts = new Map<string, number>();
    for (const { doc } of items) {
      const process = doc.owner?.slice(0, doc.owner.lastIndexOf('/'));
      if (process !== undefined) counts.set(process, (counts.get(process) ?? 0) + 1);
    }
    owners.set(role, counts);
  }
  return owners;
}
