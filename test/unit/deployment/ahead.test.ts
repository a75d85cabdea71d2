// Jobs that are placed before they begin: what people read of them, what counts, and what becomes of them when they are not wanted any more.
import { describe, expect, test } from 'vitest';
import type { Run, TaskState, TaskStatus } from '../../../src/model/task.ts';
import { aSpec, T0 } from '../../builders/jobs.ts';
import { fleetOf, Story } from './job-story.ts';

const AHEAD_MS = 15_000;
const beginsAt = T0 + AHEAD_MS;

/** A job whose containers wait for its time. */
function waiting(over: ConstructorParameters<typeof Story>[0] = {}): Story {
  const story = new Story({ startsAt: beginsAt, ...over });
  story.decide();
  story.become('running');
  return story;
}

const ranFrom = (startedAt: number, number = 1): Run => ({
  number,
  startedAt,
  endedAt: null,
  exitCode: null,
  signal: null,
});

describe('a job that was placed ahead', () => {
  test('is starting until its time, says what it waits for, and looks when it comes', () => {
    const story = waiting();
    expect(story.decide().wakeAt).toBe(beginsAt);
    expect(story.status).toMatchObject({ state: 'starting', reason: 'its container waits for 08:00:15 UTC' });
    expect(story.status.startedAt).toBe(null);
    story.now = beginsAt;
    story.decide();
    expect(story.status).toMatchObject({ state: 'running', reason: 'its container runs', startedAt: beginsAt });
  });

  test('says how many of its containers wait', () => {
    const story = new Story({ startsAt: beginsAt, copies: 3 });
    story.decide();
    story.observe(`${story.job.id}.0.1`, 'running');
    story.observe(`${story.job.id}.2.1`, 'running');
    story.decide();
    expect(story.status.reason).toBe('2 of 3 containers wait for 08:00:15 UTC');
  });

  test('that was looked at late started at its time, or when its container came, if that was later', () => {
    const story = waiting();
    story.now = beginsAt + 60_000;
    story.decide();
    expect(story.status.startedAt).toBe(beginsAt);
    const late = new Story({ startsAt: T0 });
    late.decide();
    late.now = T0 + 700;
    late.become('running');
    late.now = T0 + 5000;
    late.decide();
    expect(late.status.startedAt).toBe(T0 + 700);
  });

  test('tells when its algorithm began, in the first of its copies, whoever reports first', () => {
    const story = waiting({ copies: 2 });
    story.decide();
    expect(story.status).not.toHaveProperty('beganAt');
    story.now = beginsAt + 100;
    const [first, second] = story.status.slots.map(({ task }) => task ?? '');
    story.observe(first ?? '', 'running', { runs: [ranFrom(beginsAt + 9)] });
    story.decide();
    expect(story.status.beganAt).toBe(beginsAt + 9);
    story.observe(second ?? '', 'running', { runs: [ranFrom(beginsAt + 3), ranFrom(beginsAt + 60, 2)] });
    story.decide();
    expect(story.status.beganAt).toBe(beginsAt + 3);
    story.become('failed');
    story.decide();
    story.decide();
    expect(story.status.beganAt).toBe(beginsAt + 3);
  });

  test('that is stopped before its time has its container ended, and has never started', () => {
    const story = waiting();
    story.decide();
    story.now += 5000;
    story.stop();
    story.decide();
    expect(story.tasks.get(`${story.job.id}.0.1`)?.stop).toEqual({ reason: 'stopped by ann', at: story.now });
    story.become('stopped', { exitCode: 200 });
    story.decide();
    expect(story.status).toMatchObject({ state: 'stopped', startedAt: null });
    expect(story.reserved()).toEqual([]);
  });

  test('gives back at once the machine that it had to itself', () => {
    const story = waiting({ machine: 'standalone' });
    expect(story.fleet.get('n1')?.ledger?.claim).toBe(story.job.id);
    story.stop();
    story.decide();
    story.become('stopped', { exitCode: 200 });
    story.decide();
    expect(story.fleet.get('n1')?.ledger?.claim).toBe(null);
  });

  test('waits elsewhere when its node is lost before its time', () => {
    const story = waiting();
    story.decide();
    story.lose('n1');
    story.decide();
    expect(story.slot).toMatchObject({ task: `${story.job.id}.0.2`, node: 'n2' });
    expect(story.status.state).toBe('starting');
  });
});

describe('a container that ends before its algorithm has begun', () => {
  const ends: readonly [string, TaskState, Partial<TaskStatus>, number][] = [
    ['by docker kill', 'failed', { exitCode: 137 }, 0],
    ['by docker stop', 'failed', { exitCode: 203 }, 0],
    ['by docker rm -f', 'failed', { exitCode: null }, 0],
    ['with its engine', 'failed', { exitCode: 255 }, 0],
    ['because its launcher failed', 'failed', { exitCode: 205 }, 1],
    ['because it was never started', 'failed', { exitCode: null, startedAt: null }, 1],
  ];
  test.each(ends)('%s', (_, state, over, counted) => {
    const story = waiting({ spec: aSpec({ restart: { ...aSpec().restart, tasks: 10 } }) });
    story.decide();
    story.now = T0 + 5000;
    story.become(state, over);
    story.decide();
    expect(story.slot).toMatchObject({ state: 'filled', attempt: 2, failures: counted });
  });

  test('again and again by docker kill is started again at a bounded rate, and fails no job', () => {
    const story = waiting();
    let starts = 0;
    for (; story.now < beginsAt - 20; story.now += 20) {
      const { attempt } = story.slot;
      story.decide();
      if (story.slot.attempt > attempt) starts++;
      story.become('running');
      story.become('failed', { exitCode: 137 });
    }
    expect(starts).toBeGreaterThan(5);
    expect(starts).toBeLessThanOrEqual(AHEAD_MS / story.job.spec.restart.backoffMs);
    expect(story.slot.failures).toBe(0);
  });

  test('counts as ever once it has begun; waiting is no life that forgives', () => {
    const restart = { ...aSpec().restart, stableAfterMs: 10_000 };
    const story = waiting({ spec: aSpec({ restart }) });
    story.decide();
    story.now = beginsAt + 10;
    story.become('failed', { exitCode: 204 });
    story.decide();
    expect(story.slot.failures).toBe(1);
    story.become('running');
    story.now += 20;
    story.become('failed', { exitCode: 204 });
    story.decide();
    expect(story.slot.failures).toBe(2);
  });
});

describe('a stop with a grace of its own', () => {
  test('is told to every task of the job', () => {
    const story = waiting({ copies: 2 });
    story.job = { ...story.job, stop: { by: 'ann', reason: 'enough', at: story.now, graceMs: 60_000 } };
    story.decide();
    expect([...story.tasks.values()].map(({ stop }) => stop)).toEqual(
      Array(2).fill({ reason: 'enough', at: story.now, graceMs: 60_000 }),
    );
  });

  test('keeps an exactly-one copy that may still run from being taken for dead too soon', () => {
    const story = new Story({ spec: aSpec({ exactlyOne: true, graceMs: 1000 }) }, fleetOf('n1', 'n2'));
    story.decide();
    story.become('running');
    expect(story.renew(story.slot.task ?? '')).toBe(true);
    story.change(story.slot.task ?? '', { stop: { reason: 'drain', at: story.now, graceMs: 60_000 } });
    story.lose('n1');
    story.now += 32_000;
    story.decide();
    expect(story.status.reason).toContain('its end takes up to 60 s');
  });
});
