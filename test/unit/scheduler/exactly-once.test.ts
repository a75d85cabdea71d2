// Every occurrence ends exactly once: as a job, in a record, or in the queue, whatever dies, ends, pauses or changes in between.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Instant } from '../../../src/model/instant.ts';
import type { MissedPolicy, OverlapPolicy, Trigger } from '../../../src/model/schedule.ts';
import { calendarPast } from '../../../src/scheduler/calendar-past.ts';
import { occurrenceRun } from '../../../src/scheduler/due-run.ts';
import { aSchedule, T0 } from '../../builders/jobs.ts';
import { InstanceStory } from './instance-story.ts';
import { aCalendar } from './timetables.ts';

const SECOND = 1000;

const overlap: fc.Arbitrary<OverlapPolicy> = fc.oneof(
  fc.constantFrom<OverlapPolicy>({ kind: 'allow' }, { kind: 'skip' }, { kind: 'replace' }),
  fc.record({ kind: fc.constant('queue' as const), max: fc.integer({ min: 1, max: 4 }) }),
);
const missed: fc.Arbitrary<MissedPolicy> = fc.oneof(
  fc.constantFrom<MissedPolicy>({ kind: 'skip' }, { kind: 'run-latest' }),
  fc.record({
    kind: fc.constant('run-all' as const),
    max: fc.integer({ min: 1, max: 6 }),
    maxAgeMs: fc.integer({ min: 0, max: 200_000 }),
  }),
);
const trigger: fc.Arbitrary<Trigger> = fc.oneof(
  fc.record({
    kind: fc.constant('interval' as const),
    everyMs: fc.integer({ min: 3, max: 40 }).map((s) => s * SECOND),
  }),
  fc.constantFrom<Trigger>(
    { kind: 'cron', expression: '*/10 * * * * *' },
    { kind: 'cron', expression: '* * * * *' },
    { kind: 'once', at: T0 + 25 * SECOND },
  ),
);

type Happening =
  | { readonly what: 'pass' | 'sleep'; readonly ms: number }
  | { readonly what: 'crash'; readonly steps: number }
  | { readonly what: 'end'; readonly which: number }
  | { readonly what: 'skip' | 'pause' | 'resume' | 'change' | 'calendar' };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ what: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 30_000 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('sleep' as const), ms: fc.integer({ min: 1, max: 200_000 }) }),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('crash' as const), steps: fc.integer({ min: 0, max: 4 }) }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('end' as const), which: fc.nat(5) }) },
  fc.record({ what: fc.constantFrom('skip' as const, 'pause' as const, 'resume' as const, 'change' as const) }),
  fc.record({ what: fc.constant('calendar' as const) }),
);

/** Goes along with the story and knows, by its own arithmetic, what was due. */
class Witness {
  readonly story: InstanceStory;
  readonly #schedules: { trigger: Trigger; fromAt: Instant }[];
  /** Each from when on, and what it forbids. */
  readonly #calendars: { readonly since: Instant; readonly fromAt: Instant; readonly toAt: Instant }[] = [];

  constructor(story: InstanceStory, first: Trigger) {
    this.story = story;
    this.#schedules = [{ trigger: first, fromAt: T0 }];
  }

  happen(act: Happening): void {
    const { story } = this;
    switch (act.what) {
      case 'pass':
        story.goTo(story.now + act.ms);
        return;
      case 'sleep':
        story.now += act.ms;
        return;
      case 'crash':
        story.decide(act.steps);
        return;
      case 'end': {
        const job = story.running[act.which];
        if (job) story.end(job.id, job.stop ? 'stopped' : 'succeeded');
        return;
      }
      case 'skip':
        this.#skip();
        return;
      case 'pause':
        if (story.pause?.untilAt !== null || !story.pause)
          story.pause = {
            id: 'all',
            fromAt: Math.max(story.now, story.pause?.untilAt ?? 0),
            untilAt: null,
            by: 'ana',
            reason: '',
          };
        return;
      case 'resume':
        if (story.pause?.untilAt === null)
          story.pause = { ...story.pause, untilAt: Math.max(story.now, story.pause.fromAt) };
        return;
      case 'change':
        this.#change();
        return;
      case 'calendar':
        this.#replaceCalendar();
        return;
      default:
        act satisfies never;
    }
  }

  /** Those that were due until now, each with how often it was settled; during a pause until it began. */
  settled(): readonly (readonly [Instant, number])[] {
    const { story } = this;
    const { now, pause } = story;
    const jitters = [story.instance.schedule, ...story.instance.earlier.map(({ schedule }) => schedule)];
    const begunAt = pause?.untilAt === null ? Math.min(now, pause.fromAt - 1) : now;
    const until = begunAt - Math.max(...jitters.map(({ jitterMs }) => jitterMs));
    const gaps = [...story.gaps.values()];
    return this.#due(until)
      .filter((at) => this.#isAllowed(at))
      .map((at) => {
        const { job } = occurrenceRun(story.instance, at);
        const jobs = story.jobs.has(job) ? 1 : 0;
        const queued = story.status?.queue.filter((each) => each.at === at).length ?? 0;
        const told = jobs + queued === 0 && gaps.some(({ fromAt, toAt }) => fromAt <= at && at <= toAt) ? 1 : 0;
        return [at, jobs + Math.min(queued, jobs === 0 ? 1 : 0) + told] as const;
      });
  }

  /** By how many the jobs, records and places in the queue are more than what was due until the cursor; 0 where that was changed. */
  counted(): number {
    const { story } = this;
    if (this.#schedules.length > 1 || this.#calendars.length > 0) return 0;
    const cursorAt = story.status?.cursorAt ?? 0;
    const origins = [...story.jobs.values()].map(({ job }) => job.origin);
    const jobs = origins.filter((origin) => origin.kind === 'occurrence' && origin.at <= cursorAt).length;
    const gaps = [...story.gaps.values()].reduce((sum, { count }) => sum + count, 0);
    const queued = story.status?.queue.filter(({ at }) => !story.jobs.has(occurrenceRun(story.instance, at).job)) ?? [];
    return jobs + gaps + queued.length - this.#due(cursorAt).length;
  }

  /** By the calendar that counted then. */
  #isAllowed(at: Instant): boolean {
    const calendar = this.#calendars.findLast(({ since }) => since <= at);
    return !calendar || at < calendar.fromAt || at >= calendar.toAt;
  }

  /** What is forbidden lies around the present, or a little later. */
  #replaceCalendar(): void {
    const { story } = this;
    const [before = aCalendar('closed')] = story.calendars;
    const since = Math.max(story.now, before.updatedAt + 1);
    story.now = since;
    const fromAt = since - 5 * SECOND + ((this.#calendars.length * 11) % 20) * SECOND;
    const toAt = fromAt + ((this.#calendars.length * 7) % 30) * SECOND;
    this.#calendars.push({ since, fromAt, toAt });
    const after = aCalendar('closed', { kind: 'exact', summary: '', fromAt, toAt });
    const source = String(since);
    story.calendars = [{ ...after, source, updatedAt: since, earlier: calendarPast(before, source, since) }];
  }

  #skip(): void {
    const { story } = this;
    const at = this.#due(story.now + 300 * SECOND, story.now + 1)[0];
    if (at === undefined || story.instance.skips.some((skip) => skip.at === at)) return;
    story.instance = { ...story.instance, skips: [...story.instance.skips, { at, by: 'ana' }] };
  }

  /** Every so often becomes another every so often, whatever was begun ahead. */
  #change(): void {
    const { story } = this;
    if (this.#schedules.length > 4) return;
    const untilAt = Math.max(story.now, story.instance.updatedAt + 1);
    story.now = untilAt;
    const everyMs = (7 + 4 * this.#schedules.length) * SECOND;
    const { schedule, earlier } = story.instance;
    const changed = aSchedule({ triggers: [{ kind: 'interval', everyMs }], calendars: ['closed'] });
    const told = { earlier: [...earlier, { schedule, untilAt }], skips: [], updatedAt: untilAt };
    story.instance = { ...story.instance, schedule: changed, ...told };
    this.#schedules.push({ trigger: { kind: 'interval', everyMs }, fromAt: untilAt });
  }

  #due(until: Instant, from: Instant = T0): readonly Instant[] {
    return this.#schedules.flatMap(({ trigger, fromAt }, index) => {
      const untilAt = this.#schedules[index + 1]?.fromAt ?? Number.POSITIVE_INFINITY;
      return secondsOf(trigger, until).filter((at) => at >= Math.max(from, fromAt) && at < untilAt);
    });
  }
}

/** Second by second. */
function secondsOf(trigger: Trigger, until: Instant): readonly Instant[] {
  const found: Instant[] = [];
  for (let at = T0; at <= until; at += SECOND) {
    if (trigger.kind === 'interval' && (at - T0) % trigger.everyMs === 0) found.push(at);
    if (trigger.kind === 'cron' && (at - T0) % (trigger.expression.startsWith('*/10') ? 10_000 : 60_000) === 0)
      found.push(at);
    if (trigger.kind === 'once' && at === trigger.at) found.push(at);
  }
  return found;
}

test('every occurrence ends once: as a job, in a record or in the queue, whatever dies, ends, pauses or changes', () => {
  const world = fc.record({
    overlap,
    missed,
    trigger,
    leadMs: fc.constantFrom(0, 5 * SECOND, 15 * SECOND),
    durationMs: fc.constantFrom(undefined, 10 * SECOND),
    jitterMs: fc.constantFrom(0, 0, 8 * SECOND, 25 * SECOND),
    happenings: fc.array(happening, { maxLength: 30, size: 'max' }),
  });
  fc.assert(
    fc.property(world, ({ overlap, missed, trigger, leadMs, durationMs, jitterMs, happenings }) => {
      const ends = durationMs === undefined ? {} : { durationMs };
      const schedule = aSchedule({ triggers: [trigger], calendars: ['closed'], jitterMs, ...ends });
      const witness = new Witness(new InstanceStory({ overlap, missed, leadMs, schedule }), trigger);
      for (const act of happenings) witness.happen(act);
      witness.story.decide();
      expect(witness.settled().filter(([, times]) => times !== 1)).toEqual([]);
      // What a crash left half done may be decided otherwise afterwards: then a record stands beside the job.
      if (!happenings.some(({ what }) => what === 'crash')) expect(witness.counted()).toBe(0);
      if (overlap.kind !== 'allow') expect(witness.story.together).toBeLessThanOrEqual(1);
      if (jitterMs > 0) return;
      const unique = new Set([...witness.story.jobs.values()].map(({ job }) => job.startsAt));
      expect(unique.size).toBe(witness.story.jobs.size);
    }),
    { numRuns: 5000 },
  );
}, 120_000);
