// Copies that have to run exactly once, on nodes that are lost: they wait for their lease, and nobody works beside another.
import { describe, expect, test } from 'vitest';
import { aJob, aSpec } from '../../builders/jobs.ts';
import { fleetOf } from './job-story.ts';
import { runningStory } from './running-story.ts';

const MINUTE = 60_000;
const only = aSpec({ exactlyOne: true, graceMs: 10_000 });
const first = `${aJob().id}.0.1`;
const second = `${aJob().id}.0.2`;

describe('an exactlyOne copy on a lost node', () => {
  test('waits for its lease and its end, says until when, and then goes elsewhere', () => {
    const story = runningStory({ spec: only });
    story.now += 4000;
    story.lose('n1');
    expect(story.decide().wakeAt).toBe(story.now + 26_000);
    expect(story.status.state).toBe('waiting');
    expect(story.status.reason).toBe(
      'n1 is lost: copy 0 waits until 08:00:42 UTC because the copy on n1 may still run: its lease holds until 08:00:30 UTC, and its end takes up to 10 s',
    );
    expect(story.leases.get(first)?.doc.isRevoked).toBe(false);
    story.now += 26_000;
    expect(story.decide().wakeAt).toBe(story.now + 12_000);
    expect(story.leases.get(first)?.doc.isRevoked).toBe(true);
    story.now += 12_000 - 1;
    story.decide();
    expect(story.tasks.size).toBe(1);
    story.now += 1;
    story.decide();
    expect(story.slot).toMatchObject({ attempt: 2, node: 'n2' });
    expect(story.reserved()).toEqual([`${second} on n2`]);
  });

  test('goes on when its node comes back before its lease has run out', () => {
    const story = runningStory({ spec: only });
    story.lose('n1');
    story.decide();
    story.health('n1', 'ready');
    story.now += 20_000;
    expect(story.renew(first)).toBe(true);
    story.decide();
    story.now += 20_000;
    story.decide();
    expect(story.slot).toMatchObject({ attempt: 1, node: 'n1' });
    expect(story.status.state).toBe('running');
  });

  test('keeps its right while there is no place elsewhere', () => {
    const story = runningStory({ spec: only }, fleetOf('n1'));
    story.lose('n1');
    story.now += 10 * MINUTE;
    story.decide();
    expect(story.leases.get(first)?.doc.isRevoked).toBe(false);
  });

  test('goes at once when the provider says, after the loss, that the machine is off', () => {
    const story = runningStory({ spec: only });
    story.provider('n1', 'stopped');
    story.now += 4000;
    story.lose('n1');
    story.decide();
    expect(story.slot.attempt).toBe(1);
    story.now += 1000;
    story.provider('n1', 'stopped');
    story.decide();
    expect(story.done.slice(0, 4)).toEqual(['revoke-lease', 'reserve', 'record', 'assign']);
    expect(story.slot).toMatchObject({ attempt: 2, node: 'n2' });
    expect(story.status.notes.at(-1)?.text).toContain('its provider says that it is stopped');
  });

  test('waits though the provider says so of a machine that took its place', () => {
    const story = runningStory({ spec: only });
    story.now += 1000;
    story.node('n1', { createdAt: story.now });
    story.lose('n1');
    story.now += 1000;
    story.provider('n1', 'gone');
    story.decide();
    expect(story.slot.attempt).toBe(1);
  });

  test('that never got a lease goes at once, and can never get one', () => {
    const story = runningStory({ spec: only });
    story.leases.clear();
    story.lose('n1');
    story.decide();
    expect(story.slot).toMatchObject({ attempt: 2, node: 'n2' });
    expect(story.leases.get(first)?.doc).toMatchObject({ isRevoked: true });
  });

  test('is ended when its lease was taken and its node came back before it had a successor', () => {
    const story = runningStory({ spec: only });
    story.lose('n1');
    story.now += 30_000;
    story.decide();
    story.health('n1', 'ready');
    story.decide();
    expect(story.tasks.get(first)?.stop?.reason).toBe('its lease was taken from it while n1 was lost');
    story.become('stopped');
    story.decide();
    expect(story.slot).toMatchObject({ state: 'filled', attempt: 2 });
  });

  test('that is over only because its machine was replaced is waited for all the same', () => {
    const story = runningStory({ spec: only });
    story.now += 1000;
    story.node('n1', { createdAt: story.now });
    story.become('failed', { exitCode: null });
    story.decide();
    expect(story.slot).toMatchObject({ state: 'filled', attempt: 1 });
    expect(story.status.reason).toContain('may still run');
    story.now += 41_000;
    story.decide();
    expect(story.slot).toMatchObject({ state: 'filled', attempt: 2 });
  });

  test('whose lease was forgotten because it was over has its successor at once, and no lease is made of it again', () => {
    const story = runningStory({ spec: only });
    story.now += 1000;
    story.node('n1', { createdAt: story.now });
    story.become('lost', { exitCode: null, nextAt: story.now });
    story.leases.delete(first);
    story.decide();
    expect(story.slot).toMatchObject({ attempt: 2 });
    expect(story.leases.has(first)).toBe(false);
  });

  test('whose container was removed on a machine that is the same has its successor at once', () => {
    const story = runningStory({ spec: only });
    story.become('failed', { exitCode: null });
    story.decide();
    expect(story.slot.attempt).toBe(2);
  });
});
