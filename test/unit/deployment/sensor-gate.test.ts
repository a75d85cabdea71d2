import { describe, expect, test } from 'vitest';
import { needsOfSensors } from '../../builders/bindings.ts';
import { aSpec, T0 } from '../../builders/jobs.ts';
import { aBinding } from '../../builders/sensors.ts';
import { Story } from './job-story.ts';

const spec = aSpec({ sensorNeeds: needsOfSensors({ air: ['temperature', 1] }) });

describe('a job that needs sensors', () => {
  test('is not placed before they are looked up, and asks for that', () => {
    const story = new Story({ spec });
    story.decide();
    expect(story.status).toMatchObject({ state: 'waiting', reason: 'its sensors are about to be looked up' });
    expect(story.done).toEqual(['record', 'ask-sensors']);
    expect(story.reserved()).toEqual([]);
  });

  test('waits with the reason of its binding, and is placed as soon as it is bound', () => {
    const story = new Story({ spec });
    story.binding = aBinding(story.job.id, { state: 'waiting', reason: 'waits for its sensors: t-1 is silent' });
    story.decide();
    expect(story.status).toMatchObject({ state: 'waiting', reason: 'waits for its sensors: t-1 is silent' });
    expect(story.slot).toMatchObject({ state: 'empty', placement: null });
    expect(story.done).not.toContain('ask-sensors');
    story.binding = aBinding(story.job.id);
    story.decide();
    expect(story.slot.state).toBe('filled');
  });

  test('fails with the reason when it is refused, and takes no room', () => {
    const story = new Story({ spec });
    story.binding = aBinding(story.job.id, { state: 'refused', reason: 't-1 is not registered' });
    story.decide();
    expect(story.status).toMatchObject({ state: 'failed', reason: 't-1 is not registered', endedAt: T0 });
    expect(story.done).toContain('close');
    expect(story.reserved()).toEqual([]);
  });

  test('that is stopped while it waits is stopped, and asks for nothing more', () => {
    const story = new Story({ spec });
    story.decide();
    story.stop();
    story.decide();
    expect(story.status.state).toBe('stopped');
    expect(story.done).not.toContain('ask-sensors');
  });

  test('whose end comes while it waits is stopped', () => {
    const story = new Story({ spec, endsAt: T0 + 1000 });
    story.binding = aBinding(story.job.id, { state: 'waiting', reason: 'waits' });
    story.decide();
    story.now = T0 + 1000 + spec.graceMs;
    story.decide();
    expect(story.status.state).toBe('stopped');
  });

  test('is filled again after a failure without another look at its sensors', () => {
    const story = new Story({ spec });
    story.binding = aBinding(story.job.id);
    story.decide();
    story.become('failed');
    story.decide();
    story.now += 60_000;
    story.decide();
    expect(story.slot).toMatchObject({ state: 'filled', attempt: 2 });
  });
});

test('a job that needs no sensors does not wait for any', () => {
  const story = new Story();
  story.decide();
  expect(story.slot.state).toBe('filled');
  expect(story.done).not.toContain('ask-sensors');
});
