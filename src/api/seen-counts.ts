// How many applications, instances and jobs a caller sees.
import type { Instant } from '../model/instant.ts';
import type { JobState } from '../model/job.ts';
import type { Store } from '../ports/store.ts';
import type { RouteAccess } from './route-access.ts';

/** Numbers of what a caller sees. */
export interface SeenCounts {
  readonly applications: number;
  readonly instances: number;
  /** Open jobs, by state. */
  readonly open: Readonly<Record<string, number>>;
  /** Jobs that are over and were made since an instant. */
  readonly ended: { readonly succeeded: number; readonly failed: number; readonly stopped: number };
  /** Whether all jobs were looked at. */
  readonly isWhole: boolean;
}

const OPEN_STATES = ['accepted', 'waiting', 'starting', 'running', 'stopping'] as const satisfies JobState[];
const ENDED_STATES = ['succeeded', 'failed', 'stopped'] as const satisfies JobState[];
/** Jobs that are looked at one by one, at most: beyond that, some that are seen are not counted. */
const MOST_LOOKED_AT = 20_000;
const PAGE = 1000;

type Counts = Readonly<Record<string, number>>;

/** Whoever sees all gets the store's own counts; for everybody else what they see is looked up, application by application. */
export async function seenCounts(store: Store, access: RouteAccess, endedSince: Instant): Promise<SeenCounts> {
  const instances = access.to('instances:read');
  const applications = await seenApplications(store, access.to('applications:read'));
  const counted = instances.seesAll
    ? [await store.count('instance', {})]
    : await Promise.all(applications.map((application) => instancesIn(store, application, instances)));
  return {
    applications: applications.length,
    instances: counted.reduce((sum, count) => sum + count, 0),
    ...(await seenJobs(store, access.to('jobs:read'), endedSince)),
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

async function seenJobs(
  store: Store,
  access: RouteAccess,
  since: Instant,
): Promise<Pick<SeenCounts, 'open' | 'ended' | 'isWhole'>> {
  const states = [
    ...OPEN_STATES.map((state) => ({ state, bounds: {} })),
    ...ENDED_STATES.map((state) => ({ state, bounds: { orderBy: 'createdAt', from: since } })),
  ];
  const found = await Promise.all(states.map(({ state, bounds }) => seenInState(store, access, { state, bounds })));
  const of = (state: JobState) => found[states.findIndex((each) => each.state === state)]?.count ?? 0;
  const open: Counts = Object.fromEntries(OPEN_STATES.map((state) => [state, of(state)]));
  const ended = { succeeded: of('succeeded'), failed: of('failed'), stopped: of('stopped') };
  return { open, ended, isWhole: found.every(({ isWhole }) => isWhole) };
}

interface StateQuery {
  readonly state: JobState;
  readonly bounds: { readonly orderBy?: string; readonly from?: Instant };
}

async function seenInState(store: Store, access: RouteAccess, { state, bounds }: StateQuery) {
  const query = { where: { state }, ...bounds };
  if (access.seesAll) return { count: await store.count('jobStatus', query), isWhole: true };
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
