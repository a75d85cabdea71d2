// Who names a secret: what would stand still without it.
import { pages } from '../engine/shard-sweep.ts';
import { SECRET_PREFIX } from '../model/secret.ts';
import type { Store } from '../ports/store.ts';

const MOST_NAMED = 10;
const PAGE = 100;

/** Instances of the application, or channels and providers for one of the platform's own (null), in words; at most ten. */
export async function usersOfSecret(
  store: Store,
  application: string | null,
  name: string,
): Promise<readonly string[]> {
  return application === null ? ofPlatform(store, `${SECRET_PREFIX}${name}`) : ofInstances(store, application, name);
}

async function ofInstances(store: Store, application: string, name: string): Promise<string[]> {
  const users: string[] = [];
  for await (const instance of pages(store, 'instance', {
    where: { application },
    orderBy: 'createdAt',
    limit: PAGE,
  })) {
    if (instance.secrets?.includes(name)) users.push(`the instance ${instance.name}`);
    if (users.length === MOST_NAMED) break;
  }
  return users;
}

async function ofPlatform(store: Store, reference: string): Promise<string[]> {
  const users: string[] = [];
  for await (const { id, access } of pages(store, 'actionChannel', { limit: PAGE }))
    if (Object.values(access).includes(reference)) users.push(`the channel ${id}`);
  for await (const { id, access } of pages(store, 'provider', { limit: PAGE }))
    if (Object.values(access).includes(reference)) users.push(`the provider ${id}`);
  return users.slice(0, MOST_NAMED);
}
