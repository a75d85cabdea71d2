// What is done next for a task, as tables of situations.
import { describe, expect, test } from 'vitest';
import { BerthError } from '../../../src/model/errors.ts';
import { decideTask } from '../../../src/nodes/decide-task.ts';
import type { TaskDecision, TaskSnapshot } from '../../../src/nodes/task-step.ts';
import { aContainer, anImage, aSnapshot, aStatus, exited, NOW, SETTINGS, STOP, theTask } from './task-snapshots.ts';

/** A decision as one line: `record preparing, pull`. */
function inWords({ steps }: TaskDecision): string {
  const words = steps.map((step) => {
    if (step.do === 'record') return `record ${step.change.state ?? Object.keys(step.change).join('+')}`;
    return step.do === 'signal' ? step.signal : step.do;
  });
  return words.join(', ');
}

interface Row {
  readonly when: string;
  readonly given: Partial<TaskSnapshot>;
  readonly steps: string;
  readonly wakeIn?: number | null;
}

function table(name: string, rows: readonly Row[]): void {
  describe(name, () => {
    test.each(rows)('$when: $steps', ({ given, steps, wakeIn }) => {
      const decision = decideTask(aSnapshot(given), NOW);
      expect(inWords(decision)).toBe(steps);
      if (wakeIn !== undefined) expect(decision.wakeAt).toBe(wakeIn === null ? null : NOW + wakeIn);
    });
  });
}

const preparing = aStatus({ state: 'preparing', container: 'kept' });
const starting = aStatus({ state: 'starting', container: 'kept' });
const running = aStatus({ state: 'running', container: 'kept', startedAt: NOW - 4000 });
const stopping = aStatus({ state: 'stopping', container: 'kept', killAt: NOW + 500 });
const stopped = theTask({ stop: STOP });
const noticed = theTask({ stop: { ...STOP, at: NOW - 250 } });

table('before its start', [
  {
    when: 'the image is on the node',
    given: {},
    steps: 'record preparing, create, record starting, start',
    wakeIn: 0,
  },
  { when: 'the node has not got the image', given: { imageOnNode: false }, steps: 'record preparing, pull' },
  {
    when: 'the image is being pulled',
    given: { status: preparing, imageOnNode: false, pull: { kind: 'pulling' } },
    steps: '',
  },
  {
    when: 'the image is not made yet',
    given: { image: anImage({ state: 'installing' }), imageOnNode: false },
    steps: '',
  },
  {
    when: 'there is no image at all yet',
    given: { image: undefined, imageOnNode: false, status: undefined },
    steps: 'record nextAt',
  },
  {
    when: 'the image cannot be made',
    given: { image: anImage({ state: 'failed' }), imageOnNode: false },
    steps: 'record failed',
    wakeIn: null,
  },
  {
    when: 'the container was created before a crash of the platform',
    given: { status: preparing, container: aContainer({ state: 'created' }) },
    steps: 'record starting, start',
  },
  {
    when: 'the start was intended before a crash of the platform',
    given: { status: starting, container: aContainer({ state: 'created' }) },
    steps: 'record containerId+container+nextAt, start',
  },
  {
    when: 'a failed act is not due again',
    given: { status: aStatus({ state: 'preparing', attempts: 2, nextAt: NOW + 700 }) },
    steps: '',
    wakeIn: 700,
  },
  { when: 'its end has come', given: { task: theTask({ endsAt: NOW }) }, steps: 'record stopped', wakeIn: null },
  {
    when: 'a container under its name was made for something else',
    given: { container: aContainer(), containerIsOurs: false },
    steps: 'remove',
    wakeIn: 0,
  },
]);

table('while it runs', [
  {
    when: 'the container runs for the first time',
    given: { status: starting, container: aContainer() },
    steps: 'record running, follow',
    wakeIn: null,
  },
  { when: 'nothing changed', given: { status: running, container: aContainer() }, steps: 'follow', wakeIn: null },
  {
    when: 'the container is paused',
    given: { status: running, container: aContainer({ state: 'paused' }) },
    steps: 'follow',
  },
  { when: 'the container ended', given: { status: running, container: exited(204) }, steps: 'collect, record failed' },
  {
    when: 'somebody ended the container: its successor does not wait for what is left of it',
    given: { status: running, container: exited(137, { finishedAt: NOW - 40 }) },
    steps: 'record failed',
    wakeIn: 960,
  },
  {
    when: 'the container ended at once',
    given: { status: starting, container: exited(0, { startedAt: NOW - 50 }) },
    steps: 'collect, record failed',
  },
  {
    when: 'the container is gone',
    given: { status: running, container: 'none' },
    steps: 'collect, remove, record failed',
    wakeIn: null,
  },
  {
    when: 'the container was removed between create and start',
    given: { status: starting, container: 'none' },
    steps: 'collect, remove, record failed',
  },
  {
    when: 'the container is being removed',
    given: { status: running, container: aContainer({ state: 'removing' }) },
    steps: '',
    wakeIn: 1000,
  },
]);

table('a stop', [
  { when: 'before anything was done', given: { task: stopped }, steps: 'record stopped', wakeIn: null },
  {
    when: 'while the image is pulled',
    given: { task: stopped, status: preparing, imageOnNode: false, pull: { kind: 'pulling' } },
    steps: 'record stopped',
  },
  {
    when: 'of a container that did not start yet',
    given: { task: stopped, status: preparing, container: aContainer({ state: 'created' }) },
    steps: 'remove, record stopped',
  },
  {
    when: 'of a running container: the notice first',
    given: { task: stopped, status: running, container: aContainer() },
    steps: 'record stopping',
    wakeIn: 240,
  },
  {
    when: 'of a running container that has had its notice',
    given: { task: noticed, status: { ...running, state: 'stopping' }, container: aContainer() },
    steps: 'SIGTERM, record stopping',
    wakeIn: 11_000,
  },
  {
    when: 'that has time left',
    given: { task: stopped, status: stopping, container: aContainer() },
    steps: '',
    wakeIn: 1500,
  },
  {
    when: 'whose time is up',
    given: { task: stopped, status: { ...stopping, killAt: NOW - 1000 }, container: aContainer() },
    steps: 'SIGKILL',
    wakeIn: 1000,
  },
  {
    when: 'that was obeyed',
    given: { task: stopped, status: stopping, container: exited(200) },
    steps: 'collect, record stopped',
  },
  {
    when: 'while the node is away, before anything was done',
    given: { task: stopped, node: 'away', container: 'unknown' },
    steps: 'record stopped',
  },
  {
    when: 'while the node is away, of a running container',
    given: { task: stopped, status: running, node: 'away', container: 'unknown' },
    steps: '',
  },
]);

table('a node that is away', [
  { when: 'the task ran', given: { status: running, node: 'away', container: 'unknown' }, steps: '', wakeIn: 30_000 },
  {
    when: 'the task was not seen yet',
    given: { status: undefined, node: 'away', container: 'unknown' },
    steps: 'record nextAt',
  },
  {
    when: 'the slot has another task',
    given: { status: running, superseded: true, node: 'away', container: 'unknown' },
    steps: 'record lost',
  },
  {
    when: 'the node was removed',
    given: { status: running, node: 'forgotten', container: 'unknown' },
    steps: 'record lost',
  },
]);

const over = aStatus({
  state: 'failed',
  container: 'kept',
  endedAt: NOW - 1000,
  nextAt: NOW - 1000 + SETTINGS.keepEndedMs,
});
const lost = aStatus({ state: 'lost', container: 'kept', endedAt: NOW - 1000, nextAt: NOW - 1000 });

table('after its end', [
  {
    when: 'the container is kept',
    given: { status: over, container: exited(1) },
    steps: '',
    wakeIn: SETTINGS.keepEndedMs - 1000,
  },
  {
    when: 'somebody ended the container, and its successor is about to start',
    given: { status: { ...over, endedAt: NOW - 400, nextAt: NOW + 600 }, container: exited(137) },
    steps: '',
    wakeIn: 600,
  },
  {
    when: 'somebody ended the container a while ago',
    given: { status: { ...over, nextAt: NOW }, container: exited(137) },
    steps: 'collect, record container+nextAt',
    wakeIn: SETTINGS.keepEndedMs - 1000,
  },
  {
    when: 'somebody ended and removed the container before anything was gathered',
    given: { status: { ...over, containerId: 'c1', nextAt: NOW }, container: 'none' },
    steps: 'collect, remove, record container+nextAt+reason',
  },
  {
    when: 'the container was kept long enough',
    given: { status: { ...over, endedAt: NOW - SETTINGS.keepEndedMs }, container: exited(1) },
    steps: 'gather, remove, record container+nextAt',
    wakeIn: null,
  },
  {
    when: 'what is left of the container could not be had for ten minutes',
    given: { status: { ...over, endedAt: NOW - SETTINGS.keepEndedMs - 600_000 }, container: exited(1) },
    steps: 'collect, remove, record container+nextAt',
    wakeIn: null,
  },
  {
    when: 'somebody removed the container',
    given: { status: over, container: 'none' },
    steps: 'remove, record container+nextAt',
  },
  {
    when: 'nothing is left',
    given: { status: { ...over, container: 'removed', nextAt: null }, container: 'none' },
    steps: '',
    wakeIn: null,
  },
  {
    when: 'it was given up and its container still runs',
    given: { status: lost, container: aContainer() },
    steps: 'SIGTERM, record killAt+container+nextAt',
    wakeIn: 10_000,
  },
  {
    when: 'it was given up and its container does not obey',
    given: { status: { ...lost, killAt: NOW }, container: aContainer() },
    steps: 'SIGKILL',
  },
  {
    when: 'it was given up and its container has ended',
    given: { status: lost, container: exited(0) },
    steps: 'collect, record container+nextAt',
  },
  {
    when: 'the start was refused and the container never ran',
    given: { status: { ...over, nextAt: NOW }, container: aContainer({ state: 'created' }) },
    steps: 'remove, record container+nextAt',
  },
  { when: 'its node is away', given: { status: over, node: 'away', container: 'unknown' }, steps: '', wakeIn: 30_000 },
  {
    when: 'its node was removed',
    given: { status: over, node: 'forgotten', container: 'unknown' },
    steps: 'record container+nextAt',
    wakeIn: null,
  },
]);

test('only a container that was not due to go was removed by somebody else', () => {
  const gone = (endedAt: number) =>
    decideTask(aSnapshot({ status: { ...over, containerId: 'c1', endedAt }, container: 'none' }), NOW).why;
  expect(gone(NOW - 1000)).toContain("behind the platform's back");
  expect(gone(NOW - SETTINGS.keepEndedMs)).toBe('Its container is gone.');
});

describe('a pull that failed', () => {
  const failing = (error: unknown, attempts = 0) =>
    decideTask(
      aSnapshot({
        status: aStatus({ state: 'preparing', attempts }),
        imageOnNode: false,
        pull: { kind: 'failed', error },
      }),
      NOW,
    );

  test('is tried again, later each time', () => {
    const error = new BerthError('machine.pull-failed', { reference: 'x', words: 'no route' });
    expect(failing(error, 0).wakeAt).toBe(NOW + 1000);
    expect(failing(error, 2).wakeAt).toBe(NOW + 4000);
    expect(failing(error, 2).steps).toMatchObject([{ do: 'record', change: { attempts: 3, nextAt: NOW + 4000 } }]);
  });

  test('fails the task after the last try, and says why', () => {
    const error = new BerthError('machine.pull-failed', { reference: 'x', words: 'no route' });
    const { why, steps } = failing(error, SETTINGS.actTries - 1);
    expect(steps).toMatchObject([{ do: 'record', change: { state: 'failed', attempts: SETTINGS.actTries } }]);
    expect(why).toContain('no route');
  });

  test('fails the task at once when trying again cannot help', () => {
    const error = new BerthError('machine.engine-refused', { act: 'pull', words: 'denied' });
    expect(failing(error).steps).toMatchObject([{ do: 'record', change: { state: 'failed' } }]);
  });

  test('says nothing about the task when the connection broke', () => {
    const error = new BerthError('machine.disconnected', { address: 'n1', reason: 'gone' });
    expect(failing(error)).toMatchObject({ steps: [], wakeAt: NOW + 1000 });
  });
});
