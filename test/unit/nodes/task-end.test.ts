// What the end of a container means.
import { describe, expect, test } from 'vitest';
import { LAUNCHER_EXIT } from '../../../src/model/task.ts';
import { decideTaskEnd } from '../../../src/nodes/decide-task-end.ts';
import { aSpec } from '../../builders/jobs.ts';
import { exited, NOW, STOP, theTask } from './task-snapshots.ts';

const continuous = theTask();
const oneRun = theTask({ spec: aSpec({ kind: 'run-to-completion' }) });

describe('of a container that ended by itself', () => {
  test.each([
    ['a run to completion with code 0', oneRun, exited(0), 'completed', 'completion'],
    ['a continuous algorithm with code 0', continuous, exited(0), 'failed', 'nobody stopped it'],
    ['the launcher at the deadline', continuous, exited(LAUNCHER_EXIT.deadline), 'stopped', 'reached its end'],
    ['the launcher after a notice', continuous, exited(LAUNCHER_EXIT.stopped), 'stopped', 'notice'],
    ['the launcher without a lease', continuous, exited(LAUNCHER_EXIT.fenced), 'lost', 'lease'],
    ['a crash loop', continuous, exited(LAUNCHER_EXIT.crashLoop), 'failed', '5 times in a row'],
    ['a launcher that failed', oneRun, exited(LAUNCHER_EXIT.launcherFailed), 'failed', 'launcher'],
    ['any other code', oneRun, exited(3), 'failed', 'code 3'],
  ])('%s', (_, task, container, state, reason) => {
    const end = decideTaskEnd({ task, container, killAt: null, isStartedHere: true, now: NOW });
    expect(end).toMatchObject({ state, exitCode: container.exitCode });
    expect(end.reason).toContain(reason);
  });
});

describe('of a container that somebody ended', () => {
  test.each([
    ['docker stop', exited(LAUNCHER_EXIT.stranger), 'docker stop'],
    ['docker kill', exited(137), 'SIGKILL'],
    ['docker kill -s TERM', exited(143), 'SIGTERM'],
    ['docker kill -s INT', exited(130), 'SIGINT'],
    ['the kernel, out of memory', exited(137, { oomKilled: true }), '64 MiB'],
    ['a machine that went down', exited(255), 'went down'],
    ['docker rm -f', undefined, "behind the platform's back"],
    ['an engine that could not start it', exited(127, { error: 'no such file' }), 'no such file'],
  ])('%s fails the task', (_, container, reason) => {
    const end = decideTaskEnd({ task: continuous, container, killAt: null, isStartedHere: true, now: NOW });
    expect(end.state).toBe('failed');
    expect(end.reason).toContain(reason);
  });
});

test.each([
  ['docker stop', exited(LAUNCHER_EXIT.stranger), true],
  ['docker kill', exited(137), true],
  ['a crash loop', exited(LAUNCHER_EXIT.crashLoop), false],
  ['the kernel, out of memory', exited(137, { oomKilled: true }), false],
  ['a machine that went down', exited(255), false],
])('after %s, whether the last lines can wait: %#', (_, container, isFromOutside) => {
  expect(decideTaskEnd({ task: continuous, container, killAt: null, isStartedHere: true, now: NOW })).toMatchObject({
    isFromOutside,
  });
});

describe('of a task that was to stop', () => {
  const task = theTask({ stop: STOP });

  test.each([[exited(0)], [exited(200)], [exited(203)], [exited(137)], [undefined]])(
    'it is stopped, whatever ended it',
    (container) => {
      const end = decideTaskEnd({ task, container, killAt: null, isStartedHere: true, now: NOW });
      expect(end).toMatchObject({ state: 'stopped', reason: STOP.reason });
    },
  );

  test('it says so when it had to be killed', () => {
    const end = decideTaskEnd({ task, container: exited(137), killAt: NOW - 1, isStartedHere: true, now: NOW });
    expect(end.reason).toBe('Ana stopped it. It did not end within 10000 ms of SIGTERM and was killed.');
  });
});

test('code 0 of a continuous algorithm at its end is its end', () => {
  const task = theTask({ endsAt: NOW });
  const end = decideTaskEnd({
    task,
    container: exited(0, { finishedAt: NOW - 500 }),
    killAt: null,
    isStartedHere: true,
    now: NOW,
  });
  expect(end).toMatchObject({ state: 'stopped', reason: 'It reached its end.' });
});

test('a container that was told nothing is given up when a process before this one started it, and has failed else', () => {
  const container = exited(LAUNCHER_EXIT.untold);
  const end = (isStartedHere: boolean) =>
    decideTaskEnd({ task: continuous, container, killAt: null, isStartedHere, now: NOW });
  expect(end(false)).toMatchObject({ state: 'lost', exitCode: LAUNCHER_EXIT.untold });
  expect(end(true)).toMatchObject({ state: 'failed' });
});
