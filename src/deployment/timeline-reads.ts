// Jobs between two instants: those that began there, and those that had begun before and went on into it.
import { pages, positionPages } from '../engine/shard-sweep.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Query, Store } from '../ports/store.ts';
import { type JobView, viewsOf } from './job-reads.ts';

/** Which jobs: those that lie at least in part in [fromAt, toAt). */
export interface TimelineWish {
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly instance?: string;
  readonly application?: string;
  /** At most this many, the latest. */
  readonly limit: number;
  /** Whether one may be shown; asked after everything else. */
  readonly isSeen: (job: Job) => Promise<boolean>;
}

/** Jobs by their beginning, and whether these are all. */
export interface TimelineJobs {
  readonly jobs: readonly JobView[];
  readonly isWhole: boolean;
}

const PAGE = 500;

/** Jobs that are looked through for those that are wanted, at most, and ends of jobs for those that began before. */
const MOST_LOOKED_THROUGH = 20_000;

/** Finds them. Jobs that are still open are there however long ago they began, and so are those of the range that began last. */
export async function timelineJobs(store: Store, wish: TimelineWish): Promise<TimelineJobs> {
  const began = await gathered(store, wish, beganWithin(wish));
  const open = await gathered(store, wish, stillOpen(wish));
  const found = new Map([...began.jobs, ...open.jobs].map((job) => [job.id, job]));
  const past = began.isWhole ? await endedWithin(store, wish, found) : { jobs: [], isWhole: true };
  const all = [...found.values(), ...past.jobs].toSorted((a, b) => b.startsAt - a.startsAt);
  const jobs = all.slice(0, wish.limit).toReversed();
  const isWhole = began.isWhole && open.isWhole && past.isWhole && jobs.length === all.length;
  return { jobs: await viewsOf(store, jobs), isWhole };
}

interface Gathered {
  readonly jobs: readonly Job[];
  readonly isWhole: boolean;
}

async function gathered(store: Store, wish: TimelineWish, query: Query): Promise<Gathered> {
  const jobs: Job[] = [];
  let looked = 0;
  for await (const job of pages(store, 'job', query)) {
    if (jobs.length >= wish.limit || ++looked > MOST_LOOKED_THROUGH) return { jobs, isWhole: false };
    if (await isWanted(job, wish)) jobs.push(job);
  }
  return { jobs, isWhole: true };
}

async function isWanted(job: Job, { instance, application, isSeen }: TimelineWish): Promise<boolean> {
  const isOfBoth = (instance ?? job.instance) === job.instance && (application ?? job.application) === job.application;
  return isOfBoth && (await isSeen(job));
}

function beganWithin({ fromAt, toAt, instance, application }: TimelineWish): Query {
  const where = instance !== undefined ? { instance } : application !== undefined ? { application } : {};
  return { where, orderBy: 'startsAt', direction: 'descending', from: fromAt, below: toAt, limit: PAGE };
}

function stillOpen({ fromAt }: TimelineWish): Query {
  return { where: { open: 1 }, orderBy: 'startsAt', direction: 'descending', below: fromAt, limit: PAGE };
}

/** Jobs that are over and ended in the range, without those that are known. */
async function endedWithin(store: Store, wish: TimelineWish, known: ReadonlyMap<string, Job>): Promise<Gathered> {
  const { fromAt, toAt, instance } = wish;
  const where = instance === undefined ? {} : { instance };
  const jobs: Job[] = [];
  let looked = 0;
  for await (const page of positionPages(store, 'jobStatus', { where, orderBy: 'endedAt', from: fromAt })) {
    const unknown = page.filter(({ id }) => !known.has(id)).map(({ id }) => id);
    for (const { doc } of await store.getMany('job', unknown)) {
      if (doc.startsAt >= toAt || !(await isWanted(doc, wish))) continue;
      jobs.push(doc);
      if (jobs.length >= wish.limit) return { jobs, isWhole: false };
    }
    looked += page.length;
    if (looked >= MOST_LOOKED_THROUGH) return { jobs, isWhole: false };
  }
  return { jobs, isWhole: true };
}
