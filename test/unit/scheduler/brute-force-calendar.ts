// What is due, worked out the slow way: every minute (or second) of a stretch is looked at on a clock on the wall, with a cron parser
// of its own. Nothing of the product is used. A local time is reached when a clock that only goes forward first shows it or a later one.
import type { CalendarEvent } from '../../../src/model/calendar.ts';
import type { TimeWindow } from '../../../src/model/schedule.ts';

type Fields = Pick<Temporal.PlainDateTime, 'month' | 'day' | 'dayOfWeek' | 'hour' | 'minute' | 'second'>;

/** What a clock on the wall shows at an instant. */
interface Tick {
  readonly at: number;
  readonly local: Fields;
  /** Milliseconds that the same local time in UTC would be. */
  readonly wall: number;
  /** The latest local time shown so far. */
  readonly reached: number;
}

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A clock in a zone that is read at each step of a stretch, and for a while before it. */
class WallClock {
  readonly ticks: readonly Tick[];
  readonly #stepMs: number;

  constructor(zone: string, fromAt: number, untilAt: number, stepMs = MINUTE) {
    const ticks: Tick[] = [];
    let reached = Number.NEGATIVE_INFINITY;
    for (let at = fromAt; at < untilAt; at += stepMs) {
      const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();
      const wall = local.toZonedDateTime('UTC').epochMilliseconds;
      reached = Math.max(reached, wall);
      const { month, day, dayOfWeek, hour, minute, second } = local;
      ticks.push({ at, local: { month, day, dayOfWeek, hour, minute, second }, wall, reached });
    }
    this.ticks = ticks;
    this.#stepMs = stepMs;
  }

  /** The first instant at which a local time has come. */
  comesAt(wall: number): number {
    return this.ticks.find(({ reached }) => reached >= wall)?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Instants at which a cron expression is due. */
  cron(expression: string): number[] {
    const cron = parse(expression);
    return this.ticks.filter((tick, index) => this.#isDue(cron, tick, this.ticks[index - 1])).map(({ at }) => at);
  }

  #isDue(cron: ParsedCron, tick: Tick, before: Tick | undefined): boolean {
    if (cron.everyHour) return matches(cron, tick.local);
    // A time of day: what has come now and had not come before, jumped over or not.
    if (before && before.reached + this.#stepMs === tick.reached) return matches(cron, tick.local);
    const from = before ? before.reached + this.#stepMs : tick.wall;
    for (let wall = from; wall <= tick.reached; wall += this.#stepMs) if (matches(cron, localOf(wall))) return true;
    return false;
  }

  /** Instants that lie in one of the windows; every one without windows. */
  inWindows(windows: readonly TimeWindow[]): Set<number> {
    if (windows.length === 0) return new Set(this.ticks.map(({ at }) => at));
    const midnights = new Set(this.ticks.flatMap(({ wall }) => [wall - (wall % DAY), wall - (wall % DAY) - DAY]));
    const open = [...midnights].flatMap((midnight) =>
      windows
        .filter(({ days }) => days.includes(localOf(midnight).dayOfWeek))
        .map((window) => this.#opening(midnight, window)),
    );
    const inside = this.ticks.filter(({ at }) => open.some(({ from, to }) => from <= at && at < to));
    return new Set(inside.map(({ at }) => at));
  }

  #opening(midnight: number, { fromMinute, toMinute }: TimeWindow): { from: number; to: number } {
    const closes = midnight + toMinute * MINUTE + (toMinute <= fromMinute ? DAY : 0);
    return { from: this.comesAt(midnight + fromMinute * MINUTE), to: this.comesAt(closes) };
  }

  /** Instants that lie in one of the events. */
  inEvents(events: readonly CalendarEvent[]): Set<number> {
    const spans = events.map((event) =>
      event.kind === 'exact' ? { from: event.fromAt, to: event.toAt } : this.#span(event),
    );
    const inside = this.ticks.filter(({ at }) => spans.some(({ from, to }) => from <= at && at < to));
    return new Set(inside.map(({ at }) => at));
  }

  #span({ from, to }: { readonly from: string; readonly to: string }): { from: number; to: number } {
    const wall = (text: string) => Date.parse(`${text}Z`);
    return { from: this.comesAt(wall(from)), to: this.comesAt(wall(to)) };
  }
}

const clocks = new Map<string, WallClock>();

/** A clock that was read before, if it was: reading it is what costs. */
export function clockOf(zone: string, fromAt: number, untilAt: number, stepMs = MINUTE): WallClock {
  const key = [zone, fromAt, untilAt, stepMs].join();
  const clock = clocks.get(key) ?? new WallClock(zone, fromAt, untilAt, stepMs);
  clocks.set(key, clock);
  return clock;
}

interface ParsedCron {
  readonly fields: readonly ReadonlySet<number>[];
  readonly anyDay: boolean;
  readonly anyWeekday: boolean;
  readonly everyHour: boolean;
}

const RANGES = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

function parse(expression: string): ParsedCron {
  const words = expression.split(' ');
  if (words.length === 5) words.unshift('0');
  const fields = words.map((word, index) => valuesOf(word, RANGES[index] ?? [0, 0]));
  return { fields, anyDay: words[3] === '*', anyWeekday: words[5] === '*', everyHour: /[*/]/.test(words[2] ?? '') };
}

function valuesOf(word: string, [least, most]: readonly [number, number]): Set<number> {
  const values = new Set<number>();
  for (const part of word.split(',')) {
    const [range = '', step = '1'] = part.split('/');
    const [from = 0, to = from] = range === '*' ? [least, most] : range.split('-').map(Number);
    for (let value = from; value <= to; value += Number(step)) values.add(value);
  }
  return values;
}

function matches({ fields, anyDay, anyWeekday }: ParsedCron, local: Fields): boolean {
  const has = (index: number, value: number) => fields[index]?.has(value) ?? false;
  if (!has(0, local.second) || !has(1, local.minute) || !has(2, local.hour) || !has(4, local.month)) return false;
  const weekday = has(5, local.dayOfWeek) || (local.dayOfWeek === 7 && has(5, 0));
  const day = has(3, local.day);
  return anyDay || anyWeekday ? day && weekday : day || weekday;
}

function localOf(wall: number): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime();
}
