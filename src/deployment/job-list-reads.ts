// Lists of jobs, newest first, narrowed by what people ask for: instance, application, state, time, and what they may see.
import type { Instant } from '../model/instant.ts';
import type { Job, JobState, JobStatus } from '../model/job.ts';
import type { Position, Query, Store } from '../ports/store.ts';
import { encodePosition } from '../ports/store-query.ts';
import { type JobView, viewsOf } from './job-reads.ts';

/** Which jobs to list. */
export interface JobListWish {
  readonly instance?: string;
  readonly application?: string;
  readonly open?: boolean;
  /** Only those in one of these states. */
  readonly states?: readonly JobState[];
  /** Only those that begin at it or later. */
  readonly sinceAt?: Instant;
  readonly limit: number;
  readonly after?: string;
  /** Whether one of an application may be shown. */
  readonly isSeen: (application: string) => Promise<boolean>;
}

/** A page of jobs; it may hold fewer than asked for, or none, though more follow. */
export interface JobPage {
  readonly items: readonly JobView[];
  readonly next?: string;
}

/** Jobs that are looked through for one page, at most. */
const MOST_LOOKED_THROUGH = 4000;

const CHUNK = 250;

/** No job is made longer before it begins: containers are started at most a day ahead. */
const MADE_AHEAD_MS = 86_400_000;

/** The two orders that a list with states may be read in; the first sign of its cursor. */
const ORDERS = { b: 'startsAt', c: 'createdAt' } as const;

/** A page of jobs, newest first: by their beginning, or with states by when they were made. */
export async function listJobPage(store: Store, wish: JobListWish): Promise<JobPage> {
  const { states, after, ...rest } = wish;
  if (!states) return byBeginning(store, wish);
  const order = after === undefined ? await cheaperOrder(store, wish) : after.startsWith('b') ? 'b' : 'c';
  const place = after === undefined ? {} : { after: after.slice(1) };
  const read = order === 'b' ? byBeginning : byState;
  const page = await read(store, { ...rest, ...place, states });
  return page.next === undefined ? page : { ...page, next: `${order}${page.next}` };
}

/** Few jobs of an instance, or few in a state: what there is less of is read. */
async function cheaperOrder(store: Store, wish: JobListWish): Promise<keyof typeof ORDERS> {
  const { states = [], instance, application } = wish;
  if (instance === undefined && application === undefined) return 'c';
  const [ofThem, ...inStates] = await Promise.all([
    store.count('job', whereOf(wish)),
    ...states.map((state) => store.count('jobStatus', { where: { state } })),
  ]);
  return ofThem <= inStates.reduce((sum, count) => sum + count, 0) ? 'b' : 'c';
}

async function byBeginning(store: Store, wish: JobListWish): Promise<JobPage> {
  const found: JobView[] = [];
  let { after } = wish;
  for (let looked = 0; looked < MOST_LOOKED_THROUGH; looked += CHUNK) {
    const page = await store.list('job', { ...beginningQuery(wish), ...(after === undefined ? {} : { after }) });
    const docs = page.items.map(({ doc }) => doc);
    for (const view of await viewsOf(store, await wantedOf(docs, wish))) {
      if (!isInState(view.status, wish)) continue;
      found.push(view);
      const { id, startsAt } = view.job;
      if (found.length === wish.limit) return { items: found, next: encodePosition(ORDERS.b, { value: startsAt, id }) };
    }
    after = page.next;
    if (after === undefined) return { items: found };
  }
  return after === undefined ? { items: found } : { items: found, next: after };
}

function beginningQuery(wish: JobListWish): Query {
  const since = wish.sinceAt === undefined ? {} : { from: wish.sinceAt };
  const limit = wish.states ? CHUNK : Math.min(wish.limit, CHUNK);
  return { ...whereOf(wish), orderBy: ORDERS.b, direction: 'descending', ...since, limit };
}

function whereOf({ instance, application, open }: JobListWish): {
  readonly where: Readonly<Record<string, string | 1>>;
} {
  if (instance !== undefined) return { where: { instance } };
  if (application !== undefined) return { where: { application } };
  return { where: open ? { open: 1 } : {} };
}

async function wantedOf(jobs: readonly Job[], wish: JobListWish): Promise<readonly Job[]> {
  const { open, sinceAt = Number.NEGATIVE_INFINITY } = wish;
  const wanted: Job[] = [];
  for (const job of jobs) {
    const isOpenAsAsked = open === undefined || open === (job.open === 1);
    if (isOpenAsAsked && job.startsAt >= sinceAt && isOfBoth(job, wish) && (await wish.isSeen(job.application)))
      wanted.push(job);
  }
  return wanted;
}

function isOfBoth(of: Pick<Job, 'instance' | 'application'>, { instance, application }: JobListWish): boolean {
  return (instance ?? of.instance) === of.instance && (application ?? of.application) === of.application;
}

/** A job that nobody has taken up has no status yet. */
function isInState(status: JobStatus | null, { states }: JobListWish): boolean {
  return states === undefined || states.includes(status?.state ?? 'accepted');
}

async function byState(store: Store, wish: JobListWish): Promise<JobPage> {
  const { states = [], limit } = wish;
  const found: JobView[] = [];
  let { after } = wish;
  for (let looked = 0; looked < MOST_LOOKED_THROUGH; looked += CHUNK) {
    const lists = await Promise.all(
      states.map((state) => store.positions('jobStatus', stateQuery(wish, state, after))),
    );
    const places = lists
      .flatMap(({ items }) => items)
      .toSorted(newestFirst)
      .slice(0, CHUNK);
    for (const view of await viewsOf(store, await jobsAt(store, places, wish))) {
      if (!isInState(view.status, wish)) continue;
      found.push(view);
      const place = places.find(({ id }) => id === view.job.id);
      if (place && found.length === limit) return { items: found, next: encodePosition(ORDERS.c, place) };
    }
    const last = places.at(-1);
    if (!last || places.length < CHUNK) return { items: found };
    after = encodePosition(ORDERS.c, last);
  }
  return after === undefined ? { items: found } : { items: found, next: after };
}

function stateQuery({ sinceAt }: JobListWish, state: JobState, after: string | undefined): Query {
  const bounds = {
    ...(sinceAt === undefined ? {} : { from: sinceAt - MADE_AHEAD_MS }),
    ...(after === undefined ? {} : { after }),
  };
  return { where: { state }, orderBy: ORDERS.c, direction: 'descending', limit: CHUNK, ...bounds };
}

function newestFirst(a: Position, b: Position): number {
  return Number(b.value) - Number(a.value) || (a.id < b.id ? 1 : -1);
}

/** The jobs at these places that are wanted, in their order. The id of a job begins with that of its instance, so most are never read. */
async function jobsAt(store: Store, places: readonly Position[], wish: JobListWish): Promise<readonly Job[]> {
  const { instance } = wish;
  const ids = places.map(({ id }) => id).filter((id) => instance === undefined || id.startsWith(`${instance}.`));
  const jobs = new Map((await store.getMany('job', ids)).map(({ doc }) => [doc.id, doc]));
  return wantedOf(
    ids.flatMap((id) => jobs.get(id) ?? []),
    wish,
  );
}
