// How often a job is looked at whose task nobody takes up.
import { expect, test } from 'vitest';
import { Story } from './job-story.ts';

test('a task that nobody takes up is pointed out after 2 s, then ever more rarely, and at least once a minute', () => {
  const story = new Story();
  story.decide();
  const waits: number[] = [];
  for (let looks = 0; looks < 14; looks++) {
    const { wakeAt } = story.decide();
    // Instants are whole milliseconds: a clock never reaches what lies between two.
    expect(Number.isInteger(wakeAt)).toBe(true);
    waits.push((wakeAt ?? 0) - story.now);
    story.now = wakeAt ?? 0;
    if (looks > 0) expect(story.done).toContain('nudge');
  }
  expect(waits.slice(0, 4)).toEqual([2000, 2000, 2000, 3000]);
  expect(waits.every((wait, index) => wait >= (waits[index - 1] ?? 0))).toBe(true);
  expect(waits.at(-1)).toBe(60_000);
});
