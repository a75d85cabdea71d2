// The past is bounded: what is forgotten, what is not, in which order, and that forgetting never makes an occurrence run again.
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { acceptedStatus } from '../../../src/deployment/decide-job.ts';
import { HistorySweepController } from '../../../src/deployment/history-sweep-controller.ts';
import type { InstanceStatus } from '../../../src/model/instance.ts';
import { type Job, type JobStatus, jobId } from '../../../src/model/job.ts';
import type { Documents, Kind } from '../../../src/model/kinds.ts';
import type { Store, Write } from '../../../src/ports/store.ts';
import { aJob, anInstance, aTask, aTaskStatus, T0 } from '../../builders/jobs.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from '../engine/manual-clock.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

async function openStore(): Promise<Store> {
  const path = join(await temporaryDirectory(), 'berth.sqlite');
  const store = SqliteStore.open({ path, clock: new ManualClock(T0), log: silentLog });
  onTestFinished(() => store.close());
  return store;
}

async function keep<K extends Kind>(store: Store, kind: K, ...docs: readonly Documents[K][]): Promise<void> {
  await store.apply(docs.map((doc) => ({ do: 'create', kind, doc }) as Write));
}

function jobAt(at: number, over: Partial<Job> = {}): Job {
  const origin = { kind: 'occurrence', at } as const;
  return aJob({ id: jobId('room-abc123', origin), origin, startsAt: at, open: 0, ...over });
}

function ended(job: Job, endedAt: number, over: Partial<JobStatus> = {}): JobStatus {
  return { ...acceptedStatus(job, job.startsAt), state: 'succeeded', nextAt: null, endedAt, ...over };
}

function settled(cursorAt: number, over: Partial<InstanceStatus> = {}): InstanceStatus {
  const known = {
    id: 'room-abc123',
    shard: 0,
    occurrenceAt: null,
    settledAhead: [],
    queue: [],
    upstreamAt: T0,
    why: '',
  };
  return { ...known, cursorAt, seenUpdatedAt: T0, nextAt: null, ...over };
}

/** Sweeps until a round is over. */
async function sweep(store: Store, now: number, limits: { maxAgeMs?: number; jobsPerInstance?: number } = {}) {
  const within = { maxAgeMs: 90 * DAY_MS, jobsPerInstance: 1000, ...limits };
  const controller = new HistorySweepController({ store, log: silentLog, limits: within, everyMs: 1000 });
  for (let turns = 0; (await controller.reconcile('all', now)) <= now; turns++)
    if (turns > 1000) throw new Error('the sweep never comes to its end');
  return controller;
}

async function ids(store: Store, kind: Kind): Promise<string[]> {
  return (await store.list(kind, { limit: 1000 })).items.map(({ doc }) => doc.id);
}

/** A job with a task, its log, its output and its lease. */
async function keepWhole(store: Store, job: Job, status: JobStatus): Promise<void> {
  const task = aTask(job, 0, 1, 'n1');
  await keep(store, 'job', job);
  await keep(store, 'jobStatus', status);
  await keep(store, 'task', task);
  await keep(store, 'taskStatus', aTaskStatus(task, { state: 'completed' }));
  await keep(store, 'lease', { id: task.id, untilAt: T0, isRevoked: true });
  const record = {
    job: job.id,
    slot: 0,
    task: task.id,
    kind: 'text',
    name: '',
    contentType: 'text/plain',
    sizeBytes: 1,
  } as const;
  await keep(store, 'output', { ...record, id: `${task.id}/1`, text: 'x', at: T0 });
  const segment = {
    task: task.id,
    sequence: 1,
    blob: 'b',
    frames: 1,
    sizeBytes: 1,
    storedBytes: 1,
    fromAt: T0,
    toAt: T0,
  };
  await keep(store, 'logSegment', { ...segment, id: `${task.id}/000001` });
}

const OF_JOBS = ['job', 'jobStatus', 'task', 'taskStatus', 'lease', 'output', 'logSegment'] as const;

test('a job that ended too long ago goes with everything that hangs on it; a later one stays whole', async () => {
  const store = await openStore();
  await keep(store, 'instanceStatus', settled(T0 + DAY_MS));
  const [old, late] = [jobAt(T0), jobAt(T0 + 1000)];
  await keepWhole(store, old, ended(old, T0 + 5000));
  await keepWhole(store, late, ended(late, T0 + DAY_MS));
  await sweep(store, T0 + 90 * DAY_MS + 6000);
  for (const kind of OF_JOBS) expect((await ids(store, kind)).map((id) => id.startsWith(late.id))).toEqual([true]);
});

test('of an instance the latest jobs stay, the others go oldest first', async () => {
  const store = await openStore();
  await keep(store, 'instance', anInstance());
  await keep(store, 'instanceStatus', settled(T0 + DAY_MS));
  const jobs = Array.from({ length: 130 }, (_, minute) => jobAt(T0 + minute * MINUTE_MS));
  for (const job of jobs) await keep(store, 'job', job);
  for (const job of jobs) await keep(store, 'jobStatus', ended(job, job.startsAt));
  const controller = await sweep(store, T0 + DAY_MS, { jobsPerInstance: 20 });
  const latest = jobs.slice(-20).map(({ id }) => id);
  expect(await ids(store, 'job')).toEqual(latest);
  expect(await ids(store, 'jobStatus')).toEqual(latest);
  const another = jobAt(T0 + DAY_MS);
  await keep(store, 'job', another);
  await keep(store, 'jobStatus', ended(another, another.startsAt));
  expect(await controller.reconcile('all', T0 + DAY_MS + 500)).toBe(T0 + DAY_MS + 1000);
  const status = await store.get('instanceStatus', 'room-abc123');
  await store.update('instanceStatus', settled(T0 + 2 * DAY_MS), status?.version ?? 0);
  const later = T0 + DAY_MS + 1000;
  while ((await controller.reconcile('all', later)) <= later);
  expect(await ids(store, 'job')).toEqual([...latest.slice(1), another.id]);
});

const LATER = T0 + 1000 * DAY_MS;
const upstream = aJob({ id: 'up.o1', instance: 'up', open: 0 });
const follows = { kind: 'after', job: 'up.o1', mark: '01' } as const;

test.each<[string, (store: Store) => Promise<Job>]>([
  ['that is open', async (store) => keepJob(store, jobAt(T0, { open: 1 }))],
  ['whose status is not settled', async (store) => keepJob(store, jobAt(T0), { nextAt: T0 })],
  [
    'that has a task to be looked at',
    async (store) => {
      const job = jobAt(T0);
      const task = aTask(job, 0, 1, 'n1');
      await keep(store, 'task', task);
      await keep(store, 'taskStatus', aTaskStatus(task, { state: 'lost', nextAt: T0 }));
      return keepJob(store, job);
    },
  ],
  [
    'that has a task without a status',
    async (store) => {
      await keep(store, 'task', aTask(jobAt(T0), 0, 1, 'n1'));
      return keepJob(store, jobAt(T0));
    },
  ],
  ['for an occurrence after the cursor', async (store) => keepJob(store, jobAt(T0 + 1))],
  [
    'whose run is still in the queue',
    async (store) => {
      const status = await store.get('instanceStatus', 'room-abc123');
      await store.update('instanceStatus', settled(T0, { queue: [{ at: T0 }] }), status?.version ?? 0);
      return keepJob(store, jobAt(T0));
    },
  ],
  [
    'that follows a job which may be looked at again',
    async (store) => {
      await keep(store, 'job', upstream);
      await keep(store, 'jobStatus', ended(upstream, T0, { nextAt: T0 }));
      return keepJob(store, jobAt(T0, { id: 'room-abc123.d01', origin: follows }));
    },
  ],
])('a job %s is kept', async (_, tell) => {
  const store = await openStore();
  await keep(store, 'instance', anInstance());
  await keep(store, 'instanceStatus', settled(T0));
  const { id } = await tell(store);
  await sweep(store, LATER, { jobsPerInstance: 0 });
  expect(await ids(store, 'job')).toContain(id);
});

async function keepJob(store: Store, job: Job, over: Partial<JobStatus> = {}): Promise<Job> {
  await keep(store, 'job', job);
  await keep(store, 'jobStatus', ended(job, job.startsAt, over));
  return job;
}

test('the jobs of an instance that is gone, and one that followed a job long past, go by age', async () => {
  const store = await openStore();
  await keepJob(store, jobAt(T0));
  await keepJob(store, aJob({ id: 'follower.d01', instance: 'follower', origin: follows, open: 0 }));
  await keep(store, 'instance', anInstance({ id: 'follower' }));
  await keep(store, 'instanceStatus', settled(T0, { id: 'follower' }));
  await sweep(store, LATER);
  expect(await ids(store, 'job')).toEqual([]);
});

test('a crash between any two writes leaves nothing that is not forgotten with the job the next time, and never a task without a status', async () => {
  const job = jobAt(T0);
  for (let writes = 0; writes < 7; writes++) {
    const store = await openStore();
    await keepWhole(store, job, ended(job, T0));
    await expect(sweep(crashing(store, writes), LATER)).rejects.toThrow('crash');
    const statuses = new Set(await ids(store, 'taskStatus'));
    expect((await ids(store, 'task')).filter((id) => !statuses.has(id))).toEqual([]);
    expect(await ids(store, 'job')).toEqual([job.id]);
    await sweep(store, LATER);
    for (const kind of OF_JOBS) expect(await ids(store, kind)).toEqual([]);
  }
});

/** The store, until so many batches were written. */
function crashing(store: Store, writes: number): Store {
  let left = writes;
  return new Proxy(store, {
    get(target, name) {
      if (name !== 'apply') return Reflect.get(target, name).bind(target);
      return (batch: readonly Write[]) => {
        if (left-- <= 0) throw new Error('crash');
        return target.apply(batch);
      };
    },
  });
}
