// "Why did it not run at 08:00?"
import { expect, test } from 'vitest';
import { acceptedStatus } from '../../../src/deployment/decide-job.ts';
import type { Instance, InstanceStatus } from '../../../src/model/instance.ts';
import { jobId } from '../../../src/model/job.ts';
import type { Gap } from '../../../src/model/schedule.ts';
import { listGaps, whyAt } from '../../../src/scheduler/occurrence-reads.ts';
import { aJob, anInstance, aSchedule, T0 } from '../../builders/jobs.ts';
import { keep, openStore } from './reads-world.ts';

const MINUTE_MS = 60_000;

function aStatus(over: Partial<InstanceStatus> = {}): InstanceStatus {
  const known = {
    id: 'room-abc123',
    shard: 0,
    cursorAt: T0 + 100 * MINUTE_MS,
    occurrenceAt: null,
    settledAhead: [],
    queue: [],
  };
  return { ...known, upstreamAt: T0, why: '', seenUpdatedAt: T0, nextAt: null, ...over };
}

function aGap(fromAt: number, toAt: number, over: Partial<Gap> = {}): Gap {
  const id = jobId('room-abc123', { kind: 'occurrence', at: fromAt });
  const told = { outcome: 'missed', reason: 'the platform was not running' } as const;
  return {
    id,
    instance: 'room-abc123',
    fromAt,
    toAt,
    count: (toAt - fromAt) / MINUTE_MS + 1,
    ...told,
    recordedAt: toAt,
    ...over,
  };
}

interface Story {
  readonly instance?: Partial<Instance>;
  readonly status?: Partial<InstanceStatus>;
  readonly gaps?: readonly Gap[];
}

async function why(at: number, { instance = {}, status = {}, gaps = [] }: Story = {}): Promise<string> {
  const store = await openStore();
  await keep(store, 'instanceStatus', aStatus(status));
  await keep(store, 'gap', ...gaps);
  const answer = await whyAt(store, anInstance(instance), at);
  expect(answer).toMatchObject({ at, ran: false, job: null });
  return answer.sentence;
}

test('one that made a job is told with how it ended', async () => {
  const store = await openStore();
  const job = aJob();
  const status = {
    ...acceptedStatus(job, T0),
    state: 'failed',
    reason: 'exit code 1',
    startedAt: T0 + 5,
    endedAt: T0 + 9000,
  } as const;
  await keep(store, 'job', job);
  expect(await whyAt(store, anInstance(), T0)).toEqual({
    at: T0,
    ran: false,
    job: job.id,
    sentence: `Job ${job.id} was made for it; it is not taken up yet.`,
  });
  await keep(store, 'jobStatus', status);
  expect(await whyAt(store, anInstance(), T0)).toEqual({
    ...{ at: T0, ran: true, job: job.id },
    sentence: `Job ${job.id} was made for it. It failed at 2026-11-22T08:00:09Z: exit code 1.`,
  });
});

test('one in a stretch that was missed, and the moment between two in that stretch', async () => {
  const gaps = [
    aGap(T0, T0 + 4 * MINUTE_MS),
    aGap(T0 + 5 * MINUTE_MS, T0 + 5 * MINUTE_MS, { outcome: 'skipped', reason: 'busy' }),
  ];
  expect(await why(T0 + 2 * MINUTE_MS, { gaps })).toBe(
    'It made no job (missed with 4 others from 2026-11-22T08:00:00Z to 2026-11-22T08:04:00Z): the platform was not running.',
  );
  expect(await why(T0 + 5 * MINUTE_MS, { gaps })).toBe('It made no job (skipped): busy.');
  expect(await why(T0 + 90_000, { gaps })).toMatch(/^It was not due: nothing in the schedule says so/);
});

test('a run that did not follow another job is not taken for an occurrence', async () => {
  const follower = aGap(T0 - 1, T0 + 1, { id: 'room-abc123.d0123', count: 1, reason: 'another' });
  expect(await why(T0, { gaps: [follower] })).toMatch(/forgotten/);
});

test('one that waits, one to come, one that is skipped or forgotten, and those of an instance that does not run', async () => {
  const at = T0 + MINUTE_MS;
  const ahead = { cursorAt: T0 };
  expect(await why(at, { status: { queue: [{ at }] } })).toBe('It waits until the job before it is over.');
  expect(await why(at, { status: ahead })).toBe('It is still to come, or just due.');
  expect(await why(at, { status: ahead, instance: { skips: [{ at, by: 'ana' }] } })).toBe(
    'ana asked that it be skipped.',
  );
  expect(await why(at)).toMatch(/^It was settled, and what was kept of it is forgotten/);
  expect(await why(at, { instance: { enabled: false } })).toMatch(
    /^Its instance is disabled; 'berth instance enable room'/,
  );
  expect(await why(at, { instance: { enabledAt: at + 1 } })).toBe(
    'Its instance runs only since 2026-11-22T08:01:00.001Z.',
  );
  expect(await why(at, { instance: { removing: true } })).toBe('Its instance is being removed.');
});

test('a pause of all schedules is told of what is still to come', async () => {
  const store = await openStore();
  await keep(store, 'schedulePause', { id: 'all', fromAt: T0, untilAt: null, by: 'ben', reason: 'the move' });
  expect((await whyAt(store, anInstance(), T0)).sentence).toBe('ben has paused all schedules: the move.');
});

test('the schedule that counted then is asked', async () => {
  const before = aSchedule({ triggers: [{ kind: 'interval', everyMs: 7000 }] });
  const earlier = [{ schedule: before, untilAt: T0 + 10 * MINUTE_MS }];
  expect(await why(T0 + MINUTE_MS, { instance: { earlier } })).toMatch(
    /^It was not due: nothing in the schedule says so/,
  );
  expect(await why(T0 + 14_000, { instance: { earlier } })).toMatch(/forgotten/);
  expect(await why(T0 + 11 * MINUTE_MS, { instance: { earlier } })).toMatch(/forgotten/);
});

test('gaps are listed newest first, page by page', async () => {
  const store = await openStore();
  await keep(store, 'gap', ...[0, 1, 2].map((minute) => aGap(T0 + minute * MINUTE_MS, T0 + minute * MINUTE_MS)));
  const first = await listGaps(store, 'room-abc123', { limit: 2 });
  expect(first.items.map(({ fromAt }) => fromAt - T0)).toEqual([2 * MINUTE_MS, MINUTE_MS]);
  const rest = await listGaps(store, 'room-abc123', { limit: 2, after: first.next ?? '' });
  expect(rest.items.map(({ fromAt }) => fromAt - T0)).toEqual([0]);
});
