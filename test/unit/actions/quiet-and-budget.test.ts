// Budgets hold in every hour there is, and nothing is sent in quiet hours, whatever clocks on walls do.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeBudget } from '../../../src/actions/action-budget.ts';
import { quietUntil } from '../../../src/actions/quiet-hours.ts';
import type { ActionBudget } from '../../../src/model/action.ts';
import { T0 } from '../../builders/jobs.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;

const at = (text: string) => Temporal.Instant.from(text).epochMilliseconds;

describe('quiet hours', () => {
  const night = { fromMinute: 22 * 60, toMinute: 6 * 60 + 30 };

  test.each([
    ['2026-11-22T20:59:59Z', null],
    ['2026-11-22T21:00:00Z', '2026-11-23T05:30:00Z'],
    ['2026-11-23T05:29:59.999Z', '2026-11-23T05:30:00Z'],
    ['2026-11-23T05:30:00Z', null],
    // The night in which the clocks go forward, and the one in which they go back.
    ['2027-03-27T23:00:00Z', '2027-03-28T04:30:00Z'],
    ['2027-10-30T22:00:00Z', '2027-10-31T05:30:00Z'],
  ])('of the night in Berlin, at %s, end at %s', (now, until) => {
    expect(quietUntil(night, 'Europe/Berlin', at(now))).toBe(until === null ? null : at(until));
  });

  test('whose end is swallowed by a change of the clock end at the first instant after it', () => {
    const quiet = { fromMinute: 0, toMinute: 150 };
    expect(quietUntil(quiet, 'Europe/Berlin', at('2027-03-28T00:30:00Z'))).toBe(at('2027-03-28T01:00:00Z'));
  });

  test('may end at midnight', () => {
    for (const toMinute of [0, 1440])
      expect(quietUntil({ fromMinute: 1320, toMinute }, 'UTC', at('2026-11-22T23:00:00Z'))).toBe(
        at('2026-11-23T00:00:00Z'),
      );
  });

  test('are exactly those times of day: nothing is let through in them, and their end is not in them', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia');
    const minute = fc.integer({ min: 0, max: 1439 });
    fc.assert(
      fc.property(zone, minute, minute, fc.integer({ min: 0, max: 500 * 24 * 60 }), (zone, from, to, later) => {
        fc.pre(from !== to);
        const now = T0 + later * MINUTE;
        const until = quietUntil({ fromMinute: from, toMinute: to }, zone, now);
        expect(until !== null).toBe(isQuiet(from, to, zone, now));
        if (until === null) return;
        expect(until).toBeGreaterThan(now);
        expect(until - now).toBeLessThanOrEqual(26 * HOUR);
        expect(isQuiet(from, to, zone, until)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});

function isQuiet(from: number, to: number, zone: string, now: number): boolean {
  const { hour, minute } = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone);
  const here = hour * 60 + minute;
  // Minute by minute from the beginning on, as a watch would show them.
  for (let each = from; each !== to; each = (each + 1) % 1440) if (each === here) return true;
  return false;
}

describe('a budget', () => {
  const asks = fc.array(fc.integer({ min: 0, max: 20 * MINUTE }), { minLength: 1, maxLength: 120, size: 'max' });

  test('is never exceeded in any hour, and is not kept back for longer than a minute more', () => {
    fc.assert(
      fc.property(asks, fc.integer({ min: 1, max: 5 }), (pauses, perHour) => {
        let now = T0;
        let budget: ActionBudget | null = null;
        const begun: number[] = [];
        for (const pause of pauses) {
          now += pause;
          const verdict = judgeBudget(budget, { id: 'i/sms', perHour }, now);
          const recent = begun.filter((each) => each > now - HOUR - MINUTE).length;
          if (!verdict.isFree) {
            expect(recent).toBeGreaterThanOrEqual(perHour);
            expect(verdict.freeAt).toBeGreaterThan(now);
            expect(verdict.freeAt ?? 0).toBeLessThanOrEqual(now + HOUR + MINUTE);
            continue;
          }
          budget = verdict.budget;
          begun.push(now);
          expect(begun.filter((each) => each > now - HOUR).length).toBeLessThanOrEqual(perHour);
          expect(budget.minutes.length).toBeLessThanOrEqual(62);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('is free again when it says so', () => {
    fc.assert(
      fc.property(asks, fc.integer({ min: 1, max: 5 }), (pauses, perHour) => {
        let now = T0;
        let budget: ActionBudget | null = null;
        for (const pause of pauses) {
          now += Math.floor(pause / 10);
          const verdict = judgeBudget(budget, { id: 'i/sms', perHour }, now);
          if (verdict.isFree) budget = verdict.budget;
          else {
            expect(judgeBudget(budget, { id: 'i/sms', perHour }, (verdict.freeAt ?? 0) - 1).isFree).toBe(false);
            expect(judgeBudget(budget, { id: 'i/sms', perHour }, verdict.freeAt ?? 0).isFree).toBe(true);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('of none is never free', () => {
    expect(judgeBudget(null, { id: 'i/sms', perHour: 0 }, T0)).toEqual({ isFree: false, freeAt: null });
  });
});
