// Stops that say how long a task has: its node, its launcher and its lease go by the same time.
import { describe, expect, test } from 'vitest';
import type { Task } from '../../../src/model/task.ts';
import { decideTask } from '../../../src/nodes/decide-task.ts';
import { decideTaskEnd } from '../../../src/nodes/decide-task-end.ts';
import { desiredOf } from '../../../src/nodes/sdk-desired.ts';
import type { TaskDecision } from '../../../src/nodes/task-step.ts';
import { aJob, aSpec, aTask } from '../../builders/jobs.ts';
import { aContainer, aSnapshot, aStatus, exited, NOW, STOP } from './task-snapshots.ts';

const USUAL_MS = 10_000;
const spec = aSpec({ graceMs: USUAL_MS, exactlyOne: true });

/** A task that was told to stop long enough ago for TERM. */
const stopped = (graceMs?: number): Task => {
  const stop = { ...STOP, at: NOW - 250, ...(graceMs === undefined ? {} : { graceMs }) };
  return aTask(aJob({ spec }), 0, 1, 'n1', { stop });
};
const running = aStatus({ state: 'running', container: 'kept', startedAt: NOW - 4000 });
const recorded = ({ steps }: TaskDecision) => steps.flatMap((step) => (step.do === 'record' ? [step.change] : []));

describe.each([
  ['none of its own', undefined, USUAL_MS],
  ['a longer one', 60_000, 60_000],
  ['a shorter one', 500, 500],
  ['none at all', 0, 0],
])('a stop with %s', (_, given, graceMs) => {
  const task = stopped(given);

  test('is followed by KILL after that time, and a moment for the launcher', () => {
    const decision = decideTask(aSnapshot({ task, status: running, container: aContainer() }), NOW);
    expect(recorded(decision)).toMatchObject([{ state: 'stopping', killAt: NOW + graceMs }]);
    expect(decision.wakeAt).toBe(NOW + graceMs + 1000);
  });

  test('tells the launcher the same, before TERM and after it', () => {
    expect(desiredOf(task, running, undefined).stop).toMatchObject({ killAt: NOW - 250 + graceMs, graceMs });
    const terminated = { ...running, killAt: NOW + graceMs };
    expect(desiredOf(task, terminated, undefined).stop).toMatchObject({ killAt: NOW + graceMs, graceMs });
  });

  test('says so of a task that did not end within it', () => {
    const end = { task, container: exited(137), killAt: NOW - 1, isStartedHere: true, now: NOW };
    expect(decideTaskEnd(end).reason).toContain(`did not end within ${graceMs} ms of SIGTERM`);
  });

  test('keeps its lease until that time is over after it, and no shorter than usual', () => {
    const lease = { id: task.id, untilAt: NOW, isRevoked: false };
    const snapshot = aSnapshot({ task, status: running, lease, node: 'forgotten' });
    const [change] = recorded(decideTask(snapshot, NOW));
    expect(change?.nextAt).toBeGreaterThanOrEqual(NOW);
    const given = { ...aStatus({ state: 'lost', container: 'kept', endedAt: NOW, nextAt: NOW }) };
    const forgetting = decideTask(aSnapshot({ task, status: given, lease, node: 'forgotten' }), NOW);
    expect((forgetting.wakeAt ?? 0) - NOW).toBeGreaterThanOrEqual(Math.max(graceMs, USUAL_MS));
  });
});

test('a task whose container came ahead says when its algorithm begins', () => {
  const task = aTask(aJob({ startsAt: NOW + 5000 }), 0, 1, 'n1');
  const status = aStatus({ state: 'starting', container: 'kept' });
  const [change] = recorded(decideTask(aSnapshot({ task, status, container: aContainer() }), NOW));
  expect(change).toMatchObject({
    state: 'running',
    reason: 'It runs; its algorithm begins at 2026-11-22T08:00:10.000Z.',
  });
});
