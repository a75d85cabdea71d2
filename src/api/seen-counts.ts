// How many applications, instances and jobs a caller sees.
import type { Instant } from '../model/instant.ts';
import type { JobState } from '../model/job.ts';
import type { Store } from '../ports/store.ts';
import type { RouteAccess } from './route-access.ts';
import type { SparingCounts } from './sparing-counts.ts';

/** Numbers of what a caller sees. */
export interface SeenCounts {
  readonly applications: number;
  readonly instances: number;
  /** Open jobs, by state. */
  readonly open: Readonly<Record<string, number>>;
  /** Whether all jobs were looked at. */
  readonly isWhole: boolean;
}

/** Jobs of a caller that are over. */
export interface SeenEnds {
  readonly succeeded: number;
  readonly failed: number;
  readonly stopped: number;
  readonly isWhole: boolean;
}

/** What is counted, and the counts that are remembered for it. */
export interface CountSources {
  readonly store: Store;
  readonly counts: SparingCounts;
}

const OPEN_STATES = ['accepted', 'waiting', 'starting', 'running', 'stopping'] as const satisfies JobState[];
const ENDED_STATES = ['succeeded', 'failed', 'stopped'] as const satisfies JobState[];
/** Jobs that are looked at one by one, at most: beyond that, some that are seen are not counted. */
const MOST_LOOKED_AT = 20_000;
const PAGE = 1000;

/** Whoever sees all gets the store's own counts; for everybody else what they see is looked up, application by application. */
export async function seenCounts(sources: CountSources, access: RouteAccess): Promise<SeenCounts> {
  const { store, counts } = sources;
  const instances = access.to('instances:read');
  const applications = await seenApplications(store, access.to('applications:read'));
  const counted = instances.seesAll
    ? [await counts.of('instances', () => store.count('instance', {}))]
    : await Promise.all(applications.map((application) => instancesIn(store, application, instances)));
  return {
    applications: applications.length,
    instances: counted.reduce((sum, count) => sum + count, 0),
    ...(await seenOpen(sources, access.to('jobs:read'))),
  };
}

async function instancesIn(store: Store, application: string, access: RouteAccess): Promise<number> {
  return (await access.sees(application)) ? store.count('instance', { where: { application } }) : 0;
}

async function seenApplications(store: Store, access: RouteAccess): Promise<string[]> {
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.positions('application', { limit: PAGE, ...(after === undefined ? {} : { after }) });
    const verdicts = await Promise.all(page.items.map(({ id }) => access.sees(id)));
    seen.push(...page.items.filter((_, index) => verdicts[index]).map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return seen;
}

/** Jobs that are over and were made since an instant, of those that a caller sees. */
export async function seenEnds(sources: CountSources, access: RouteAccess, since: Instant): Promise<SeenEnds> {
  const bounds = { orderBy: 'createdAt', from: since };
  const found = await inStates(sources, access.to('jobs:read'), { states: ENDED_STATES, bounds });
  const [succeeded = 0, failed = 0, stopped = 0] = found.counts;
  return { succeeded, failed, stopped, isWhole: found.isWhole };
}

async function seenOpen(sources: CountSources, access: RouteAccess): Promise<Pick<SeenCounts, 'open' | 'isWhole'>> {
  const { counts, isWhole } = await inStates(sources, access, { states: OPEN_STATES, bounds: {} });
  return { open: Object.fromEntries(OPEN_STATES.map((state, index) => [state, counts[index] ?? 0])), isWhole };
}

interface StateQuery {
  readonly state: JobState;
  readonly bounds: { readonly orderBy?: string; readonly from?: Instant };
}

async function inStates(
  sources: CountSources,
  access: RouteAccess,
  { states, bounds }: { readonly states: readonly JobState[]; readonly bounds: StateQuery['bounds'] },
) {
  const found = await Promise.all(states.map((state) => seenInState(sources, access, { state, bounds })));
  return { counts: found.map(({ count }) => count), isWhole: found.every(({ isWhole }) => isWhole) };
}

async function seenInState(
  { store, counts }: CountSources,
  access: RouteAccess,
  { state, bounds }: StateQuery,
): Promise<{ readonly count: number; readonly isWhole: boolean }> {
  const query = { where: { state }, ...bounds };
  if (access.seesAll) return { count: await counts.of(state, () => store.count('jobStatus', query)), isWhole: true };
  let [count, looked] = [0, 0];
  let after: string | undefined;
  do {
    const place = after === undefined ? {} : { after };
    const page = await store.positions('jobStatus', { orderBy: 'createdAt', ...query, limit: PAGE, ...place });
    const jobs = await store.getMany(
      'job',
      page.items.map(({ id }) => id),
    );
    const verdicts = await Promise.all(jobs.map(({ doc }) => access.sees(doc.application)));
    count += verdicts.filter(Boolean).length;
    looked += page.items.length;
    after = page.next;
  } while (after !== undefined && looked < MOST_LOOKED_AT);
  return { count, isWhole: after === undefined };
}
