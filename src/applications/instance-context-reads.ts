// Reads everything that an instance file is judged by: the package it names, the instances it runs after, the calendars there are.
import { positionPages } from '../engine/shard-sweep.ts';
import { BerthError, type Problem } from '../model/errors.ts';
import type { Package } from '../model/package.ts';
import type { Store } from '../ports/store.ts';
import { findPackage } from './application-reads.ts';
import type { InstanceContext, ScheduleFaults } from './instance-file-faults.ts';
import type { InstanceFile } from './instance-file-schema.ts';
import { shortened } from './shortened.ts';
import { findUpstream } from './upstream-reads.ts';

const NAMED_APPLICATIONS = 20;

/** What a file is judged by; `id` is that of the instance which it describes, or null when there is none yet. */
export async function findInstanceContext(
  { store, scheduleFaults }: { readonly store: Store; readonly scheduleFaults: ScheduleFaults },
  file: InstanceFile,
  { fileName, id }: { readonly fileName: string; readonly id: string | null },
): Promise<InstanceContext> {
  const [target, upstream, calendars] = await Promise.all([
    findTarget(store, file, fileName),
    findUpstream(store, { fileName, name: file.name, id, schedule: file.schedule }),
    calendarNames(store),
  ]);
  return { fileName, target, upstream, calendars, scheduleFaults };
}

async function calendarNames(store: Store): Promise<string[]> {
  const all = await Array.fromAsync(positionPages(store, 'calendar', {}));
  return all.flat().map(({ id }) => id);
}

async function findTarget(
  store: Store,
  file: InstanceFile,
  fileName: string,
): Promise<{ package: Package } | { problems: Problem[] }> {
  if (!(await store.get('application', file.application))) {
    const found = shortened(file.application);
    return { problems: [{ file: fileName, path: '$.application', found, expected: await knownApplications(store) }] };
  }
  try {
    return { package: await findPackage(store, file.application, file.package) };
  } catch (error) {
    if (!(error instanceof BerthError)) throw error;
    const expected = `"current", or a package of ${file.application}: ${error.message}`;
    return { problems: [{ file: fileName, path: '$.package', found: shortened(file.package), expected }] };
  }
}

async function knownApplications(store: Store): Promise<string> {
  const { items, next } = await store.list('application', { limit: NAMED_APPLICATIONS });
  if (items.length === 0) return 'an application; none was pushed yet';
  return `one of the applications ${items.map(({ doc }) => doc.id).join(', ')}${next === undefined ? '' : ', …'}`;
}
