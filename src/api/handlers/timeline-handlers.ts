// The route of what ran, runs and is due between two instants.
import type { JobView } from '../../deployment/job-reads.ts';
import { timelineJobs } from '../../deployment/timeline-reads.ts';
import { BerthError } from '../../model/errors.ts';
import type { Instance } from '../../model/instance.ts';
import { jobId } from '../../model/job.ts';
import type { Store } from '../../ports/store.ts';
import type { ApiParts } from '../api-parts.ts';
import type { ComingReads } from '../coming-jobs.ts';
import type { Asked, Handlers } from '../handler.ts';
import { findSeenInstance } from '../seen-instance.ts';
import { sinceTime } from '../since-time.ts';
import { iso } from '../views/iso.ts';
import { comingJob, timelineJob } from '../views/timeline-views.ts';

const DAY_MS = 86_400_000;

/** The handler of the line of time. */
export function timelineHandlers(parts: ApiParts, coming: ComingReads): Pick<Handlers, 'timeline'> {
  return { timeline: (asked) => timeline(parts, coming, asked) };
}

async function timeline(parts: ApiParts, coming: ComingReads, { query, access }: Asked<'timeline'>) {
  const { store, clock } = parts;
  const { limit, application } = query;
  const now = clock.now();
  const [fromAt, toAt] = [sinceTime(query.from, now), query.to === undefined ? now + DAY_MS : sinceTime(query.to, now)];
  if (toAt <= fromAt) throw new BerthError('request.invalid', { detail: 'The end lies at or before the beginning.' });
  const instance =
    query.instance === undefined ? undefined : (await findSeenInstance(store, query.instance, access)).id;
  const only = {
    ...(instance === undefined ? {} : { instance }),
    ...(application === undefined ? {} : { application }),
  };
  const isSeen = (of: { readonly application: string }) => access.sees(of.application);
  const made = await timelineJobs(store, { fromAt, toAt, ...only, limit, isSeen });
  const isWanted = async (each: Instance) =>
    (instance ?? each.id) === each.id && (application ?? each.application) === each.application && isSeen(each);
  const next = await coming.read({ untilAt: toAt, limit, isWanted });
  const known = new Set(made.jobs.map(({ job }) => job.id));
  const names = await instancesOf(store, made.jobs);
  return {
    ...{ from: iso(fromAt), to: iso(toAt), truncated: !made.isWhole || !next.isWhole },
    jobs: made.jobs.map((each) => timelineJob(each, names)),
    // Jobs are made a little before they begin.
    next: next.jobs
      .filter(({ occurrence: { instance: id, at } }) => !known.has(jobId(id, { kind: 'occurrence', at })))
      .map((each) => comingJob(each.occurrence, each.instance.application)),
  };
}

/** The instances of jobs, by their ids; those that are gone are left out. */
export async function instancesOf(store: Store, jobs: readonly JobView[]): Promise<ReadonlyMap<string, Instance>> {
  const found = await store.getMany('instance', [...new Set(jobs.map(({ job }) => job.instance))]);
  return new Map(found.map(({ doc }) => [doc.id, doc]));
}
