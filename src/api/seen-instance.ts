// The instance that a query names, for those who see it.
import { findInstance } from '../applications/instance-reads.ts';
import { BerthError } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { Store } from '../ports/store.ts';
import type { RouteAccess } from './route-access.ts';

/** The instance of an id or name; one that the caller does not see is as one that is not there. @throws request.not-found */
export async function findSeenInstance(store: Store, reference: string, access: RouteAccess): Promise<Instance> {
  const instance = await findInstance(store, reference);
  if (await access.sees(instance.application)) return instance;
  throw new BerthError('request.not-found', { what: 'instance', id: reference });
}
