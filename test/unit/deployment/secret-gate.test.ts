import { describe, expect, test } from 'vitest';
import { aSpec } from '../../builders/jobs.ts';
import { Story } from './job-story.ts';

const spec = aSpec({ secrets: ['db', 'api'] });

describe('a job that names secrets', () => {
  test('is placed when all of them are there', () => {
    const story = new Story({ spec });
    story.decide();
    expect(story.slot.state).toBe('filled');
  });

  test('is held back while some are missing, says for which and what to do, and looks again by itself', () => {
    const story = new Story({ spec });
    story.missingSecrets = ['api'];
    const { wakeAt } = story.decide();
    expect(story.status).toMatchObject({
      state: 'waiting',
      reason: "waits for the secret api of room; 'berth secret set api --application room' keeps it",
    });
    expect(story.reserved()).toEqual([]);
    expect(wakeAt).toBe(story.now + 5000);
    story.missingSecrets = [];
    story.decide();
    expect(story.slot.state).toBe('filled');
  });

  test('that is stopped while it is held back is stopped', () => {
    const story = new Story({ spec });
    story.missingSecrets = ['db', 'api'];
    story.decide();
    expect(story.status.reason).toContain('waits for the secrets db, api of room');
    story.stop();
    story.decide();
    expect(story.status.state).toBe('stopped');
  });
});
