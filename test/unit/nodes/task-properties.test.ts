// What holds of the next steps of a task in every situation.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TASK_STATES, taskEnded, taskMayBecome } from '../../../src/model/task.ts';
import { decideTask } from '../../../src/nodes/decide-task.ts';
import { aContainer, anImage, aSnapshot, aStatus, NOW, SETTINGS, STOP, theTask } from './task-snapshots.ts';

describe('in every situation', () => {
  const statuses = fc.oneof(
    fc.constant(undefined),
    fc.record({
      state: fc.constantFrom(...TASK_STATES),
      attempts: fc.nat(6),
      killAt: fc.constantFrom(null, NOW - 5000, NOW + 5000),
      endedAt: fc.constantFrom(NOW - 1000, NOW - 2 * SETTINGS.keepEndedMs),
      container: fc.constantFrom('none' as const, 'kept' as const, 'removed' as const),
      nextAt: fc.constantFrom(null, NOW - 1, NOW + 999),
    }),
  );
  const containers = fc.oneof(
    fc.constant('none' as const),
    fc.record({
      state: fc.constantFrom('created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'),
      exitCode: fc.constantFrom(null, 0, 1, 137, 200, 201, 202, 203, 204, 205, 255),
      oomKilled: fc.boolean(),
      startedAt: fc.constantFrom(null, NOW - 3000),
    }),
  );
  const situations = fc
    .record({
      stop: fc.constantFrom(null, STOP),
      endsAt: fc.constantFrom(null, NOW - 10, NOW + 10_000),
      status: statuses,
      container: containers,
      ours: fc.boolean(),
      superseded: fc.boolean(),
      node: fc.constantFrom('ready' as const, 'away' as const, 'forgotten' as const),
      image: fc.constantFrom(undefined, 'waiting' as const, 'ready' as const, 'failed' as const),
      imageOnNode: fc.boolean(),
      pull: fc.constantFrom(
        { kind: 'idle' as const },
        { kind: 'pulling' as const },
        { kind: 'failed' as const, error: new Error('x') },
      ),
    })
    .map(({ stop, endsAt, status, container, ours, superseded, node, image, imageOnNode, pull }) =>
      aSnapshot({
        task: theTask({ stop, endsAt }),
        status: status && aStatus(status),
        container: node !== 'ready' ? 'unknown' : container === 'none' ? 'none' : aContainer(container),
        containerIsOurs: ours,
        superseded,
        node,
        image: image && anImage({ state: image }),
        imageOnNode: image === 'ready' && imageOnNode,
        pull,
      }),
    );

  test('states only move forward, through the steps in their order', () => {
    fc.assert(
      fc.property(situations, (snapshot) => {
        let state = snapshot.status?.state ?? 'assigned';
        for (const step of decideTask(snapshot, NOW).steps) {
          if (step.do !== 'record' || step.change.state === undefined || step.change.state === state) continue;
          expect(taskMayBecome(state, step.change.state)).toBe(true);
          state = step.change.state;
        }
      }),
    );
  });

  test('after a stop nothing is pulled, created or started', () => {
    const stops = situations.filter(({ task }) => task.stop !== null);
    fc.assert(
      fc.property(stops, (snapshot) => {
        const acts = decideTask(snapshot, NOW).steps.map((step) => step.do);
        for (const act of ['pull', 'create', 'start'] as const) expect(acts).not.toContain(act);
      }),
    );
  });

  test('only a container that never ran is started', () => {
    fc.assert(
      fc.property(situations, (snapshot) => {
        if (!decideTask(snapshot, NOW).steps.some((step) => step.do === 'start')) return;
        const { container } = snapshot;
        expect(typeof container === 'string' ? container : container.state).toMatch(/^(none|created)$/);
      }),
    );
  });

  test('there are steps, or a time to look again, or the task is settled or runs quietly', () => {
    fc.assert(
      fc.property(situations, (snapshot) => {
        const { steps, wakeAt } = decideTask(snapshot, NOW);
        if (steps.length > 0 || wakeAt !== null) return;
        expect(snapshot.status && taskEnded(snapshot.status.state) && snapshot.status.nextAt).toBe(null);
      }),
    );
  });

  test('nothing is done on a machine while its node is away', () => {
    const away = situations.filter(({ node }) => node !== 'ready');
    fc.assert(
      fc.property(away, (snapshot) => {
        for (const step of decideTask(snapshot, NOW).steps) expect(step.do).toBe('record');
      }),
    );
  });

  test('while the node is away, a task that may have a container keeps its state', () => {
    const away = situations.filter(
      ({ node, superseded, status }) => node === 'away' && !superseded && (status?.state ?? 'assigned') !== 'assigned',
    );
    fc.assert(
      fc.property(away, (snapshot) => {
        for (const step of decideTask(snapshot, NOW).steps) expect(step).not.toHaveProperty('change.state');
      }),
    );
  });
});
