// What is wrong with a schedule, before it is taken: each fault with its place, what stands there and what could.
import type { Instant } from '../model/instant.ts';
import type { Schedule, TimeWindow, Trigger } from '../model/schedule.ts';
import { isZone } from '../model/zone.ts';
import { cronFault } from './cron-fault.ts';
import { nextOccurrence } from './occurrences.ts';
import { instantInWords, scheduleInWords } from './schedule-words.ts';

/** A fault; the path is relative to the schedule, such as `triggers[1].expression`. */
export interface ScheduleFault {
  readonly path: string;
  readonly found: string;
  readonly expected: string;
}

type Faults = readonly ScheduleFault[];

const DAY_MINUTES = 1440;

/**
 * What is wrong with a schedule; nothing: it can be taken. `calendars` are the names that exist. A schedule without any occurrence
 * from `now` on is a fault, save one that runs after other instances.
 */
export function scheduleFaults(schedule: Schedule, calendars: readonly string[], now: Instant): Faults {
  const { triggers, windows } = schedule;
  const faults = [
    ...zoneFaults(schedule),
    ...triggerCountFaults(triggers),
    ...triggers.flatMap((trigger, index) => triggerFaults(trigger, `triggers[${index}]`)),
    ...windows.flatMap((window, index) => windowFaults(window, `windows[${index}]`)),
    ...spanFaults(schedule),
    ...calendarFaults(schedule, calendars),
  ];
  return faults.length > 0 ? faults : neverFaults(schedule, now);
}

function zoneFaults({ zone }: Schedule): Faults {
  return isZone(zone)
    ? []
    : [{ path: 'zone', found: quoted(zone), expected: 'an IANA time zone such as Europe/Berlin' }];
}

function triggerCountFaults(triggers: readonly Trigger[]): Faults {
  if (triggers.length === 0) return [{ path: 'triggers', found: 'none', expected: 'at least one trigger' }];
  return [...aloneFaults(triggers), ...repeatedFaults(triggers)];
}

function aloneFaults(triggers: readonly Trigger[]): Faults {
  if (triggers.length === 1) return [];
  return triggers.flatMap(({ kind }, index) => {
    if (kind !== 'now' && kind !== 'continuous') return [];
    const found = `'${kind}' together with ${triggers.length - 1} other`;
    return [{ path: `triggers[${index}].kind`, found, expected: `'${kind}' stands alone` }];
  });
}

/** One `after` for each instance: two would make two jobs of one end, or one of them never counts. */
function repeatedFaults(triggers: readonly Trigger[]): Faults {
  return triggers.flatMap((trigger, index) => {
    if (trigger.kind !== 'after') return [];
    const earlier = triggers.slice(0, index).some((one) => one.kind === 'after' && one.instance === trigger.instance);
    if (!earlier) return [];
    const found = `a second 'after' of ${quoted(trigger.instance)}`;
    return [{ path: `triggers[${index}].instance`, found, expected: "one 'after' for each instance" }];
  });
}

function triggerFaults(trigger: Trigger, path: string): Faults {
  switch (trigger.kind) {
    case 'interval':
      return positive(trigger.everyMs, `${path}.everyMs`);
    case 'calendar':
      return stepFaults(trigger, path);
    case 'cron': {
      const fault = cronFault(trigger.expression);
      return fault ? [{ path: `${path}.expression`, ...fault }] : [];
    }
    case 'now':
    case 'once':
    case 'continuous':
    case 'after':
      return [];
    default:
      return trigger satisfies never;
  }
}

function stepFaults({ months, days }: { readonly months: number; readonly days: number }, path: string): Faults {
  const counts = [months, days].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (counts && months + days > 0) return [];
  const expected = 'whole numbers of months and days, not negative and not both 0';
  return [{ path, found: `${months} months and ${days} days`, expected }];
}

function positive(value: number, path: string): Faults {
  if (Number.isSafeInteger(value) && value > 0) return [];
  return [{ path, found: String(value), expected: 'a whole number of milliseconds above 0' }];
}

function windowFaults({ days, fromMinute, toMinute }: TimeWindow, path: string): Faults {
  return [
    ...(days.length === 0 ? [{ path: `${path}.days`, found: 'no days', expected: 'at least one day, 1 to 7' }] : []),
    ...days.flatMap((day, index) => within(day, 1, 7, `${path}.days[${index}]`, 'a day: 1 (Monday) to 7 (Sunday)')),
    ...within(fromMinute, 0, DAY_MINUTES - 1, `${path}.fromMinute`, 'a minute of the day: 0 to 1439'),
    ...within(toMinute, 0, DAY_MINUTES, `${path}.toMinute`, 'a minute of the day: 0 to 1440'),
  ];
}

function within(value: number, least: number, most: number, path: string, expected: string): Faults {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return [];
  return [{ path, found: String(value), expected }];
}

function spanFaults({ startAt, endAt, durationMs, jitterMs }: Schedule): Faults {
  const after = `an end after the start, ${instantInWords(startAt)}`;
  return [
    ...(endAt !== undefined && endAt <= startAt
      ? [{ path: 'endAt', found: instantInWords(endAt), expected: after }]
      : []),
    ...(durationMs === undefined ? [] : positive(durationMs, 'durationMs')),
    ...within(jitterMs, 0, Number.MAX_SAFE_INTEGER, 'jitterMs', 'a whole number of milliseconds, 0 or more'),
  ];
}

function calendarFaults(schedule: Schedule, calendars: readonly string[]): Faults {
  const there = calendars.length === 0 ? 'there is none' : `there are ${calendars.join(', ')}`;
  return schedule.calendars.flatMap((name, index) => {
    if (calendars.includes(name)) return [];
    return [{ path: `calendars[${index}]`, found: quoted(name), expected: `a calendar that exists: ${there}` }];
  });
}

function neverFaults(schedule: Schedule, now: Instant): Faults {
  if (schedule.triggers.some(({ kind }) => kind === 'after')) return [];
  const timetable = { schedule, enabledAt: now, calendars: [] };
  if (nextOccurrence(timetable, now - 1) !== null) return [];
  const found = `${scheduleInWords(schedule)}: it never runs`;
  return [{ path: 'triggers', found, expected: `at least one occurrence from ${instantInWords(now)} on` }];
}

function quoted(text: string): string {
  return `'${text}'`;
}
