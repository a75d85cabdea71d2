import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideJob } from '../../../src/deployment/decide-job.ts';
import { decideLedger } from '../../../src/deployment/decide-ledger.ts';
import { jobEnded } from '../../../src/model/job.ts';
import { type TaskState, taskEnded } from '../../../src/model/task.ts';
import { aLedger, aReservation, aSpec, T0 } from '../../builders/jobs.ts';
import { fleetOf, readyImage, Story } from './job-story.ts';

describe('a job that is due', () => {
  test('reserves room, writes its slot, then assigns its task, in this order', () => {
    const story = new Story();
    story.decide();
    expect(story.done).toEqual(['reserve', 'record', 'assign']);
    expect(story.status).toMatchObject({ state: 'starting', slots: [{ state: 'filled', attempt: 1, node: 'n1' }] });
    expect([...story.tasks.keys()]).toEqual([`${story.job.id}.0.1`]);
  });

  test('spreads its copies over the nodes', () => {
    const story = new Story({ copies: 4 });
    story.decide();
    expect(story.status.slots.map(({ node }) => node).toSorted()).toEqual(['n1', 'n1', 'n2', 'n2']);
  });

  test('waits for its image and says so', () => {
    const story = new Story();
    story.image = { ...readyImage, state: 'installing' };
    story.decide();
    expect(story.status).toMatchObject({ state: 'waiting', reason: 'its dependencies are being installed' });
  });

  test('says why its image could not be made yet', () => {
    const story = new Story();
    const error = { code: 'x', message: 'The mirror did not answer.', remedy: 'Wait.', lastLines: [] };
    story.image = { ...readyImage, state: 'waiting', error };
    story.decide();
    expect(story.status.reason).toBe('its image could not be made yet and is tried again: The mirror did not answer.');
  });

  test('fails with the remedy when its image cannot be made', () => {
    const story = new Story();
    story.image = {
      ...readyImage,
      state: 'failed',
      error: { code: 'x', message: 'pip found no such package.', remedy: 'Correct the name.', lastLines: [] },
    };
    story.decide();
    expect(story.status.state).toBe('failed');
    expect(story.status.reason).toContain('Correct the name.');
  });

  test("waits for room with every node's refusal, and does not write the same refusal again", () => {
    const story = new Story({ spec: aSpec({ labels: { site: 'roof' } }) });
    story.decide();
    expect(story.status.reason).toContain('lacks the label site=roof');
    story.now += 5000;
    expect(story.decide().steps).toEqual([]);
  });
});

describe('a task that ended though it was wanted', () => {
  test('has its successor at once, elsewhere if there is another node, and its room is released', () => {
    const story = new Story();
    story.decide();
    story.become('running');
    story.decide();
    expect(story.status.state).toBe('running');
    story.become('failed');
    story.decide();
    expect(story.done).toEqual(['release', 'reserve', 'record', 'assign']);
    expect(story.status.slots[0]).toMatchObject({ state: 'filled', attempt: 2, node: 'n2', failures: 1 });
  });

  test('backs off when it fails again, and fails the job with reason and last lines in the end', () => {
    const story = new Story();
    const waits: number[] = [];
    for (let i = 0; i < 3; i++) {
      story.decide();
      if (story.status.slots[0]?.state === 'empty') {
        waits.push((story.status.slots[0].notBefore ?? 0) - story.now);
        story.now = story.status.slots[0].notBefore ?? story.now;
        story.decide();
      }
      story.become('failed', { lastLines: ['boom'] });
    }
    story.decide();
    expect(waits).toEqual([1000]);
    expect(story.status).toMatchObject({ state: 'failed', lastLines: ['boom'] });
    expect(story.status.reason).toContain('failed 3 times in a row');
    expect(story.job.open).toBe(0);
  });

  test('waits for room when its wait is over and no node can take it, and says so', () => {
    const story = new Story({}, fleetOf('n1'));
    for (const end of ['failed', 'failed'] as const) {
      story.decide();
      story.become(end);
    }
    story.decide();
    expect(story.status.reason).toContain('next try at');
    story.fleet = fleetOf();
    story.now = story.status.slots[0]?.notBefore ?? 0;
    story.decide();
    expect(story.status).toMatchObject({ state: 'waiting', reason: expect.stringContaining('There is no node') });
  });

  test('is forgiven its failures when it had lived long enough', () => {
    const story = new Story();
    for (let i = 0; i < 10; i++) {
      story.decide();
      story.become('running');
      story.now += 61_000;
      story.become('failed');
    }
    story.decide();
    expect(story.status.slots[0]).toMatchObject({ state: 'filled', failures: 1 });
  });
});

describe('a stop', () => {
  test('ends the task and is never undone, whatever the task does then', () => {
    const ends: TaskState[] = ['failed', 'lost', 'stopped'];
    for (const end of ends) {
      const story = new Story();
      story.decide();
      story.become('running');
      story.job = { ...story.job, stop: { by: 'ann', reason: 'stopped by ann', at: story.now } };
      story.decide();
      expect(story.done).toContain('stop-task');
      expect(story.status.state).toBe('stopping');
      story.become(end);
      story.decide();
      story.now += 3_600_000;
      expect(story.status).toMatchObject({ state: 'stopped', reason: 'stopped by ann' });
      expect(story.tasks.size).toBe(1);
    }
  });

  test('before anything was placed ends the job without a task', () => {
    const story = new Story({ stop: { by: 'ann', reason: 'never mind', at: T0 } });
    story.decide();
    expect(story.tasks.size).toBe(0);
    expect(story.status.state).toBe('stopped');
  });
});

test('a job succeeds when every copy completed', () => {
  const story = new Story({ copies: 2, spec: aSpec({ kind: 'run-to-completion' }) });
  story.decide();
  story.become('running');
  story.become('completed');
  story.decide();
  expect(story.status).toMatchObject({ state: 'succeeded', reason: 'every copy completed' });
});

test('a task that a crash left out of the store is assigned from the slot table', () => {
  const story = new Story();
  story.decide();
  story.tasks.clear();
  story.decide();
  expect(story.done).toEqual(['assign']);
});

test('a standalone job claims its node', () => {
  const story = new Story({ machine: 'standalone' });
  const step = story.decide().steps.find((candidate) => candidate.do === 'reserve');
  expect(step).toMatchObject({ claim: story.job.id });
});

test('whatever happens to tasks, slots hold one task at most, attempts only grow, and an end stays', () => {
  const happening = fc.constantFrom<TaskState | 'stop' | 'wait'>(
    'running',
    'failed',
    'lost',
    'completed',
    'stopped',
    'stop',
    'wait',
  );
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), (happenings, copies) => {
      const story = new Story({ copies });
      let attempts = story.status.slots.map(() => 0);
      for (const what of happenings) {
        if (story.job.open === 0) break;
        if (what === 'stop')
          story.job = { ...story.job, stop: story.job.stop ?? { by: 'ann', reason: 'x', at: story.now } };
        else if (what === 'wait') story.now += 70_000;
        else story.become(what);
        const before = story.tasks.size;
        story.decide();
        if (story.job.stop) expect(story.tasks.size).toBe(before);
        const next = story.status.slots.map(({ attempt }) => attempt);
        for (const [index, attempt] of next.entries()) expect(attempt).toBeGreaterThanOrEqual(attempts[index] ?? 0);
        attempts = next;
        const live = [...story.tasks.values()].filter(
          ({ id }) => !taskEnded(story.statuses.get(id)?.state ?? 'assigned'),
        );
        expect(new Set(live.map(({ slot }) => slot)).size).toBe(live.length);
        expect(story.job.open === 0).toBe(jobEnded(story.status.state));
        expect(
          decideJob(story.snapshot(), story.now).steps.filter((step) => step.do !== 'close' && step.do !== 'nudge'),
        ).toEqual([]);
      }
    }),
  );
});

describe('a ledger', () => {
  test('loses reservations that no slot names, when they are not fresh', () => {
    const story = new Story();
    story.decide();
    const task = story.status.slots[0]?.task ?? '';
    const kept = aReservation(task, { job: story.job.id });
    const orphan = aReservation(`${story.job.id}.0.9`, { job: story.job.id });
    const ledger = aLedger('n1', [kept, orphan]);
    const jobs = new Map([[story.job.id, story.status]]);
    expect(decideLedger(ledger, jobs, T0)).toBeNull();
    expect(decideLedger(ledger, jobs, T0 + 60_000)?.ledger.reservations).toEqual([kept]);
  });

  test('loses a claim with its last reservation', () => {
    const ledger = aLedger('n1', [aReservation('j.0.1', { job: 'j' })], 'j');
    expect(decideLedger(ledger, new Map(), T0 + 60_000)).toEqual({ ledger: aLedger('n1', []), jobs: ['j'] });
  });
});
