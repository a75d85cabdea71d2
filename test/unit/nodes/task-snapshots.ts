// Snapshots of tasks for tests: complete and ordinary.

import type { Image } from '../../../src/model/image.ts';
import type { Task, TaskStatus } from '../../../src/model/task.ts';
import type { NodeSettings } from '../../../src/nodes/node-settings.ts';
import { taskFirstStatus } from '../../../src/nodes/task-first-status.ts';
import type { TaskSnapshot } from '../../../src/nodes/task-step.ts';
import type { ContainerView } from '../../../src/ports/machine.ts';
import { aJob, aSpec, aTask, T0 } from '../../builders/jobs.ts';

export const NOW = T0 + 5000;

export const SETTINGS: NodeSettings = {
  probeEveryMs: 1000,
  freshPathAfterMs: 2000,
  unreachableAfterMs: 3000,
  lostAfterMs: 4000,
  amnestyMs: 15_000,
  diskPressure: { leastFreeBytes: 64 * 1024 * 1024, leastFreeShare: 0.001 },
  imageSweep: { everyMs: 600_000, unusedForMs: 86_400_000 },
  vitalsEveryMs: 2000,
  usageEveryMs: 10_000,
  loadStoredEveryMs: 5000,
  lastSeenStoredEveryMs: 15_000,
  containerSweepEveryMs: 30_000,
  reconnect: { firstMs: 250, maxMs: 5000 },
  strangerGraceMs: 1000,
  keepEndedMs: 3_600_000,
  actsAtOnce: 4,
  pullsAtOnce: 2,
  actTries: 5,
  actBackoff: { firstMs: 1000, maxMs: 60_000 },
  evidenceWithinMs: 5000,
};

export function theTask(over: Partial<Task> = {}): Task {
  return aTask(aJob({ spec: aSpec({ script: 'watch.py' }) }), 0, 1, 'n1', over);
}

export const STOP = { reason: 'Ana stopped it.', at: NOW - 10 };

export function aContainer(over: Partial<ContainerView> = {}): ContainerView {
  return {
    id: 'c1',
    name: theTask().id,
    state: 'running',
    exitCode: null,
    oomKilled: false,
    error: '',
    labels: {},
    startedAt: T0 + 1000,
    finishedAt: null,
    ...over,
  };
}

export function exited(exitCode: number, over: Partial<ContainerView> = {}): ContainerView {
  return aContainer({ state: 'exited', exitCode, finishedAt: NOW - 100, ...over });
}

export function anImage(over: Partial<Image> = {}): Image {
  const manifestDigest = `sha256:${'b'.repeat(64)}`;
  const made = { layers: [], attempts: 0, createdAt: T0, shard: 0, nextAt: null };
  return { id: 'a'.repeat(64), application: 'room', state: 'ready', manifestDigest, ...made, ...over };
}

export function aStatus(over: Partial<TaskStatus> = {}): TaskStatus {
  return { ...taskFirstStatus(theTask()), ...over };
}

export function aSnapshot(over: Partial<TaskSnapshot> = {}): TaskSnapshot {
  const { container } = over;
  return {
    task: theTask(),
    status: aStatus(),
    lease: undefined,
    superseded: false,
    node: 'ready',
    clockOffsetMs: 0,
    container: 'none',
    isStartedHere: true,
    containerIsOurs: container !== undefined && typeof container !== 'string',
    image: anImage(),
    imageOnNode: true,
    pull: { kind: 'idle' },
    settings: SETTINGS,
    fraction: 0,
    ...over,
  };
}
