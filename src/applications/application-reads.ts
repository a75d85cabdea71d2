// What people may read of applications and their packages.
import { pages } from '../engine/shard-sweep.ts';
import { BerthError } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { Application, Package } from '../model/package.ts';
import type { Store } from '../ports/store.ts';

/** A page of a list; `next` is given back as `after` to go on. */
export interface Listing<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** Which page of a list. */
export interface PageRequest {
  readonly limit: number;
  readonly after?: string;
}

/** A package without the list of its files, which may be long. */
export type PackageSummary = Omit<Package, 'files'> & { readonly fileCount: number };

/** An application as it is listed. */
export interface ApplicationSummary {
  readonly application: Application;
  /** Absent only while the application is being removed. */
  readonly current?: PackageSummary;
}

/** An application with what belongs to it: its newest packages (at most 1000) and its oldest instances (at most 1000). */
export interface ApplicationView {
  readonly application: Application;
  readonly packages: readonly PackageSummary[];
  readonly instances: readonly Instance[];
}

const MOST = 1000;
/** Packages carry the lists of their files: only a few are in memory at a time. */
const PACKAGES_PAGE = 20;

/** Applications by name, each with its current package. */
export async function listApplications(store: Store, page: PageRequest): Promise<Listing<ApplicationSummary>> {
  const { items, next } = await store.list('application', page);
  const packages = await store.getMany(
    'package',
    items.map(({ doc }) => doc.currentPackage),
  );
  const byId = new Map(packages.map(({ doc }) => [doc.id, summaryOf(doc)]));
  return {
    items: items.map(({ doc }) => summary(doc, byId.get(doc.currentPackage))),
    ...(next === undefined ? {} : { next }),
  };
}

function summary(application: Application, current: PackageSummary | undefined): ApplicationSummary {
  return current ? { application, current } : { application };
}

/** One application. @throws request.not-found */
export async function showApplication(store: Store, name: string): Promise<ApplicationView> {
  const application = (await store.get('application', name))?.doc;
  if (!application) throw new BerthError('request.not-found', { what: 'app', id: name });
  const packages: PackageSummary[] = [];
  for await (const summary of packagesOf(store, name)) if (packages.push(summary) === MOST) break;
  const instances = await store.list('instance', { where: { application: name }, orderBy: 'createdAt', limit: MOST });
  return { application, packages, instances: instances.items.map(({ doc }) => doc) };
}

/** Every package of an application, the newest first; also of one that is not there any more. */
export async function* packagesOf(store: Store, application: string): AsyncIterable<PackageSummary> {
  const query = {
    where: { application },
    orderBy: 'createdAt',
    direction: 'descending',
    limit: PACKAGES_PAGE,
  } as const;
  for await (const doc of pages(store, 'package', query)) yield summaryOf(doc);
}

function summaryOf({ files, ...rest }: Package): PackageSummary {
  return { ...rest, fileCount: files.length };
}

const SHORTEST_BEGINNING = 4;

/** A package of an application by its id, its version, a beginning of its id, or `current`. @throws request.not-found, request.ambiguous */
export async function findPackage(store: Store, application: string, reference: string): Promise<Package> {
  const { packages, application: owner } = await showApplication(store, application);
  const wanted = reference === 'current' ? owner.currentPackage : reference;
  const exact = (await store.get('package', wanted))?.doc;
  if (exact?.application === application) return exact;
  const ofVersion = packages.filter(({ config }) => config.version === wanted);
  const beginning = packages.filter(({ id }) => wanted.length >= SHORTEST_BEGINNING && id.startsWith(wanted));
  const id = theOne(reference, ofVersion.length > 0 ? ofVersion : beginning);
  const found = (await store.get('package', id))?.doc;
  if (!found) throw new BerthError('request.not-found', { what: 'package', id: reference });
  return found;
}

function theOne(reference: string, fitting: readonly PackageSummary[]): string {
  const [found] = fitting;
  if (!found) throw new BerthError('request.not-found', { what: 'package', id: reference });
  if (fitting.length === 1) return found.id;
  const candidates = fitting.map(({ id }) => id.slice(0, 12)).join(', ');
  throw new BerthError('request.ambiguous', { what: 'package', id: reference, candidates });
}
