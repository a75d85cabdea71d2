// Reads everything on which the decision for one instance rests.
import type { Instance, InstanceStatus } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Store } from '../ports/store.ts';
import { calendarsOf } from './calendars-of.ts';
import { queuedRun } from './due-run.ts';
import { cursorOf, type InstanceSnapshot, type OpenJob } from './instance-snapshot.ts';
import type { KnownPackages } from './known-packages.ts';
import { readPause } from './pause-requests.ts';
import { findRunnable } from './runnable.ts';
import { type UpstreamJob, upstreamRuns, upstreamsOf } from './upstream-ends.ts';

/** At most so many jobs of an instance are looked at together: more than one is open only for runs by hand, or where they may overlap. */
const JOBS = 1000;
/** The end of a job may be written a little after one that came later: what ended before the last one seen is looked at again. */
const UPSTREAM_OVERLAP_MS = 600_000;

/** Where everything is read: documents that change from the store, packages from what was read before. */
export interface Sources {
  readonly store: Store;
  readonly packages: KnownPackages;
}

/** Reads an instance's jobs, gaps, calendars and what it follows. */
export async function loadInstance(
  { store, packages }: Sources,
  { instance, status }: Pick<InstanceSnapshot, 'instance' | 'status'>,
  now: Instant,
): Promise<InstanceSnapshot> {
  const [openJobs, runnable, calendars, pause, upstream] = await Promise.all([
    openJobsOf(store, instance),
    findRunnable(store, packages, instance),
    calendarsOf(store, instance),
    readPause(store),
    upstreamOf(store, instance, status),
  ]);
  const made = await madeOf(store, { instance, status, upstream }, now);
  return { instance, status, openJobs, made, runnable, calendars, pause, upstream };
}

async function openJobsOf(store: Store, { id }: Instance): Promise<readonly OpenJob[]> {
  const { items } = await store.list('job', { where: { instance: id, open: 1 }, limit: JOBS });
  const jobs = items.map(({ doc }): Job => doc);
  const statuses = await store.getMany(
    'jobStatus',
    jobs.map((job) => job.id),
  );
  const states = new Map(statuses.map(({ doc }) => [doc.id, doc.state]));
  return jobs.map((job) => ({ job, state: states.get(job.id) ?? null }));
}

async function upstreamOf(store: Store, instance: Instance, status: InstanceStatus | null): Promise<UpstreamJob[]> {
  const from = (status?.upstreamAt ?? instance.createdAt) - UPSTREAM_OVERLAP_MS;
  const found: UpstreamJob[] = [];
  for (const upstream of new Set(upstreamsOf(instance))) {
    const { items } = await store.list('jobStatus', {
      where: { instance: upstream },
      orderBy: 'endedAt',
      from,
      limit: JOBS,
    });
    for (const { doc } of items)
      found.push({ job: doc.id, instance: upstream, state: doc.state, endedAt: doc.endedAt ?? 0 });
  }
  return found;
}

/** Jobs that begin after the cursor, and whatever exists of what waits and of what follows others. */
async function madeOf(
  store: Store,
  { instance, status, upstream }: Pick<InstanceSnapshot, 'instance' | 'status' | 'upstream'>,
  now: Instant,
): Promise<ReadonlySet<string>> {
  const from = cursorOf({ instance, status }) + 1;
  const below = now + instance.leadMs + instance.schedule.jitterMs + 1;
  const { items } = await store.positions('job', {
    where: { instance: instance.id },
    orderBy: 'startsAt',
    from,
    below,
    limit: JOBS,
  });
  const queued = (status?.queue ?? []).map((each) => queuedRun(instance, each).job);
  const followed = upstreamRuns(instance, upstream).map(({ job }) => job);
  const ids = [...queued, ...followed];
  const found = items.map(({ id }) => id);
  if (ids.length === 0) return new Set(found);
  const [jobs, gaps] = await Promise.all([store.getMany('job', ids), store.getMany('gap', followed)]);
  return new Set([...found, ...[...jobs, ...gaps].map(({ doc }) => doc.id)]);
}
