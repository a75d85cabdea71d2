// What is done for a node, and what a sweep of its containers finds.
import { describe, expect, test } from 'vitest';
import type { TaskStatus } from '../../../src/model/task.ts';
import { decideNode } from '../../../src/nodes/decide-node.ts';
import { decideSweep } from '../../../src/nodes/decide-sweep.ts';
import type { ContainerView } from '../../../src/ports/machine.ts';
import { aNode } from '../../builders/jobs.ts';
import { aContainer, aStatus, exited, theTask } from './task-snapshots.ts';

describe('a node', () => {
  const node = aNode('n1');
  const leaving = { ...node, draining: true, removing: true };
  const acts = (snapshot: Parameters<typeof decideNode>[0]) => decideNode(snapshot).steps.map((step) => step.do);

  test.each([
    ['is new', { node, opened: undefined }, ['open']],
    ['is known', { node, opened: node }, []],
    ['was drained or labelled', { node: { ...node, draining: true, labels: { place: 'hall' } }, opened: node }, []],
    ['was removed and added again', { node: { ...node, createdAt: 1 }, opened: node }, ['close', 'open']],
    [
      'moved to another socket',
      { node: aNode('n1', { access: { kind: 'local', socketPath: '/x' } }), opened: node },
      ['close', 'open'],
    ],
    ['was deleted', { node: undefined, opened: node }, ['close']],
    ['was never there', { node: undefined, opened: undefined }, []],
    ['is leaving and has tasks', { node: leaving, opened: node, openTasks: 2 }, []],
    ['is leaving and is empty', { node: leaving, opened: node }, ['clear', 'close', 'forget']],
    [
      'was given up while it was lost, whatever its tasks',
      { node: { ...leaving, abandoned: true as const }, opened: node, isReady: false, openTasks: 3 },
      ['close', 'forget'],
    ],
    [
      'is leaving, is empty and cannot be reached',
      { node: leaving, opened: node, isReady: false },
      ['close', 'forget'],
    ],
  ])('that %s', (_, given, steps) => {
    expect(acts({ isReady: true, openTasks: 0, ...given })).toEqual(steps);
  });

  test('that is leaving is looked at again, because nothing may tell that its tasks have ended', () => {
    expect(decideNode({ node: leaving, opened: node, isReady: true, openTasks: 1 }).lookAgain).toBe(true);
  });
});

describe('a sweep', () => {
  const task = { ...theTask(), node: 'n1' };
  const labels = { 'berth.task': task.id };
  const found = (
    container: ContainerView | undefined,
    status: TaskStatus | undefined,
    owner: typeof task | undefined = task,
  ) =>
    decideSweep({
      node: 'n1',
      containers: container ? [{ ...container, labels: { ...labels, ...container.labels } }] : [],
      volumes: [],
      tasks: new Map(owner ? [[owner.id, owner]] : []),
      statuses: new Map(status ? [[status.id, status]] : []),
    });
  const running = aStatus({ state: 'running', container: 'kept' });
  const failed = aStatus({ state: 'failed', container: 'kept' });

  test.each([
    ['a container that runs as it should', aContainer(), running, []],
    ['a container that ended unnoticed', exited(1), running, [task.id]],
    [
      'a container that runs though its task was given up',
      aContainer(),
      aStatus({ state: 'lost', container: 'kept' }),
      [task.id],
    ],
    ['a container that runs before its task knows', aContainer(), aStatus({ state: 'starting' }), [task.id]],
    ['a container that is kept after its end', exited(1), failed, []],
    ['a container that was recorded as removed', exited(1), { ...failed, container: 'removed' as const }, [task.id]],
    ['a container whose task has no status', exited(1), undefined, [task.id]],
    ['a task that runs without container', undefined, running, [task.id]],
    ['a task that has not begun', undefined, aStatus(), []],
  ])('%s', (_, container, status, wake) => {
    expect(found(container, status)).toEqual({ wake, strangers: [], orphans: [] });
  });

  test('containers of no task, and of an ended task of another node, are strangers', () => {
    const nobodys = decideSweep({
      node: 'n1',
      containers: [aContainer({ labels })],
      volumes: [],
      tasks: new Map(),
      statuses: new Map(),
    });
    expect(nobodys.strangers.map(({ name }) => name)).toEqual([task.id]);
    expect(found(aContainer(), failed, { ...task, node: 'n2' }).strangers).toHaveLength(1);
  });

  test('a container that runs for a task of another node is left to that node', () => {
    expect(found(aContainer(), running, { ...task, node: 'n2' })).toEqual({ wake: [], strangers: [], orphans: [] });
  });

  test('a container that is no task is left alone', () => {
    const installer = aContainer({ name: 'install-1', labels: { 'berth.platform': 'p1' } });
    const findings = decideSweep({
      node: 'n1',
      containers: [installer],
      volumes: [],
      tasks: new Map(),
      statuses: new Map(),
    });
    expect(findings).toEqual({ wake: [], strangers: [], orphans: [] });
  });

  const cleared = aStatus({ state: 'failed', container: 'removed', nextAt: null });

  test.each([
    ['of no task', undefined, undefined, true],
    ['of an ended task of another node', { ...task, node: 'n2' }, failed, true],
    ['of a task that runs on another node', { ...task, node: 'n2' }, running, false],
    ['of a task that is cleared away', task, cleared, true],
    ['of a task whose container is about to be made', task, aStatus({ state: 'preparing' }), false],
    ['of a task without status', task, undefined, false],
  ])('a volume without container, %s', (_, owner, status, isOrphan) => {
    const { orphans } = decideSweep({
      node: 'n1',
      containers: [],
      volumes: [task.id],
      tasks: new Map(owner ? [[owner.id, owner]] : []),
      statuses: new Map(status ? [[task.id, status]] : []),
    });
    expect(orphans).toEqual(isOrphan ? [task.id] : []);
  });
});
