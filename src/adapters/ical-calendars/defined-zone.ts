// A time zone that a file defines itself: a VTIMEZONE with the rules by which its offset changes (RFC 5545, section 3.6.5).
import type { Instant } from '../../model/instant.ts';
import { calendarFault } from './calendar-fault.ts';
import type { ContentLine } from './content-lines.ts';
import type { Component } from './read-components.ts';
import { readOffset, readRule, readTime, readTimes, type WrittenTime } from './read-property.ts';
import { recurrenceTimes } from './recurrence.ts';
import type { WorkBudget } from './work-budget.ts';
import { UTC, type Zone } from './zone.ts';

/** A change of the offset. */
interface Change {
  readonly at: Instant;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The zone of a VTIMEZONE, right until an instant. @throws calendar.invalid, calendar.too-large */
export function definedZone(component: Component, untilAt: Instant, budget: WorkBudget): Zone {
  const rules = component.components.filter(({ name }) => name === 'STANDARD' || name === 'DAYLIGHT');
  if (rules.length === 0) throw calendarFault(component.line, 'the VTIMEZONE has neither STANDARD nor DAYLIGHT');
  const until = UTC.wallAt(untilAt);
  const changes = rules.flatMap((rule) => changesOf(rule, until, budget)).toSorted((a, b) => a.at - b.at);
  return {
    instantOf: (wall) => instantOf(changes, UTC.instantOf(wall)),
    wallAt: (at) => UTC.wallAt(at + offsetAt(changes, at)),
  };
}

function changesOf(component: Component, until: Temporal.PlainDateTime, budget: WorkBudget): Change[] {
  const { lines } = component;
  const start = localTime(required(component, 'DTSTART'));
  const fromMs = readOffset(required(component, 'TZOFFSETFROM'));
  const toMs = readOffset(required(component, 'TZOFFSETTO'));
  const walls = [
    start,
    ...lines
      .filter(({ name }) => name === 'RDATE')
      .flatMap((line) => readTimes(line).map((time) => wallOf(time, fromMs))),
    ...lines.filter(({ name }) => name === 'RRULE').flatMap((line) => [...times(line, start, fromMs, until, budget)]),
  ];
  return walls.map((wall) => ({ at: UTC.instantOf(wall) - fromMs, fromMs, toMs }));
}

function times(
  line: ContentLine,
  start: Temporal.PlainDateTime,
  fromMs: number,
  until: Temporal.PlainDateTime,
  budget: WorkBudget,
) {
  const { rule, until: last } = readRule(line);
  const recurrence = { line: line.number, rule, start, until: last && wallOf(last, fromMs) };
  return recurrenceTimes(recurrence, start, until, budget);
}

function required({ name, line, lines }: Component, wanted: string): ContentLine {
  const found = lines.find((each) => each.name === wanted);
  if (!found) throw calendarFault(line, `the ${name} of a VTIMEZONE has no ${wanted}`);
  return found;
}

function localTime(line: ContentLine): Temporal.PlainDateTime {
  const time = readTime(line);
  if (time.kind === 'utc') throw calendarFault(line.number, 'the DTSTART of a VTIMEZONE is a local time');
  return time.wall;
}

function wallOf(time: WrittenTime, offsetMs: number): Temporal.PlainDateTime {
  return time.kind === 'utc' ? UTC.wallAt(time.at + offsetMs) : time.wall;
}

function offsetAt(changes: readonly Change[], at: Instant): number {
  return changes.findLast((change) => change.at <= at)?.toMs ?? changes[0]?.fromMs ?? 0;
}

/** The first stretch of constant offset that shows the local time; in a gap, the offset before it. */
function instantOf(changes: readonly Change[], wallMs: number): Instant {
  let offsetMs = changes[0]?.fromMs ?? 0;
  for (const change of changes) {
    if (wallMs - offsetMs < change.at) break;
    if (wallMs - change.toMs < change.at) return wallMs - offsetMs;
    offsetMs = change.toMs;
  }
  return wallMs - offsetMs;
}
