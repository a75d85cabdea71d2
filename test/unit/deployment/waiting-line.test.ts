// Who stands in line for room, and before whom.
import { expect, test } from 'vitest';
import { acceptedStatus } from '../../../src/deployment/decide-job.ts';
import { WaitingLine } from '../../../src/deployment/waiting-line.ts';
import type { JobStatus } from '../../../src/model/job.ts';
import { aJob, T0 } from '../../builders/jobs.ts';

const placement = { at: T0, chosen: null, sentence: 'no room', verdicts: [] };

/** A job that waits because no node takes it. */
function waiting(id: string, priority: number, over: Partial<JobStatus> = {}) {
  const job = aJob({ id, priority });
  const accepted = acceptedStatus(job, T0);
  const slots = accepted.slots.map((slot) => ({ ...slot, placement }));
  return { job, status: { ...accepted, state: 'waiting', slots, ...over } as const, architecture: null };
}

function lineOf(...jobs: readonly ReturnType<typeof waiting>[]): WaitingLine {
  const line = new WaitingLine();
  for (const job of jobs) line.note(job, T0);
  return line;
}

const before = (line: WaitingLine, { status }: ReturnType<typeof waiting>, now = T0) =>
  line.before(status, now).map(({ job }) => job);

test('the line goes by priority, then by age, whoever came first', () => {
  const [low, old, high] = [waiting('low', -1), waiting('old', 0, { rank: 10 * 1e14 }), waiting('high', 9)];
  const line = lineOf(low, old, high);
  expect(before(line, low)).toEqual(['high', 'old']);
  expect(before(line, old)).toEqual(['high']);
  expect(before(line, high)).toEqual([]);
  expect(before(line, waiting('new', 0))).toEqual(['high', 'old']);
});

test('who has run before gives way to nobody', () => {
  const line = lineOf(waiting('high', 9));
  expect(before(line, waiting('fails', 0, { startedAt: T0 }))).toEqual([]);
  expect(before(line, waiting('starting', 0, { state: 'starting' }))).toEqual([]);
});

test('who has room, or waits for its next try, is not in line', () => {
  const high = waiting('high', 9);
  const line = lineOf(high);
  expect(line.note({ ...high, status: { ...high.status, state: 'starting' } }, T0)).toBe(true);
  expect([line.isEmpty, before(line, waiting('low', 0))]).toEqual([true, []]);
  const slots = high.status.slots.map((slot) => ({ ...slot, notBefore: T0 + 1000 }));
  line.note({ ...high, status: { ...high.status, slots } }, T0);
  expect(line.isEmpty).toBe(true);
});

test('who has not been seen waiting for a while keeps nobody waiting', () => {
  const [high, low] = [waiting('high', 9), waiting('low', 0)];
  const line = lineOf(high, low);
  expect(before(line, low, T0 + 14_000)).toEqual(['high']);
  expect(before(line, low, T0 + 15_000)).toEqual([]);
  line.note(high, T0 + 16_000);
  expect(before(line, low, T0 + 16_000)).toEqual(['high']);
});

test('a job looks at the first hundred before it', () => {
  const line = lineOf(...Array.from({ length: 500 }, (_, index) => waiting(`j${index}`, 5)));
  expect(before(line, waiting('low', 0))).toHaveLength(100);
});
