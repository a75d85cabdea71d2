// Lists of jobs and jobs between two instants: whatever there is, they are those that reading everything gives.
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { type JobListWish, listJobPage } from '../../../src/deployment/job-list-reads.ts';
import type { JobView } from '../../../src/deployment/job-reads.ts';
import { timelineJobs } from '../../../src/deployment/timeline-reads.ts';
import { JOB_STATES, type Job, type JobStatus, jobEnded } from '../../../src/model/job.ts';
import type { Store } from '../../../src/ports/store.ts';
import { aJob, aTask, T0 } from '../../builders/jobs.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { aJobStatus } from '../nodes/a-job-status.ts';

const MINUTE = 60_000;
const INSTANCES = ['a-1', 'a-2', 'b-1'];

interface Made {
  readonly job: Job;
  readonly status: JobStatus;
}

const someJob = fc.record({
  instance: fc.constantFrom(...INSTANCES),
  state: fc.constantFrom(...JOB_STATES),
  began: fc.integer({ min: 0, max: 20 }),
  made: fc.integer({ min: 0, max: 20 }),
  lasted: fc.integer({ min: 0, max: 30 }),
});

const someJobs = fc
  .array(someJob, { maxLength: 40 })
  .map((all) => all.map((each, index) => madeOf({ ...each, index })));

function madeOf({
  instance,
  state,
  began,
  made,
  lasted,
  index,
}: Omit<typeof someJob extends fc.Arbitrary<infer J> ? J : never, never> & { index: number }): Made {
  const isOver = jobEnded(state);
  const startsAt = T0 + began * MINUTE;
  const application = instance.slice(0, 1);
  const job = aJob({ id: `${instance}.m${index}`, instance, application, startsAt, open: isOver ? 0 : 1 });
  const endedAt = isOver ? startsAt + lasted * MINUTE : null;
  const status = aJobStatus(aTask(job, 0, 1, 'n1'), { state, createdAt: T0 + made * MINUTE, endedAt });
  return { job, status };
}

async function storeWith(all: readonly Made[]): Promise<Store> {
  const directory = await temporaryDirectory();
  const store = SqliteStore.open({ path: `${directory}/berth.db`, clock: new SystemClock(), log: silentLog });
  onTestFinished(() => store.close());
  const writes = all.flatMap(({ job, status }) => [
    { do: 'create', kind: 'job', doc: job } as const,
    { do: 'create', kind: 'jobStatus', doc: status } as const,
  ]);
  for (const { ok } of await store.apply(writes)) if (!ok) throw new Error('a document was not new');
  return store;
}

async function allPages(store: Store, wish: Omit<JobListWish, 'after'>): Promise<readonly JobView[]> {
  const found: JobView[] = [];
  let after: string | undefined;
  do {
    const page = await listJobPage(store, after === undefined ? wish : { ...wish, after });
    expect(page.items.length).toBeLessThanOrEqual(wish.limit);
    found.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return found;
}

const ids = (views: readonly { readonly job: Job }[]) => views.map(({ job }) => job.id).sort();

describe('a list of jobs', () => {
  const wishes = fc.record(
    {
      instance: fc.constantFrom(...INSTANCES),
      application: fc.constantFrom('a', 'b'),
      open: fc.boolean(),
      states: fc.uniqueArray(fc.constantFrom(...JOB_STATES), { minLength: 1, maxLength: 3 }),
      sinceAt: fc.integer({ min: 0, max: 20 }).map((minutes) => T0 + minutes * MINUTE),
    },
    { requiredKeys: [] },
  );

  test('is all that fit, each once, the newest first, whatever pages it comes in', async () => {
    await fc.assert(
      fc.asyncProperty(
        someJobs,
        wishes,
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('a', 'ab'),
        async (all, wish, limit, seen) => {
          const store = await storeWith(all);
          const found = await allPages(store, {
            ...wish,
            limit,
            isSeen: async (application) => seen.includes(application),
          });
          const fits = ({ job, status }: Made) =>
            (wish.instance ?? job.instance) === job.instance &&
            (wish.application ?? job.application) === job.application &&
            (wish.open === undefined || wish.open === (job.open === 1)) &&
            (wish.states === undefined || wish.states.includes(status.state)) &&
            seen.includes(job.application);
          expect(ids(found)).toEqual(ids(all.filter((made) => fits(made) && made.job.startsAt >= (wish.sinceAt ?? 0))));
          const times = (of: (view: JobView) => number) => found.map(of);
          const isSorted = (list: readonly number[]) =>
            list.every((time, index) => index === 0 || time <= (list[index - 1] ?? 0));
          expect(
            isSorted(times(({ job }) => job.startsAt)) || isSorted(times(({ status }) => status?.createdAt ?? 0)),
          ).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe('a line of time', () => {
  test('has every job that lies in it at least in part', async () => {
    const range = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 20 }));
    await fc.assert(
      fc.asyncProperty(someJobs, range, fc.constantFrom('a', 'ab'), async (all, [from, length], seen) => {
        const store = await storeWith(all);
        const [fromAt, toAt] = [T0 + from * MINUTE, T0 + (from + length) * MINUTE];
        const isSeen = async ({ application }: Job) => seen.includes(application);
        const { jobs, isWhole } = await timelineJobs(store, { fromAt, toAt, limit: 1000, isSeen });
        const lies = ({ job, status }: Made) =>
          job.startsAt < toAt && (job.startsAt >= fromAt || job.open === 1 || (status.endedAt ?? 0) >= fromAt);
        expect(ids(jobs)).toEqual(ids(all.filter((made) => lies(made) && seen.includes(made.job.application))));
        expect(isWhole).toBe(true);
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  test('of too many has the latest, and says that there are more', async () => {
    const all = Array.from({ length: 9 }, (_, began) =>
      madeOf({ instance: 'a-1', state: 'failed', began, made: 0, lasted: 1, index: began }),
    );
    const store = await storeWith(all);
    const wish = { fromAt: T0, toAt: T0 + 60 * MINUTE, limit: 3, isSeen: async () => true };
    const { jobs, isWhole } = await timelineJobs(store, wish);
    expect(jobs.map(({ job }) => job.id)).toEqual(['a-1.m6', 'a-1.m7', 'a-1.m8']);
    expect(isWhole).toBe(false);
  });
});
