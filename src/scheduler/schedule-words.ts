// Schedules in a few words, for people.
import { type Instant, isoInstant } from '../model/instant.ts';
import type { Schedule, TimeWindow, Trigger, UpstreamEnd } from '../model/schedule.ts';
import { isZone } from '../model/zone.ts';
import { wallAt } from './local-time.ts';

/** A schedule on one line, such as `cron 0 8 * * 1-5 in Europe/Berlin, between 08:00 and 18:00 on weekdays, not in holidays`. */
export function scheduleInWords(schedule: Schedule): string {
  const { triggers, zone, windows, calendars, endAt, durationMs, jitterMs } = schedule;
  const local = triggers.some(({ kind }) => kind === 'cron' || kind === 'calendar');
  const what = triggers.map((trigger) => triggerInWords(trigger, schedule)).join(' and ');
  return [
    local ? `${what} in ${zone}` : what,
    ...(windows.length > 0 ? [local ? windowsInWords(windows) : `${windowsInWords(windows)} in ${zone}`] : []),
    ...(calendars.length > 0 ? [`not in ${calendars.join(' or ')}`] : []),
    ...(endAt === undefined ? [] : [`until ${instantInWords(endAt)}`]),
    ...(durationMs === undefined ? [] : [`for ${lengthInWords(durationMs)}`]),
    ...(jitterMs > 0 ? [`up to ${lengthInWords(jitterMs)} late`] : []),
  ].join(', ');
}

/** Windows of a week, such as `between 08:00 and 18:00 on weekdays`. */
export function windowsInWords(windows: readonly TimeWindow[]): string {
  return windows
    .map(({ days, fromMinute, toMinute }) => `between ${clock(fromMinute)} and ${clock(toMinute)}${daysInWords(days)}`)
    .join(' or ');
}

/** An instant in ISO 8601, UTC, to the second where it is one. */
export function instantInWords(at: Instant): string {
  return isoInstant(at).replace('.000Z', 'Z');
}

function triggerInWords(trigger: Trigger, { startAt, zone }: Schedule): string {
  switch (trigger.kind) {
    case 'now':
      return 'at once';
    case 'once':
      return `once at ${instantInWords(trigger.at)}`;
    case 'interval':
      return `every ${lengthInWords(trigger.everyMs)} from ${instantInWords(startAt)}`;
    case 'calendar':
      return `every ${stepInWords(trigger)} from ${localInWords(zone, startAt)}`;
    case 'cron':
      return `cron ${trigger.expression}`;
    case 'continuous':
      return `continuously from ${instantInWords(startAt)}`;
    case 'after':
      return `after ${trigger.instance} ${ENDS[trigger.on]}`;
    default:
      return trigger satisfies never;
  }
}

const ENDS: Readonly<Record<UpstreamEnd, string>> = { success: 'succeeds', failure: 'fails', any: 'ends' };

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

function lengthInWords(ms: number): string {
  const [unitMs, unit] = UNITS.find(([length]) => ms > 0 && ms % length === 0) ?? [1, 'ms'];
  return `${ms / unitMs} ${unit}`;
}

function stepInWords({ months, days }: { readonly months: number; readonly days: number }): string {
  const years = months > 0 && months % 12 === 0;
  const parts = [years ? many(months / 12, 'year') : many(months, 'month'), many(days, 'day')];
  const given = parts.filter((part) => part !== null);
  return given.length === 1 ? given.join('').replace(/^1 /, '') : given.join(' and ');
}

function many(count: number, unit: string): string | null {
  if (count === 0) return null;
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}

/** Words are also asked for schedules that are wrong. */
function localInWords(zone: string, at: Instant): string {
  if (!isZone(zone)) return instantInWords(at);
  return instantInWords(wallAt(zone, at))
    .replace(/(:00)?Z$/, '')
    .replace('T', ' ');
}

function clock(minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const KNOWN_DAYS = new Map([
  ['1,2,3,4,5', ' on weekdays'],
  ['6,7', ' at weekends'],
  ['1,2,3,4,5,6,7', ''],
]);

function daysInWords(days: readonly number[]): string {
  const sorted = [...new Set(days)].sort((a, b) => a - b);
  return KNOWN_DAYS.get(sorted.join(',')) ?? ` on ${sorted.map((day) => DAYS[day - 1] ?? `day ${day}`).join(', ')}`;
}
