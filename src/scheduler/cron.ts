// Cron expressions in zones. Croner works out which local times match, on a calendar without zones; which instants these are is
// worked out here, because croner drops a fixed time whose gap ends on another day (23:30 in America/Nuuk in spring).
//
// The rule at clock changes goes by the field of the hour:
// * numbers, lists and ranges (`30 2 * * *`) name times of day: each has one instant a day, the first after the gap when the clock
//   jumps over it, the first of the two when it comes twice. Several in a gap are one.
// * a wildcard or a step (`30 * * * *`, `0 0-23/2 * * *`) follows the clock: a time that is jumped over is left out, one that comes twice counts twice.
import { Cron } from 'croner';
import type { Instant } from '../model/instant.ts';
import { instantOf, offsetStretch, reachedWall, type Wall } from './local-time.ts';

/** A cron expression in a zone. */
export interface ZonedCron {
  readonly expression: string;
  readonly zone: string;
}

interface Compiled {
  readonly cron: Cron;
  readonly everyHour: boolean;
}

const COMPILED_KEPT = 1000;
/** More changes of the clock than any zone has between a date and its next return. */
const STRETCHES_TRIED = 1000;

const compiled = new Map<string, Compiled>();

/** The first match strictly after an instant; null when no such date will come. @throws Error when the expression is wrong */
export function nextCron({ expression, zone }: ZonedCron, after: Instant): Instant | null {
  const { cron, everyHour } = compile(expression);
  if (everyHour) return nextByClock(cron, zone, after);
  const wall = nextMatch(cron, reachedWall(zone, after));
  return wall === null ? null : instantOf(zone, wall);
}

/** The last match strictly before an instant; null when there is none. @throws Error when the expression is wrong */
export function previousCron({ expression, zone }: ZonedCron, before: Instant): Instant | null {
  const { cron, everyHour } = compile(expression);
  if (everyHour) return previousByClock(cron, zone, before);
  const wall = previousMatch(cron, reachedWall(zone, before - 1) + 1);
  return wall === null ? null : instantOf(zone, wall);
}

/** Throws what is wrong with an expression. Five or six fields, or a nickname such as `@daily`. @throws Error */
export function checkCron(expression: string): void {
  compile(expression);
}

function nextByClock(cron: Cron, zone: string, after: Instant): Instant | null {
  let from = after;
  for (let tried = 0; tried < STRETCHES_TRIED; tried++) {
    const { offsetMs, untilAt } = offsetStretch(zone, tried === 0 ? from : from + 1);
    const wall = nextMatch(cron, from + offsetMs);
    if (wall === null) return null;
    if (wall - offsetMs < untilAt) return wall - offsetMs;
    from = untilAt - 1;
  }
  return null;
}

function previousByClock(cron: Cron, zone: string, before: Instant): Instant | null {
  let until = before;
  for (let tried = 0; tried < STRETCHES_TRIED; tried++) {
    const { offsetMs, fromAt } = offsetStretch(zone, until - 1);
    const wall = previousMatch(cron, until + offsetMs);
    if (wall === null) return null;
    if (wall - offsetMs >= fromAt) return wall - offsetMs;
    until = fromAt;
  }
  return null;
}

function nextMatch(cron: Cron, after: Wall): Wall | null {
  return cron.nextRun(new Date(after))?.getTime() ?? null;
}

function previousMatch(cron: Cron, before: Wall): Wall | null {
  return cron.previousRuns(1, new Date(before))[0]?.getTime() ?? null;
}

/** Compiling costs several times what a match costs, and few expressions are in use: the latest used are kept. */
function compile(expression: string): Compiled {
  const known = compiled.get(expression) ?? compileAnew(expression);
  compiled.delete(expression);
  compiled.set(expression, known);
  for (const [oldest] of compiled) {
    if (compiled.size <= COMPILED_KEPT) break;
    compiled.delete(oldest);
  }
  return known;
}

function compileAnew(expression: string): Compiled {
  // Croner takes anything with a colon for a date.
  if (expression.includes(':')) throw new Error('a date is no cron expression');
  const cron = new Cron(expression, { paused: true, utcOffset: 0, mode: '5-or-6-parts' });
  const hour = (cron.getPattern() ?? expression).trim().split(/\s+/).at(-4) ?? '';
  return { cron, everyHour: /[*?/]/.test(hour) };
}
