// What people may read of instances.
import { BerthError } from '../model/errors.ts';
import type { Instance, InstanceStatus } from '../model/instance.ts';
import type { Store } from '../ports/store.ts';
import type { Listing, PageRequest } from './application-reads.ts';

/** An instance with what the scheduler knows of it; `status` is null until it has looked at it. */
export interface InstanceView {
  readonly instance: Instance;
  readonly status: InstanceStatus | null;
}

/** Instances in the order in which they were created, of one application or of all (`application` null). */
export async function listInstances(
  store: Store,
  application: string | null,
  page: PageRequest,
): Promise<Listing<InstanceView>> {
  const where = application === null ? {} : { where: { application } };
  const { items, next } = await store.list('instance', { ...where, orderBy: 'createdAt', ...page });
  const statuses = await store.getMany(
    'instanceStatus',
    items.map(({ doc }) => doc.id),
  );
  const byId = new Map(statuses.map(({ doc }) => [doc.id, doc]));
  const views = items.map(({ doc }) => ({ instance: doc, status: byId.get(doc.id) ?? null }));
  return { items: views, ...(next === undefined ? {} : { next }) };
}

/** One instance by its id or its name. @throws request.not-found */
export async function showInstance(store: Store, reference: string): Promise<InstanceView> {
  const instance = await findInstance(store, reference);
  return { instance, status: (await store.get('instanceStatus', instance.id))?.doc ?? null };
}

/** The instance with this id, or else with this name. @throws request.not-found */
export async function findInstance(store: Store, reference: string): Promise<Instance> {
  const byId = await store.get('instance', reference);
  if (byId) return byId.doc;
  const held = await store.get('instanceName', reference);
  const byName = held && (await store.get('instance', held.doc.instance));
  if (!byName) throw new BerthError('request.not-found', { what: 'instance', id: reference });
  return byName.doc;
}
