import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Schedule } from '../../../src/model/instance.ts';
import { dueOccurrences, jobEnd, nextOccurrence } from '../../../src/scheduler/occurrences.ts';
import { T0 } from '../../builders/jobs.ts';

const S = 1000;
const with_ = (schedule: Schedule, enabledAt = T0) => ({ schedule, enabledAt });
const every = (everyMs: number, endAt?: number): Schedule => ({
  trigger: { kind: 'interval', everyMs },
  startAt: T0,
  ...(endAt === undefined ? {} : { endAt }),
});

describe('the next occurrence', () => {
  const table: [string, Schedule, number, number | null][] = [
    ['now: at its start', { trigger: { kind: 'now' }, startAt: T0 }, T0 - 1, T0],
    ['now: never again', { trigger: { kind: 'now' }, startAt: T0 }, T0, null],
    ['once: at its time', { trigger: { kind: 'once', at: T0 + S }, startAt: T0 }, T0, T0 + S],
    ['once: never again', { trigger: { kind: 'once', at: T0 + S }, startAt: T0 }, T0 + S, null],
    ['interval: first at its start', every(10 * S), T0 - 1, T0],
    ['interval: then on its grid', every(10 * S), T0 + 3 * S, T0 + 10 * S],
    ['interval: strictly after', every(10 * S), T0 + 10 * S, T0 + 20 * S],
    ['interval: none at its end', every(10 * S, T0 + 20 * S), T0 + 10 * S, null],
    ['continuous: at its start', { trigger: { kind: 'continuous' }, startAt: T0 + 5 }, T0, T0 + 5],
    ['continuous: over before it began', { trigger: { kind: 'continuous' }, startAt: T0 + 5, endAt: T0 + 5 }, T0, null],
  ];
  test.each(table)('%s', (_, schedule, after, expected) => {
    expect(nextOccurrence(with_(schedule), after)).toBe(expected);
  });

  test('of a continuous instance that was enabled again comes when it was enabled', () => {
    expect(nextOccurrence(with_({ trigger: { kind: 'continuous' }, startAt: T0 }, T0 + 9 * S), T0 + 8 * S)).toBe(
      T0 + 9 * S,
    );
  });
});

test('what is due after a pause is counted as walking through it one by one counts it', () => {
  const arbitrary = fc.record({
    every: fc.integer({ min: 1, max: 50 }),
    after: fc.integer({ min: -60, max: 200 }),
    span: fc.integer({ min: 0, max: 300 }),
    end: fc.option(fc.integer({ min: 1, max: 300 })),
  });
  fc.assert(
    fc.property(arbitrary, ({ every: everyMs, after, span, end }) => {
      const instance = with_(every(everyMs, end === null ? undefined : T0 + end));
      const walked: number[] = [];
      for (
        let at = nextOccurrence(instance, T0 + after);
        at !== null && at <= T0 + after + span;
        at = nextOccurrence(instance, at)
      )
        walked.push(at);
      const due = dueOccurrences(instance, T0 + after, T0 + after + span);
      expect(due ?? undefined).toEqual(
        walked.length === 0 ? undefined : { firstAt: walked[0], lastAt: walked.at(-1), count: walked.length },
      );
    }),
  );
});

test('a job ends after its duration or at the end of its schedule, whichever comes first', () => {
  expect(jobEnd({ ...every(S), durationMs: 500 }, T0)).toBe(T0 + 500);
  expect(jobEnd({ ...every(S, T0 + 300), durationMs: 500 }, T0)).toBe(T0 + 300);
  expect(jobEnd(every(S), T0)).toBeNull();
});
