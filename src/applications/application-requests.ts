// What a developer may ask of an application as a whole: use another of its packages, or remove it.

import { changeDocument } from '../engine/change-document.ts';
import { pages } from '../engine/shard-sweep.ts';
import { BerthError } from '../model/errors.ts';
import type { Application } from '../model/package.ts';
import { type Store, StoreConflict, type Stored } from '../ports/store.ts';
import { findPackage, packagesOf } from './application-reads.ts';
import type { ApplicationParts } from './package-requests.ts';

const NAMED_INSTANCES = 10;

/**
 * Makes one of an application's packages the current one, forward or back: new jobs run it. `reference` is the package's id, a
 * beginning of it, or its version. @throws request.not-found, request.ambiguous
 */
export async function usePackage(
  parts: ApplicationParts,
  application: string,
  reference: string,
): Promise<Application> {
  const { store, clock, record } = parts;
  const wanted = await findPackage(store, application, reference);
  const changed = await changeDocument(store, 'application', application, (before) => {
    if (!before) throw notFound(application);
    if (before.currentPackage === wanted.id) return before;
    const { description } = wanted.config;
    return { ...before, description, currentPackage: wanted.id, updatedAt: clock.now() };
  });
  await record({
    kind: 'application.package-used',
    subject: `application:${application}`,
    application,
    text: `The package version ${wanted.config.version} (${wanted.id.slice(0, 12)}) is current`,
    evidence: { package: wanted.id, version: wanted.config.version },
  });
  return changed;
}

/**
 * Removes an application with its packages, unless it has instances. One whose removal was interrupted is removed to its end.
 * @throws request.not-found, application.in-use, platform.store-conflict
 */
export async function removeApplication(parts: ApplicationParts, application: string): Promise<void> {
  const { store, record } = parts;
  await refuseWithInstances(store, application);
  const packages = await Array.fromAsync(packagesOf(store, application));
  const stored = await store.get('application', application);
  if (!stored && packages.length === 0) throw notFound(application);
  if (stored) await forget(store, stored);
  await removeSecrets(store, application);
  for (const { id } of packages) await removePackage(parts, id);
  await record({
    kind: 'application.removed',
    subject: `application:${application}`,
    application,
    text: `The application was removed with ${packages.length} packages`,
    evidence: { packages: packages.length },
  });
}

// Whoever creates an instance looks for the application once more afterwards, so one of the two always sees the other.
async function forget(store: Store, { doc, version }: Stored<Application>): Promise<void> {
  await store.delete('application', doc.id, version);
  try {
    await refuseWithInstances(store, doc.id);
  } catch (error) {
    await changeDocument(store, 'application', doc.id, (before) => before ?? doc);
    throw error;
  }
}

async function refuseWithInstances(store: Store, application: string): Promise<void> {
  const where = { application };
  const { items } = await store.list('instance', { where, orderBy: 'createdAt', limit: NAMED_INSTANCES });
  if (items.length === 0) return;
  const count = await store.count('instance', { where });
  const more = count > items.length ? ` and ${count - items.length} more` : '';
  const instances = `${items.map(({ doc }) => doc.name).join(', ')}${more}`;
  throw new BerthError('application.in-use', { application, instances });
}

/** Whoever takes the name next is not to find them. Before the packages, by which a removal that broke off is gone on with. */
async function removeSecrets(store: Store, application: string): Promise<void> {
  const named = await Array.fromAsync(pages(store, 'secret', { where: { application }, orderBy: 'name', limit: 100 }));
  for (const { id } of named) {
    const stored = await store.get('secret', id);
    if (stored) await store.delete('secret', id, stored.version);
  }
}

async function removePackage({ store, holds }: ApplicationParts, id: string): Promise<void> {
  const stored = await store.get('package', id);
  if (!stored) return;
  await holds.take(stored.doc.blob);
  try {
    await store.delete('package', id, stored.version);
  } catch (error) {
    // Packages are written once: a conflict means that somebody else has just removed it.
    if (!(error instanceof StoreConflict)) throw error;
  } finally {
    await holds.release(stored.doc.blob);
  }
}

function notFound(application: string): BerthError {
  return new BerthError('request.not-found', { what: 'app', id: application });
}
