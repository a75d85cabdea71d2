// A kill that was asked for is asked for again until it is taken up: the message may have been lost with the process that sent it.
import { expect, test } from 'vitest';
import { decideInstance, type InstanceDecision } from '../../../src/scheduler/decide-instance.ts';
import type { InstanceSnapshot } from '../../../src/scheduler/instance-snapshot.ts';
import { aJob, anAlgorithm, anInstance, aPackage, aSchedule, T0 } from '../../builders/jobs.ts';

function decideWithJob(instance: InstanceSnapshot['instance'], stop: boolean): InstanceDecision {
  const wish = stop ? { by: 'schedule', reason: '', at: T0 } : null;
  const openJobs = [{ job: aJob({ stop: wish }), state: 'running' as const }];
  const runnable = { package: aPackage(), algorithm: anAlgorithm() };
  const nothing = { status: null, made: new Set<string>(), calendars: [], pause: null, upstream: [] };
  return decideInstance({ instance, ...nothing, openJobs, runnable }, T0 + 500);
}

const schedule = aSchedule({ triggers: [{ kind: 'continuous' }] });
const disabled = anInstance({ schedule, enabled: false });
const removing = anInstance({ schedule, enabled: false, removing: true });

test.each([
  ['disabled', disabled],
  ['removed', removing],
])('the job of a continuous instance that was %s: its kill is asked for again in a moment', (_, instance) => {
  const decision = decideWithJob(instance, false);
  expect(decision.steps.map((step) => step.do)).toContain('kill-job');
  expect(decision.wakeAt).toBe(T0 + 1500);
});

test('the next sweep knows of it, should the process end before', () => {
  const { steps } = decideWithJob(disabled, false);
  expect(steps.find((step) => step.do === 'record')?.status.nextAt).toBe(T0 + 1500);
});

test.each([
  ['disabled', disabled],
  ['removed', removing],
])('once the kill was taken up, nothing of a %s instance is to be looked at', (_, instance) => {
  expect(decideWithJob(instance, true).wakeAt).toBeNull();
});
