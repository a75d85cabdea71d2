// What becomes of occurrences that cannot simply be started: overlap, missed, skipped, paused, changed, begun ahead.
import { describe, expect, test } from 'vitest';
import type { Instance } from '../../../src/model/instance.ts';
import { aSchedule, T0 } from '../../builders/jobs.ts';
import { InstanceStory } from './instance-story.ts';

const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const idOf = (minute: number) =>
  `room-abc123.o${new Date(T0 + minute * MINUTE).toISOString().replaceAll(/[-:]|\.000/g, '')}`;

/** A job that lasts, and the occurrences after it. */
function busy(over: Partial<Instance>): InstanceStory {
  const story = new InstanceStory(over);
  story.goTo(T0);
  return story;
}

describe('while the job before it is not over, an occurrence', () => {
  test('by default makes no job, and says which one was in the way', () => {
    const story = busy({});
    story.goTo(T0 + 2 * MINUTE);
    expect(story.starts).toEqual([T0]);
    expect(story.told).toEqual([
      `1 skipped: job ${idOf(0)} was still running`,
      `1 skipped: job ${idOf(0)} was still running`,
    ]);
    story.end(idOf(0));
    story.goTo(T0 + 3 * MINUTE);
    expect(story.starts).toEqual([T0, T0 + 3 * MINUTE]);
  });

  test('runs beside it where that is allowed', () => {
    const story = busy({ overlap: { kind: 'allow' } });
    story.goTo(T0 + 2 * MINUTE);
    expect(story.starts).toEqual([T0, T0 + MINUTE, T0 + 2 * MINUTE]);
  });

  test('waits in the queue, in order, until its place is free, and beyond the length of the queue makes no job', () => {
    const story = busy({ overlap: { kind: 'queue', max: 2 } });
    story.goTo(T0 + 3 * MINUTE);
    expect(story.status?.queue).toEqual([{ at: T0 + MINUTE }, { at: T0 + 2 * MINUTE }]);
    expect(story.told).toEqual(['1 skipped: its queue was full: 2 were waiting already']);
    // A sweep finds it, should the word that the job before it is over get lost.
    expect(story.status?.nextAt).toBe(story.instance.createdAt);
    story.end(idOf(0));
    story.decide();
    expect(story.running.map(({ id }) => id)).toEqual([idOf(1)]);
    story.end(idOf(1), 'failed');
    story.decide();
    expect(story.running.map(({ id }) => id)).toEqual([idOf(2)]);
    expect(story.status?.queue).toEqual([]);
  });

  test('takes its place: the one before it is ended first, and of several only the latest runs', () => {
    const story = busy({ overlap: { kind: 'replace' } });
    story.goTo(T0 + 2 * MINUTE);
    expect(story.jobs.get(idOf(0))?.job.stop?.reason).toContain('took its place');
    expect(story.running.map(({ id }) => id)).toEqual([idOf(0)]);
    expect(story.told).toEqual([
      expect.stringContaining('1 replaced: the one at 2026-11-22T08:02:00.000Z took its place'),
    ]);
    story.end(idOf(0), 'stopped');
    story.decide();
    expect(story.running.map(({ id }) => id)).toEqual([idOf(2)]);
  });

  test('is not asked about twice when a crash came after the job from the queue was made', () => {
    const story = busy({ overlap: { kind: 'queue', max: 2 } });
    story.goTo(T0 + MINUTE);
    story.end(idOf(0));
    story.decide(1);
    story.decide();
    story.end(idOf(1));
    story.decide();
    expect([...story.jobs.keys()]).toEqual([idOf(0), idOf(1)]);
  });

  test('that waits when its instance is disabled is recorded', () => {
    const story = busy({ overlap: { kind: 'queue', max: 2 } });
    story.goTo(T0 + MINUTE);
    story.instance = { ...story.instance, enabled: false };
    story.decide();
    expect(story.told).toEqual(['1 skipped: its instance was disabled while it waited']);
    expect(story.status?.queue).toEqual([]);
  });
});

describe('what fell due while the platform was down', () => {
  function asleep(over: Partial<Instance>, ms: number): InstanceStory {
    const story = new InstanceStory({ overlap: { kind: 'allow' }, ...over });
    story.goTo(T0);
    story.now = T0 + ms;
    story.decide();
    return story;
  }

  test('runs once, as the latest, by default', () => {
    const story = asleep({}, 5 * MINUTE + 10);
    expect(story.starts).toEqual([T0, T0 + 5 * MINUTE]);
    expect(story.told).toEqual(['4 missed: the platform was not running when it was due; the latest one was run']);
  });

  test('is skipped where that is wished, but not what is only a moment late', () => {
    expect(asleep({ missed: { kind: 'skip' } }, 5 * MINUTE + 10).starts).toEqual([T0, T0 + 5 * MINUTE]);
    const hourly = aSchedule({ triggers: [{ kind: 'interval', everyMs: HOUR }] });
    const story = asleep({ missed: { kind: 'skip' }, schedule: hourly }, HOUR + 2 * MINUTE);
    expect(story.starts).toEqual([T0]);
    expect(story.told).toEqual(['1 missed: the platform was not running when it was due; what was missed is skipped']);
  });

  test('is made up for, the latest so many, none too old', () => {
    const most = asleep({ missed: { kind: 'run-all', max: 3, maxAgeMs: HOUR } }, 5 * MINUTE);
    expect(most.starts).toEqual([T0, T0 + 3 * MINUTE, T0 + 4 * MINUTE, T0 + 5 * MINUTE]);
    expect(most.told).toEqual(['2 missed: the platform was not running when it was due; the latest 3 were run']);
    const young = asleep({ missed: { kind: 'run-all', max: 10, maxAgeMs: 2 * MINUTE } }, 5 * MINUTE);
    expect(young.starts).toEqual([T0, T0 + 3 * MINUTE, T0 + 4 * MINUTE, T0 + 5 * MINUTE]);
  });

  test('runs one after the other where runs queue', () => {
    const over = { missed: { kind: 'run-all', max: 3, maxAgeMs: HOUR }, overlap: { kind: 'queue', max: 5 } } as const;
    const story = asleep(over, 5 * MINUTE);
    story.end(idOf(0));
    story.decide();
    expect(story.running.map(({ startsAt }) => startsAt)).toEqual([T0 + 3 * MINUTE]);
    expect(story.status?.queue).toEqual([{ at: T0 + 4 * MINUTE }, { at: T0 + 5 * MINUTE }]);
  });

  test('keeps the record of one that somebody wanted skipped beside that of the others', () => {
    const skips = [{ at: T0 + MINUTE, by: 'ana' }];
    const story = asleep({ skips }, 4 * MINUTE);
    expect(story.starts).toEqual([T0, T0 + 4 * MINUTE]);
    expect(story.told).toEqual([
      '1 skipped: ana asked that it be skipped',
      '2 missed: the platform was not running when it was due; the latest one was run',
    ]);
  });

  test('for a week of seconds is one record, and no work of a week', () => {
    const everySecond = aSchedule({ triggers: [{ kind: 'interval', everyMs: SECOND }] });
    const story = asleep({ schedule: everySecond }, 7 * 24 * HOUR);
    expect([...story.gaps.values()]).toMatchObject([{ count: 7 * 24 * 3600 - 1, fromAt: T0 + SECOND }]);
  });
});

describe("the platform's clock", () => {
  test('that is set back makes nothing twice, and goes on when the time comes round again', () => {
    const story = new InstanceStory({ overlap: { kind: 'allow' } });
    story.goTo(T0 + 3 * MINUTE);
    story.now = T0 + MINUTE - 5;
    story.goTo(T0 + 3 * MINUTE + 30 * SECOND);
    expect(story.starts).toEqual([0, 1, 2, 3].map((minute) => T0 + minute * MINUTE));
    expect(new Set(story.asked).size).toBe(story.asked.length);
    story.goTo(T0 + 4 * MINUTE);
    expect(story.starts).toHaveLength(5);
  });

  test('that is set ahead by an hour misses what lay between, with a record, and runs the latest', () => {
    const story = new InstanceStory({ overlap: { kind: 'allow' } });
    story.goTo(T0);
    story.now = T0 + HOUR;
    story.decide();
    expect(story.starts).toEqual([T0, T0 + HOUR]);
    expect([...story.gaps.values()]).toMatchObject([{ count: 59, outcome: 'missed' }]);
  });
});

describe('a pause of all schedules', () => {
  test.each<[Partial<Instance>, readonly string[]]>([
    [{}, [`1 skipped: job ${idOf(0)} was still running`]],
    [{ overlap: { kind: 'queue', max: 2 } }, []],
  ])('lets nothing run beside the job before it that was due just before it (%j)', (over, told) => {
    const story = busy(over);
    story.now = T0 + MINUTE + 5;
    story.pause = { id: 'all', fromAt: story.now, untilAt: null, by: 'ana', reason: '' };
    story.decide();
    expect(story.starts).toEqual([T0]);
    expect(story.told).toEqual(told);
    expect(story.status?.queue).toEqual(told.length === 0 ? [{ at: T0 + MINUTE }] : []);
  });

  test('makes no jobs, and afterwards what was due meanwhile is one record', () => {
    const story = new InstanceStory({ overlap: { kind: 'allow' } });
    story.goTo(T0);
    story.pause = { id: 'all', fromAt: T0 + 30 * SECOND, untilAt: null, by: 'ana', reason: 'inventory' };
    story.goTo(T0 + 10 * MINUTE);
    expect([story.starts, story.told]).toEqual([[T0], []]);
    expect(story.status?.why).toBe('ana has paused all schedules');
    story.pause = { ...story.pause, untilAt: T0 + 10 * MINUTE + 1 };
    story.now += 5;
    story.goTo(T0 + 11 * MINUTE);
    expect(story.starts).toEqual([T0, T0 + 11 * MINUTE]);
    expect(story.told).toEqual(['10 paused: ana had paused all schedules: inventory']);
  });

  test('leaves what was due before it to the rules of what was missed', () => {
    const story = new InstanceStory();
    story.goTo(T0);
    story.end(idOf(0));
    story.pause = { id: 'all', fromAt: T0 + MINUTE + 1, untilAt: null, by: 'ana', reason: '' };
    story.now = T0 + 5 * MINUTE;
    story.decide();
    expect(story.starts).toEqual([T0, T0 + MINUTE]);
  });
});

describe('a schedule that is changed', () => {
  test('counts from the change on; what was due before it counts as it was', () => {
    const story = new InstanceStory({
      overlap: { kind: 'allow' },
      missed: { kind: 'run-all', max: 10, maxAgeMs: HOUR },
    });
    story.goTo(T0);
    const { schedule } = story.instance;
    const next = aSchedule({ triggers: [{ kind: 'interval', everyMs: 5 * MINUTE }], startAt: T0 });
    story.instance = { ...story.instance, schedule: next, earlier: [{ schedule, untilAt: T0 + 2 * MINUTE + 1 }] };
    story.now = T0 + 11 * MINUTE;
    story.decide();
    expect(story.starts).toEqual([0, 1, 2, 5, 10].map((minute) => T0 + minute * MINUTE));
  });
});

describe('an instance that follows another', () => {
  const schedule = aSchedule({ triggers: [{ kind: 'after', instance: 'up-1', on: 'success' }] });
  const ended = (job: string, state: 'succeeded' | 'failed' | 'stopped', at: number) => ({
    job,
    instance: 'up-1',
    state,
    endedAt: at,
  });

  test('runs once for each job of it that ended so, however often it is told', () => {
    const story = new InstanceStory({ schedule, overlap: { kind: 'queue', max: 5 } });
    story.now = T0 + 20 * SECOND;
    story.upstream = [
      ended('up-1.o1', 'succeeded', T0 + 10),
      ended('up-1.o2', 'failed', T0 + 20),
      ended('up-1.o3', 'succeeded', T0 + 30),
    ];
    story.decide();
    expect(story.running).toMatchObject([{ origin: { kind: 'after', job: 'up-1.o1' }, startsAt: T0 + 10 }]);
    story.end(story.running[0]?.id ?? '');
    story.decide();
    expect(story.running).toMatchObject([{ origin: { kind: 'after', job: 'up-1.o3' } }]);
    story.end(story.running[0]?.id ?? '');
    story.decide();
    expect(story.jobs.size).toBe(2);
    expect(story.running[0]?.why ?? story.jobs.values().next().value?.job.why).toContain(
      'Job up-1.o1, which it follows, ended',
    );
  });

  test('does not run for what ended before it was made, and looks again every minute', () => {
    const story = new InstanceStory({ schedule });
    story.upstream = [ended('up-1.o1', 'succeeded', T0 - 10)];
    expect(story.decide().wakeAt).toBe(T0 + MINUTE);
    expect(story.jobs.size).toBe(0);
  });

  test('records an end that it does not follow because it is still busy, and does not come back to it', () => {
    const story = new InstanceStory({ schedule });
    story.now = T0 + SECOND;
    story.upstream = [ended('up-1.o1', 'succeeded', T0 + 10)];
    story.decide();
    story.upstream = [...story.upstream, ended('up-1.o2', 'succeeded', T0 + 900)];
    story.decide();
    story.end(story.running[0]?.id ?? '');
    story.decide();
    expect([story.jobs.size, story.told.length]).toEqual([1, 1]);
  });
});
