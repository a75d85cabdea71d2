// What is begun before its time: with which occurrences, when it is taken back, and that nothing before or after it is lost by it.
import { describe, expect, test } from 'vitest';
import type { Calendar } from '../../../src/model/calendar.ts';
import type { Instance } from '../../../src/model/instance.ts';
import { jitterOf } from '../../../src/scheduler/occurrences.ts';
import { aSchedule, T0 } from '../../builders/jobs.ts';
import { InstanceStory } from './instance-story.ts';
import { aCalendar } from './timetables.ts';

const SECOND = 1000;
const MINUTE = 60_000;
const idOf = (minute: number) =>
  `room-abc123.o${new Date(T0 + minute * MINUTE).toISOString().replaceAll(/[-:]|\.000/g, '')}`;

/** A calendar in which nothing runs from one instant up to another. */
function closed(fromAt: number, toAt: number): Calendar {
  return aCalendar('closed', { kind: 'exact', summary: 'closed', fromAt, toAt });
}

describe('an occurrence that is still to come', () => {
  const ahead = { leadMs: 15 * SECOND };

  test('has its job made ahead, which begins at its time', () => {
    const story = new InstanceStory(ahead);
    story.now = T0 - MINUTE;
    story.goTo(T0 - 15 * SECOND);
    expect(story.running).toMatchObject([{ id: idOf(0), startsAt: T0, createdAt: T0 - 15 * SECOND }]);
    const why = 'a job waits for 2026-11-22T08:00:00.000Z';
    expect(story.status).toMatchObject({ cursorAt: T0 - 1, settledAhead: [T0], why });
  });

  test('is not begun ahead beside a job that may still run then', () => {
    const story = new InstanceStory(ahead);
    story.goTo(T0 + MINUTE - 10 * SECOND);
    expect(story.starts).toEqual([T0]);
    story.end(idOf(0));
    story.goTo(T0 + MINUTE - 9 * SECOND);
    expect(story.starts).toEqual([T0, T0 + MINUTE]);
  });

  test('is begun ahead when the job before it ends by then in any case', () => {
    const story = new InstanceStory({ ...ahead, schedule: aSchedule({ durationMs: MINUTE }) });
    story.goTo(T0 + MINUTE - 15 * SECOND);
    expect(story.starts).toEqual([T0, T0 + MINUTE]);
  });

  test.each<[string, (story: InstanceStory) => void, string]>([
    [
      'skipped',
      (story) => {
        story.instance = { ...story.instance, skips: [{ at: T0, by: 'ana' }] };
      },
      'ana asked that it be skipped',
    ],
    [
      'disabled',
      (story) => {
        story.instance = { ...story.instance, enabled: false };
      },
      'its instance was disabled before it began',
    ],
    [
      'paused with all others',
      (story) => {
        story.pause = { id: 'all', fromAt: T0 - 5 * SECOND, untilAt: null, by: 'ana', reason: '' };
      },
      'ana paused all schedules',
    ],
    [
      'gone from a schedule that was changed',
      (story) => {
        const { schedule } = story.instance;
        const changed = aSchedule({ startAt: T0 + 30 * SECOND });
        story.instance = { ...story.instance, schedule: changed, earlier: [{ schedule, untilAt: T0 - 5 * SECOND }] };
      },
      'its schedule was changed before it began',
    ],
  ])('and is %s has its waiting job ended', (_, happen, reason) => {
    const story = new InstanceStory(ahead);
    story.now = T0 - MINUTE;
    story.goTo(T0 - 10 * SECOND);
    story.now = T0 - 5 * SECOND;
    happen(story);
    story.decide();
    expect(story.jobs.get(idOf(0))?.job.stop?.reason).toBe(reason);
  });

  test('loses none before it that a calendar forbade when its job was made, and forbids no more', () => {
    const schedule = aSchedule({ triggers: [{ kind: 'interval', everyMs: 5 * SECOND }], calendars: ['closed'] });
    const story = new InstanceStory({ ...ahead, overlap: { kind: 'allow' }, schedule });
    story.calendars = [closed(T0 + 40 * SECOND, T0 + 58 * SECOND)];
    story.goTo(T0 + 46 * SECOND);
    expect(story.starts.at(-1)).toBe(T0 + 60 * SECOND);
    story.calendars = [closed(T0 + 40 * SECOND, T0 + 48 * SECOND)];
    story.goTo(T0 + 61 * SECOND);
    expect(story.starts.filter((at) => at > T0 + 35 * SECOND && at <= T0 + 60 * SECOND)).toEqual([
      T0 + 50 * SECOND,
      T0 + 55 * SECOND,
      T0 + 60 * SECOND,
    ]);
  });

  test('stands in one record alone when a pause, or the time when the platform was down, goes over it', () => {
    const schedule = aSchedule({ triggers: [{ kind: 'interval', everyMs: 5 * SECOND }] });
    const story = new InstanceStory({ ...ahead, overlap: { kind: 'allow' }, missed: { kind: 'skip' }, schedule });
    story.goTo(T0 + SECOND);
    expect(story.starts).toEqual([0, 5, 10, 15].map((seconds) => T0 + seconds * SECOND));
    story.now = T0 + 300 * SECOND;
    story.decide();
    expect([...story.gaps.values()]).toMatchObject([{ fromAt: T0 + 20 * SECOND, count: 56, outcome: 'missed' }]);
    const fromAt = story.now + SECOND;
    const made = story.starts.filter((at) => at >= fromAt).length;
    story.pause = { id: 'all', fromAt, untilAt: fromAt + 300 * SECOND, by: 'ana', reason: '' };
    story.now = fromAt + 301 * SECOND;
    story.decide();
    const paused = [...story.gaps.values()].filter(({ outcome }) => outcome === 'paused');
    expect(paused.reduce((sum, { count }) => sum + count, 0)).toBe(60 - made);
    expect(paused[0]?.fromAt).toBe(Math.max(...story.starts.filter((at) => at < fromAt + 20 * SECOND)) + 5 * SECOND);
  });

  test('is given up when one that came before it since may still run then and may not run beside it', () => {
    const schedule = aSchedule({ triggers: [{ kind: 'interval', everyMs: 20 * SECOND }], calendars: ['closed'] });
    const story = new InstanceStory({ ...ahead, schedule });
    story.calendars = [closed(T0, T0 + 35 * SECOND)];
    story.goTo(T0 + 26 * SECOND);
    expect(story.running.map(({ startsAt }) => startsAt)).toEqual([T0 + 40 * SECOND]);
    const triggers = [{ kind: 'interval', everyMs: 10 * SECOND }] as const;
    const changed = aSchedule({ triggers, calendars: ['closed'] });
    const earlier = [{ schedule, untilAt: story.now }];
    story.instance = { ...story.instance, schedule: changed, earlier, updatedAt: story.now };
    story.calendars = [closed(T0, T0 + 25 * SECOND)];
    story.goTo(T0 + 61 * SECOND);
    expect(story.running.filter(({ stop }) => stop === null).map(({ startsAt }) => startsAt)).toEqual([
      T0 + 30 * SECOND,
    ]);
    expect(story.together).toBe(1);
  });

  test('waits for its time when a job that it follows may end before it, unless they may run together', () => {
    const triggers = [
      { kind: 'interval', everyMs: MINUTE },
      { kind: 'after', instance: 'other', on: 'any' },
    ] as const;
    const schedule = aSchedule({ triggers });
    const [skip, allow] = [{}, { overlap: { kind: 'allow' } } as const].map(
      (over) => new InstanceStory({ ...ahead, ...over, schedule, enabledAt: T0 + SECOND, createdAt: T0 + SECOND }),
    );
    for (const story of [skip, allow]) story?.goTo(T0 + MINUTE - SECOND);
    expect([skip?.starts, allow?.starts]).toEqual([[], [T0 + MINUTE]]);
    skip?.goTo(T0 + MINUTE);
    expect(skip?.starts).toEqual([T0 + MINUTE]);
  });

  test('and waits for its jitter when the schedule is changed begins at its turn', () => {
    const schedule = aSchedule({ jitterMs: 40 * SECOND });
    const story = new InstanceStory({ schedule, overlap: { kind: 'allow' } });
    const turnAt = T0 + jitterOf(story.instance.id, schedule, T0);
    expect(turnAt).toBeGreaterThan(T0 + 2 * SECOND);
    story.goTo(T0 + SECOND);
    const changed = aSchedule({ startAt: T0 + 10 * MINUTE, jitterMs: 40 * SECOND });
    const earlier = [{ schedule, untilAt: story.now }];
    story.instance = { ...story.instance, schedule: changed, earlier, updatedAt: story.now };
    story.goTo(turnAt - 1);
    expect(story.starts).toEqual([]);
    story.goTo(turnAt);
    expect(story.starts).toEqual([turnAt]);
  });

  test.each<[string, Partial<Instance>]>([
    ['at once', { leadMs: 0 }],
    ['at once, ahead', ahead],
    ['by a policy that skips what is missed', { missed: { kind: 'skip' } }],
    ['by a policy that runs all', { missed: { kind: 'run-all', max: 3, maxAgeMs: 0 } }],
  ])('and has more jitter than it takes runs all the same, %s', (_, over) => {
    const triggers = [{ kind: 'interval', everyMs: 60 * MINUTE }] as const;
    const schedule = aSchedule({ triggers, jitterMs: 20 * MINUTE, durationMs: MINUTE });
    const story = new InstanceStory({ ...over, schedule });
    story.goTo(T0 + 12 * 60 * MINUTE - 1);
    expect([story.told, story.starts.length]).toEqual([[], 12]);
    expect(story.starts.some((at) => (at - T0) % (60 * MINUTE) > 5 * MINUTE)).toBe(true);
  });

  test('does not run beside one before it whose jitter lets it begin later', () => {
    const schedule = aSchedule({ triggers: [{ kind: 'interval', everyMs: 6 * SECOND }], jitterMs: 25 * SECOND });
    const story = new InstanceStory({ ...ahead, schedule });
    story.goTo(T0 + MINUTE);
    const [first, ...others] = story.running;
    expect(others).toEqual([]);
    expect(story.told).toContain(`1 skipped: job ${first?.id} was still running`);
    expect(story.told.filter((told) => told.includes('the platform was not running'))).toEqual([]);
    expect(story.together).toBe(1);
  });

  test('and is skipped before its job was made makes none, with a record at its time', () => {
    const story = new InstanceStory({ ...ahead, skips: [{ at: T0, by: 'ana' }] });
    story.now = T0 - MINUTE;
    story.goTo(T0 + MINUTE);
    expect(story.starts).toEqual([T0 + MINUTE]);
    expect(story.told).toEqual(['1 skipped: ana asked that it be skipped']);
  });

  test('begins later by its jitter, always by the same', () => {
    const over = { ...ahead, schedule: aSchedule({ jitterMs: 40 * SECOND }), overlap: { kind: 'allow' } } as const;
    const [one, two] = [new InstanceStory(over), new InstanceStory(over)];
    one.goTo(T0 + 10 * MINUTE);
    for (let at = T0; at <= T0 + 10 * MINUTE; at += 7 * SECOND) two.goTo(at);
    expect(one.starts.slice(0, 9)).toEqual(two.starts.slice(0, 9));
    expect(new Set(one.starts.map((at) => (at - T0) % MINUTE)).size).toBeGreaterThan(3);
    const began = new Date(one.starts[0] ?? 0).toISOString();
    expect(one.jobs.get(idOf(0))?.job.why).toMatch(
      `was due at 2026-11-22T08:00:00.000Z; by its jitter it begins at ${began}.`,
    );
    for (const [index, at] of one.starts.entries()) expect(at - T0 - index * MINUTE).toBeLessThanOrEqual(40 * SECOND);
  });
});
