import { describe, expect, test } from 'vitest';
import type { Instance } from '../../../src/model/instance.ts';
import type { JobState } from '../../../src/model/job.ts';
import { decideInstance, type InstanceDecision } from '../../../src/scheduler/decide-instance.ts';
import type { InstanceSnapshot, OpenJob } from '../../../src/scheduler/instance-snapshot.ts';
import { aJob, anAlgorithm, anInstance, aPackage, aSchedule, T0 } from '../../builders/jobs.ts';

const MINUTE = 60_000;
const continuously = aSchedule({ triggers: [{ kind: 'continuous' }] });
const FIRST = 'room-abc123.o20261122T080000Z';
const known = { settledAhead: [], queue: [], upstreamAt: 0, seenUpdatedAt: T0, shard: 0, nextAt: null };

function snapshot(over: Partial<InstanceSnapshot> & { instance?: Instance } = {}): InstanceSnapshot {
  const runnable = { package: aPackage(), algorithm: anAlgorithm() };
  const nothing = { status: null, openJobs: [], made: new Set<string>(), calendars: [], pause: null, upstream: [] };
  return { instance: anInstance(), ...nothing, runnable, ...over };
}

function open(at: number, state: JobState | null, over = {}): OpenJob {
  return { job: aJob({ id: `room-abc123.o${at}`, origin: { kind: 'occurrence', at }, startsAt: at, ...over }), state };
}

const madeAt = (decision: InstanceDecision) =>
  decision.steps.flatMap((step) => (step.do === 'make-job' ? [step.job.startsAt] : []));
const killed = (decision: InstanceDecision) =>
  decision.steps.flatMap((step) => (step.do === 'kill-job' ? [`${step.job.id}: ${step.reason}`] : []));
const gaps = (decision: InstanceDecision) =>
  decision.steps.flatMap((step) => (step.do === 'record-gap' ? [step.gap] : []));
const recorded = (decision: InstanceDecision) => decision.steps.find((step) => step.do === 'record')?.status;

describe('an instance that runs every minute', () => {
  test('makes a job for the occurrence that is due and sleeps until the next', () => {
    const decision = decideInstance(snapshot(), T0);
    expect(madeAt(decision)).toEqual([T0]);
    expect(decision.wakeAt).toBe(T0 + MINUTE);
    expect(recorded(decision)).toMatchObject({ cursorAt: T0, occurrenceAt: T0 + MINUTE });
  });

  test('makes nothing before it is due', () => {
    const decision = decideInstance(snapshot({ instance: anInstance({ enabledAt: T0 - 5 }) }), T0 - 5);
    expect(madeAt(decision)).toEqual([]);
    expect(decision.wakeAt).toBe(T0);
  });

  test('gives the same job again when a crash came between the job and the cursor', () => {
    const first = decideInstance(snapshot(), T0);
    const again = decideInstance(snapshot({ made: new Set([FIRST]) }), T0 + 5);
    expect(madeAt(first)).toEqual([T0]);
    expect(madeAt(again)).toEqual([]);
    expect(gaps(again)).toEqual([]);
  });

  test('runs the latest of what fell due while the platform was down and records the others as missed, as one range', () => {
    const status = { ...known, id: 'x', cursorAt: T0, occurrenceAt: null, why: '' };
    const decision = decideInstance(snapshot({ status }), T0 + 5 * MINUTE + 10);
    expect(madeAt(decision)).toEqual([T0 + 5 * MINUTE]);
    expect(gaps(decision)).toMatchObject([{ fromAt: T0 + MINUTE, toAt: T0 + 4 * MINUTE, count: 4, outcome: 'missed' }]);
  });

  test('runs what a new schedule has before the time for which the old one made a job ahead', () => {
    const changedAt = T0 + 50_000;
    const earlier = [{ schedule: aSchedule(), untilAt: changedAt }];
    const schedule = aSchedule({ triggers: [{ kind: 'interval', everyMs: 5000 }] });
    const instance = anInstance({
      schedule,
      earlier,
      leadMs: 15_000,
      overlap: { kind: 'allow' },
      updatedAt: changedAt,
    });
    // Until the minute everything was settled, ahead of its time, by who had not seen the change.
    const status = { ...known, id: 'x', cursorAt: T0 + MINUTE, occurrenceAt: null, why: '' };
    const decision = decideInstance(snapshot({ instance, status }), T0 + 56_000);
    expect(madeAt(decision)).toContain(T0 + 55_000);
    const seen = { ...status, seenUpdatedAt: changedAt };
    expect(madeAt(decideInstance(snapshot({ instance, status: seen }), T0 + 56_000))).not.toContain(T0 + 55_000);
  });

  test('does not run beside the job before it, and says so', () => {
    const decision = decideInstance(snapshot({ openJobs: [open(T0 - MINUTE, 'running')] }), T0);
    expect(madeAt(decision)).toEqual([]);
    expect(gaps(decision)).toMatchObject([
      { outcome: 'skipped', reason: expect.stringContaining('was still running') },
    ]);
  });

  test('runs when the job before it has ended though it is not closed yet', () => {
    expect(madeAt(decideInstance(snapshot({ openJobs: [open(T0 - MINUTE, 'succeeded')] }), T0))).toEqual([T0]);
  });

  test('runs when the job before it ends at this very moment', () => {
    expect(madeAt(decideInstance(snapshot({ openJobs: [open(T0 - MINUTE, 'running', { endsAt: T0 })] }), T0))).toEqual([
      T0,
    ]);
  });

  test('records why when its package is gone', () => {
    const decision = decideInstance(snapshot({ runnable: { refused: 'application room does not exist' } }), T0);
    const reason = 'application room does not exist';
    expect(gaps(decision)).toMatchObject([{ fromAt: T0, count: 1, outcome: 'refused', reason }]);
  });

  test('makes nothing while it is disabled, and skips what passed meanwhile when it is enabled again', () => {
    const off = decideInstance(snapshot({ instance: anInstance({ enabled: false }) }), T0 + 3 * MINUTE);
    expect(madeAt(off)).toEqual([]);
    const on = decideInstance(
      snapshot({ instance: anInstance({ enabledAt: T0 + 3 * MINUTE + 1 }), status: recorded(off) ?? null }),
      T0 + 3 * MINUTE + 1,
    );
    expect(madeAt(on)).toEqual([]);
    expect(on.wakeAt).toBe(T0 + 4 * MINUTE);
    expect([recorded(off)?.why, recorded(on)?.why]).toEqual(['disabled', 'waits for its next occurrence']);
  });

  test('writes once that it is disabled, however often it is looked at', () => {
    const instance = anInstance({ enabled: false });
    const off = recorded(decideInstance(snapshot({ instance }), T0 + MINUTE)) ?? null;
    expect(decideInstance(snapshot({ instance, status: off }), T0 + 2 * MINUTE).steps).toEqual([]);
  });

  test('does not run what would have to end before it could begin', () => {
    const schedule = { ...anInstance().schedule, durationMs: 10_000 };
    const decision = decideInstance(snapshot({ instance: anInstance({ schedule }) }), T0 + 11_000);
    expect(madeAt(decision)).toEqual([]);
    const reason = expect.stringContaining('its end had passed');
    expect(gaps(decision)).toMatchObject([{ fromAt: T0, toAt: T0, count: 1, outcome: 'missed', reason }]);
  });
});

describe('the end of a job', () => {
  test('is asked for at its time, and the alarm is set for it before', () => {
    const job = open(T0, 'running', { endsAt: T0 + 10_000 });
    const status = { ...known, id: 'room-abc123', cursorAt: T0, occurrenceAt: T0 + MINUTE, why: 'ran' };
    expect(decideInstance(snapshot({ openJobs: [job], status }), T0 + 1).wakeAt).toBe(T0 + 10_000);
    expect(killed(decideInstance(snapshot({ openJobs: [job], status }), T0 + 10_000))).toEqual([
      `${job.job.id}: it reached its end`,
    ]);
  });

  test('is asked for again until somebody has written it down', () => {
    const job = open(T0, 'running', { endsAt: T0 + 10_000 });
    expect(decideInstance(snapshot({ openJobs: [job] }), T0 + 10_000).wakeAt).toBe(T0 + 11_000);
  });

  test('comes when a continuous instance is disabled, not when an interval one is', () => {
    const continuous = anInstance({ enabled: false, schedule: continuously });
    expect(
      killed(decideInstance(snapshot({ instance: continuous, openJobs: [open(T0, 'running')] }), T0 + 5)),
    ).toHaveLength(1);
    expect(
      killed(
        decideInstance(snapshot({ instance: anInstance({ enabled: false }), openJobs: [open(T0, 'running')] }), T0 + 5),
      ),
    ).toEqual([]);
  });
});

test('a continuous instance that is enabled while its disabling is still being looked at runs again', () => {
  const schedule = continuously;
  const disabled = anInstance({ schedule, enabled: false });
  const enabledAt = T0 + MINUTE;
  const off = recorded(decideInstance(snapshot({ instance: disabled }), enabledAt + 1)) ?? null;
  const on = decideInstance(snapshot({ instance: anInstance({ schedule, enabledAt }), status: off }), enabledAt + 2);
  expect(madeAt(on)).toEqual([enabledAt]);
});

test('an instance that is removed ends its jobs first and is forgotten when they are closed', () => {
  const instance = anInstance({ removing: true });
  expect(
    decideInstance(snapshot({ instance, openJobs: [open(T0, 'running')] }), T0).steps.map((step) => step.do),
  ).toEqual(['kill-job']);
  expect(decideInstance(snapshot({ instance }), T0).steps).toEqual([{ do: 'forget' }]);
});

test('a decision that changed nothing writes nothing', () => {
  const first = decideInstance(snapshot(), T0);
  const status = recorded(first) ?? null;
  expect(decideInstance(snapshot({ status, made: new Set([FIRST]) }), T0 + 1).steps).toEqual([]);
});
