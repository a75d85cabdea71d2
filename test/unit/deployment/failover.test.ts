// Nodes that are lost, and nodes that are left: where copies go, when, and what people read of it.
import { describe, expect, test } from 'vitest';
import { decideLedger } from '../../../src/deployment/decide-ledger.ts';
import { aJob, aSpec } from '../../builders/jobs.ts';
import { fleetOf, Story } from './job-story.ts';
import { runningStory } from './running-story.ts';

const MINUTE = 60_000;
const only = aSpec({ exactlyOne: true, graceMs: 10_000 });

const first = `${aJob().id}.0.1`;
const second = `${aJob().id}.0.2`;

describe('a copy on a lost node', () => {
  test('goes to another node in one decision, and its room is free once the slot table names its successor', () => {
    const story = runningStory();
    story.lose('n1', { trouble: 'no-answer' });
    story.decide();
    expect(story.done).toEqual(['reserve', 'record', 'assign', 'release', 'tell-move']);
    expect(story.slot).toMatchObject({ state: 'filled', attempt: 2, node: 'n2', failures: 0 });
    expect(story.reserved()).toEqual([`${second} on n2`]);
    expect(story.status.notes.at(-1)?.text).toContain(
      'n1 is lost (powered off, or cut off?): copy 0 goes to n2: n2 has the least load',
    );
  });

  test('stays while there is no room elsewhere, says so, and goes on when its node comes back', () => {
    const story = runningStory({}, fleetOf('n1'));
    story.lose('n1', { trouble: 'engine-down' });
    story.decide();
    expect(story.status).toMatchObject({ state: 'waiting', slots: [{ state: 'filled', attempt: 1, node: 'n1' }] });
    expect(story.status.reason).toContain('n1 is lost (its Docker engine does not answer): copy 0 stays there until');
    story.now += 5000;
    expect(story.decide().steps).toEqual([]);
    story.health('n1', 'ready');
    story.decide();
    expect(story.status).toMatchObject({ state: 'running', reason: 'its container runs', slots: [{ attempt: 1 }] });
  });

  test('goes on there when the node is only unreachable', () => {
    const story = runningStory();
    story.health('n1', 'unreachable');
    expect(story.decide().steps).toEqual([]);
  });

  test('is given up when its job is stopped, or past its end', () => {
    const stopped = runningStory();
    stopped.lose('n1');
    stopped.stop();
    stopped.decide();
    expect(stopped.status).toMatchObject({ state: 'stopped', reason: 'stopped by ann' });
    expect([stopped.reserved(), stopped.job.open]).toEqual([[], 0]);
    const past = runningStory({ endsAt: aJob().startsAt + MINUTE });
    past.now += MINUTE;
    past.lose('n1');
    expect(past.decide().wakeAt).toBe(past.now + 5000 + 5000);
    expect(past.slot).toMatchObject({ state: 'filled', attempt: 1 });
    past.now += 10_000;
    past.decide();
    expect(past.status.state).toBe('stopped');
    expect(past.status.reason).toContain('n1 is lost');
  });

  test('that was not assigned yet is assigned elsewhere', () => {
    const story = new Story();
    story.decide(2);
    story.lose('n1');
    story.decide();
    expect([...story.tasks.keys()]).toEqual([second]);
  });
});

describe('a copy on a node that is drained', () => {
  function moving(over: Parameters<typeof aJob>[0] = {}): Story {
    const story = runningStory(over);
    story.node('n1', { draining: true });
    story.decide();
    return story;
  }

  test('goes on until its successor runs; then it is stopped, and its room is free when it has ended', () => {
    const story = moving();
    expect(story.done).toEqual(['reserve', 'record', 'assign', 'tell-move']);
    expect(story.slot).toMatchObject({ attempt: 2, node: 'n2', predecessor: { task: first, node: 'n1' } });
    expect(story.reserved()).toEqual([`${first} on n1`, `${second} on n2`]);
    story.decide();
    expect(story.status.state).toBe('running');
    expect(story.status.reason).toBe('its container runs; copy 0 goes to n2, and goes on on n1 until it runs there');
    story.observe(second, 'running');
    story.decide();
    expect(story.tasks.get(first)?.stop?.reason).toBe('copy 0 runs on n2 now');
    expect(story.slot.predecessor?.task).toBe(first);
    story.observe(first, 'stopped');
    story.decide();
    expect(story.slot).not.toHaveProperty('predecessor');
    expect(story.reserved()).toEqual([`${second} on n2`]);
    expect(story.status.reason).toBe('its container runs');
  });

  test('moves on though the drain is taken back', () => {
    const story = moving();
    story.node('n1', { draining: false });
    story.observe(second, 'running');
    story.decide();
    expect(story.tasks.get(first)?.stop).not.toBeNull();
  });

  test('goes on however often its successor fails', () => {
    const story = moving();
    for (let tries = 0; tries < 6; tries++) {
      story.observe(story.slot.task ?? '', 'failed');
      story.decide();
      story.now += MINUTE;
      story.decide();
    }
    expect(story.tasks.get(first)?.stop).toBeNull();
    expect(story.slot).toMatchObject({ state: 'filled', attempt: 8, predecessor: { task: first } });
    expect(story.reserved()).toEqual([`${first} on n1`, `${story.slot.task} on n2`].toSorted());
  });

  test('stays where it is while no other node can take it, and says why', () => {
    const story = runningStory({}, fleetOf('n1'));
    story.node('n1', { draining: true });
    story.decide();
    expect(story.tasks.get(first)?.stop).toBeNull();
    expect(story.status.reason).toBe(
      'its container runs; n1 is being drained: copy 0 stays there until it can go elsewhere. None of 1 nodes can take it: n1 is being drained.',
    );
  });

  test('is stopped at the deadline of the drain, wherever its successor is', () => {
    const alone = runningStory({}, fleetOf('n1'));
    alone.node('n1', { draining: true, drainUntilAt: alone.now + 3000 });
    expect(alone.decide().wakeAt).toBe(alone.now + 3000);
    alone.now += 3000;
    alone.decide();
    expect(alone.tasks.get(first)?.stop?.reason).toBe('the drain of n1 is over');
    const story = moving();
    story.node('n1', { drainUntilAt: story.now });
    story.decide();
    expect(story.tasks.get(first)?.stop).not.toBeNull();
  });

  test('is stopped when its node is to be removed and no other can take it', () => {
    const story = runningStory({}, fleetOf('n1'));
    story.node('n1', { draining: true, removing: true });
    story.decide();
    expect(story.tasks.get(first)?.stop?.reason).toBe('n1 is being removed');
  });

  test.each([
    ['an exactlyOne job', { spec: only }],
    ['a standalone job', { machine: 'standalone' }],
  ] as const)('of %s is stopped only once its room elsewhere is reserved', (_, over) => {
    const story = moving(over);
    expect(story.done).toEqual(['reserve', 'stop-task']);
    expect(story.slot).toMatchObject({ attempt: 1, node: 'n1' });
    expect(story.reserved()).toEqual([`${first} on n1`, `${second} on n2`]);
    expect(story.decide().steps).toEqual([]);
    story.become('stopped');
    story.decide();
    expect(story.slot).toMatchObject({ attempt: 2, node: 'n2' });
    expect(story.reserved()).toEqual([`${second} on n2`]);
    const alone = runningStory(over, fleetOf('n1'));
    alone.node('n1', { draining: true });
    alone.decide();
    expect(alone.tasks.get(first)?.stop).toBeNull();
  });

  test('is ended with its successor by a stop, and the job is over when both are', () => {
    const story = moving();
    story.stop();
    story.decide();
    expect([story.tasks.get(first)?.stop, story.tasks.get(second)?.stop]).not.toContain(null);
    story.observe(second, 'stopped');
    story.decide();
    expect(story.status.state).toBe('stopping');
    story.observe(first, 'stopped');
    story.decide();
    expect([story.status.state, story.job.open, story.reserved()]).toEqual(['stopped', 0, []]);
  });

  test('that completes before its successor has ended the job successfully', () => {
    const story = moving({ spec: aSpec({ kind: 'run-to-completion' }) });
    story.observe(first, 'completed');
    story.decide();
    expect(story.tasks.get(second)?.stop?.reason).toBe('copy 0 completed on n1 meanwhile');
    story.observe(second, 'stopped');
    story.decide();
    expect([story.status.state, story.reserved()]).toEqual(['succeeded', []]);
  });

  test('goes on alone when its successor is lost before it ran, and has another', () => {
    const story = runningStory({}, fleetOf('n1', 'n2', 'n3'));
    story.node('n1', { draining: true });
    story.decide();
    story.lose('n2');
    story.decide();
    expect(story.slot).toMatchObject({ attempt: 3, node: 'n3', predecessor: { task: first, node: 'n1' } });
    expect(story.reserved()).toEqual([`${first} on n1`, `${first.slice(0, -1)}3 on n3`]);
  });

  test('is let go when its own node is lost', () => {
    const story = moving();
    story.lose('n1');
    story.decide();
    expect(story.slot).not.toHaveProperty('predecessor');
    expect(story.reserved()).toEqual([`${second} on n2`]);
  });

  test('keeps its room in the ledger until it has ended', () => {
    const story = moving();
    const ledger = story.fleet.get('n1')?.ledger;
    if (!ledger) throw new Error('n1 has no ledger');
    expect(decideLedger(ledger, new Map([[story.job.id, story.status]]), story.now + MINUTE)).toBeNull();
  });
});
