// What became of an instance's jobs, and for how long occurrences that made none are kept.
import { expect, test } from 'vitest';
import { acceptedStatus } from '../../../src/deployment/decide-job.ts';
import { type Job, type JobStatus, jobId } from '../../../src/model/job.ts';
import type { Gap } from '../../../src/model/schedule.ts';
import { GapSweep } from '../../../src/scheduler/gap-sweep.ts';
import { historyOf } from '../../../src/scheduler/history-reads.ts';
import { summarise } from '../../../src/scheduler/history-summary.ts';
import { aJob, T0 } from '../../builders/jobs.ts';
import { keep, openStore } from './reads-world.ts';

const MINUTE_MS = 60_000;

function jobAt(minute: number): Job {
  const at = T0 + minute * MINUTE_MS;
  const origin = { kind: 'occurrence', at } as const;
  return aJob({ id: jobId('room-abc123', origin), origin, startsAt: at });
}

function ended(job: Job, over: Partial<JobStatus>): JobStatus {
  return { ...acceptedStatus(job, job.startsAt), state: 'succeeded', ...over };
}

test('jobs are told newest first, with how late they began and how long they took', async () => {
  const store = await openStore();
  const [first, second, third, other] = [jobAt(0), jobAt(1), jobAt(2), aJob({ id: 'other.o1', instance: 'other' })];
  await keep(store, 'job', first, second, third, other);
  const began = { startedAt: first.startsAt - 5000, beganAt: first.startsAt + 40, endedAt: first.startsAt + 1040 };
  await keep(store, 'jobStatus', ended(first, began));
  await keep(
    store,
    'jobStatus',
    ended(second, { state: 'failed', startedAt: second.startsAt + 300, endedAt: second.startsAt + 500 }),
  );
  const { jobs, summary } = await historyOf(store, 'room-abc123', { sinceAt: 0, last: 10 });
  const known = { origin: 'occurrence' };
  expect(jobs).toEqual([
    {
      ...known,
      job: third.id,
      state: 'accepted',
      startsAt: third.startsAt,
      latenessMs: null,
      durationMs: null,
      endedAt: null,
    },
    {
      ...known,
      job: second.id,
      state: 'failed',
      startsAt: second.startsAt,
      latenessMs: 300,
      durationMs: 200,
      endedAt: second.startsAt + 500,
    },
    { ...known, job: first.id, state: 'succeeded', startsAt: T0, latenessMs: 40, durationMs: 1000, endedAt: T0 + 1040 },
  ]);
  expect(summary).toMatchObject({ jobs: 3, succeeded: 1, failed: 1, stopped: 0, successRate: 0.5, p95LatenessMs: 300 });
  expect((await historyOf(store, 'room-abc123', { sinceAt: T0 + 1, last: 1 })).jobs.map(({ job }) => job)).toEqual([
    third.id,
  ]);
});

test('percentiles are values of the nearest rank; without values there are none', () => {
  const past = (latenessMs: number | null) =>
    ({
      job: 'j',
      origin: 'manual',
      state: 'stopped',
      startsAt: 0,
      latenessMs,
      durationMs: null,
      endedAt: null,
    }) as const;
  const figures = summarise([...Array.from({ length: 20 }, (_, index) => past(20 - index)), past(null)]);
  expect(figures).toMatchObject({
    p50LatenessMs: 10,
    p95LatenessMs: 19,
    p50DurationMs: null,
    successRate: null,
    stopped: 21,
  });
  expect(summarise([past(7)])).toMatchObject({ p50LatenessMs: 7, p95LatenessMs: 7 });
});

function aGap(instance: string, minute: number, over: Partial<Gap> = {}): Gap {
  const at = T0 + minute * MINUTE_MS;
  const told = { count: 1, outcome: 'missed', reason: 'down', recordedAt: at } as const;
  return { id: `${instance}.o${minute}`, instance, fromAt: at, toAt: at, ...told, ...over };
}

const LIMITS = { maxAgeMs: 60 * MINUTE_MS, perInstance: 3, everyMs: 1000 };

test('records of occurrences that made no job are dropped by age and by number, the latest stay', async () => {
  const store = await openStore();
  await keep(
    store,
    'gap',
    aGap('old', 0),
    ...[50, 51, 52, 53, 54].map((minute) => aGap('busy', minute)),
    aGap('calm', 55),
  );
  const sweep = new GapSweep(store, LIMITS);
  const now = T0 + 61 * MINUTE_MS;
  expect(await sweep.reconcile('all', now)).toBe(now + 1000);
  const left = await store.list('gap', { limit: 100 });
  expect(left.items.map(({ doc }) => doc.id)).toEqual(['busy.o52', 'busy.o53', 'busy.o54', 'calm.o55']);
  await keep(store, 'gap', aGap('calm', 56), aGap('calm', 57), aGap('calm', 58, { recordedAt: now + 1 }));
  expect(await sweep.reconcile('all', now + 500)).toBe(now + 1000);
  expect(await store.count('gap', { where: { instance: 'calm' } })).toBe(4);
  await sweep.reconcile('all', now + 1000);
  expect(await store.count('gap', { where: { instance: 'calm' } })).toBe(3);
});

test('the record of a job that was followed by none stays while that job may be looked at again', async () => {
  const store = await openStore();
  const status = {
    id: 'b',
    shard: 0,
    cursorAt: T0,
    occurrenceAt: null,
    settledAhead: [],
    queue: [],
    why: '',
    seenUpdatedAt: T0,
    nextAt: null,
  };
  await keep(store, 'instanceStatus', { ...status, upstreamAt: T0 + MINUTE_MS });
  await keep(
    store,
    'gap',
    aGap('b', 0, { id: 'b.d0001' }),
    aGap('b', -120, { id: 'b.d0002' }),
    aGap('gone', 0, { id: 'gone.d0003' }),
  );
  await new GapSweep(store, LIMITS).reconcile('all', T0 + 24 * 60 * MINUTE_MS);
  expect((await store.list('gap', { limit: 100 })).items.map(({ doc }) => doc.id)).toEqual(['b.d0001']);
});
