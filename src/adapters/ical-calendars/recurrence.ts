// The times of a recurrence rule, by ical.js, within a budget: its iterator looks for the next time as long as it takes, which for an
// impossible rule is for ever.
import ICAL from 'ical.js';
import { calendarFault } from './calendar-fault.ts';
import type { WorkBudget } from './work-budget.ts';

type Rule = InstanceType<typeof ICAL.Recur>;
type Wall = Temporal.PlainDateTime;

/** A rule on a line, with what its times are reckoned from. All times are local ones. */
export interface Recurrence {
  readonly line: number;
  readonly rule: Rule;
  readonly start: Wall;
  /** No time after it; the rule itself has none. */
  readonly until: Wall | undefined;
}

/** Values of all BY parts of a rule together; a rule for every day of a year has 366. */
const MOST_VALUES = 400;

/** A step of a rule with so many values is as slow as two. */
const VALUES_PER_STEP = 7;

/** ical.js counts the days of a step one by one. */
const LONGEST_STEP_DAYS = 36_525;

const DAYS_OF_STEP: Readonly<Record<string, number>> = {
  SECONDLY: 1 / 86_400,
  MINUTELY: 1 / 1440,
  HOURLY: 1 / 24,
  DAILY: 1,
  WEEKLY: 7,
  MONTHLY: 30,
  YEARLY: 365,
};

const UNITS = { DAILY: 'days', WEEKLY: 'weeks', HOURLY: 'hours', MINUTELY: 'minutes', SECONDLY: 'seconds' } as const;

/** The times of a recurrence from `from` on, up to and including `to`. @throws calendar.invalid, calendar.too-large */
export function* recurrenceTimes(recurrence: Recurrence, from: Wall, to: Wall, budget: WorkBudget): Generator<Wall> {
  const { until } = recurrence;
  const end = until && Temporal.PlainDateTime.compare(until, to) < 0 ? until : to;
  const next = timesOf(recurrence, from, budget);
  for (let time = next(); time && Temporal.PlainDateTime.compare(time, end) <= 0; time = next())
    if (Temporal.PlainDateTime.compare(time, from) >= 0) yield time;
}

function timesOf({ line, rule, start }: Recurrence, from: Wall, budget: WorkBudget): () => Wall | undefined {
  if (rule.interval * (DAYS_OF_STEP[rule.freq] ?? 1) > LONGEST_STEP_DAYS)
    throw calendarFault(line, 'the INTERVAL of the rule is longer than a hundred years');
  const parts = Object.values(rule.parts).reduce((sum, values) => sum + [values].flat().length, 0);
  if (parts > MOST_VALUES) throw calendarFault(line, `the rule has more than ${MOST_VALUES} values`);
  const weight = 1 + parts / VALUES_PER_STEP;
  return asFaults(line, () => {
    const begin = icalTime(shifted(rule, start, from));
    const iterator = boundedIterator(rule, begin, (steps) => budget.spend(steps * weight));
    return () => asFaults(line, () => wallOf(iterator.next()));
  });
}

/** ical.js has no bound of its own; these are the methods that each round of each of its loops calls. */
function boundedIterator(rule: Rule, dtstart: InstanceType<typeof ICAL.Time>, spend: (steps: number) => void) {
  class BoundedIterator extends ICAL.RecurIterator {
    override check_contracting_rules(): boolean {
      spend(1);
      return super.check_contracting_rules();
    }

    override increment_month(): void {
      spend(1 / 4);
      super.increment_month();
    }

    override increment_monthday(days: number): void {
      spend(days / 50);
      super.increment_monthday(days);
    }

    override expand_year_days(year: number): number {
      spend(1);
      return super.expand_year_days(year);
    }
  }
  return new BoundedIterator({ rule, dtstart });
}

/** A rule without COUNT whose step is a fixed length can begin near what is asked for: a daily event of thirty years has ten thousand times before it. */
function shifted({ freq, interval, count }: Rule, start: Wall, from: Wall): Wall {
  if (count !== null || !isFixed(freq) || Temporal.PlainDateTime.compare(start, from) >= 0) return start;
  const unit = UNITS[freq];
  const length = start.until(from, { largestUnit: unit })[unit];
  // One more step back: what comes before the start of a week belongs to its step as well.
  const steps = Math.floor(length / interval) - 1;
  return steps > 0 ? start.add({ [unit]: steps * interval }) : start;
}

function isFixed(frequency: string): frequency is keyof typeof UNITS {
  return frequency in UNITS;
}

function icalTime({ year, month, day, hour, minute, second }: Wall): InstanceType<typeof ICAL.Time> {
  return ICAL.Time.fromData({ year, month, day, hour, minute, second, isDate: false });
}

/** Undefined: there is none, or none that matters to anybody. */
function wallOf(time: InstanceType<typeof ICAL.Time> | null): Wall | undefined {
  if (!time || time.year > 9999) return undefined;
  const { year, month, day, hour, minute, second } = time;
  return Temporal.PlainDateTime.from({ year, month, day, hour, minute, second });
}

function asFaults<T>(line: number, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Error) || 'code' in error) throw error;
    throw calendarFault(line, `the rule makes no sense: ${error.message}`, error);
  }
}
