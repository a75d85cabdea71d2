// When an instance is due. Pure arithmetic on instants; zones, cron and calendars join here later.

import type { Instance, Schedule } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';

/** The first occurrence after an instant, or null when there is none any more. */
export function nextOccurrence(instance: Pick<Instance, 'schedule' | 'enabledAt'>, after: Instant): Instant | null {
  const { schedule } = instance;
  const candidate = candidateAfter(instance, after);
  return candidate === null || (schedule.endAt !== undefined && candidate >= schedule.endAt) ? null : candidate;
}

function candidateAfter(
  { schedule, enabledAt }: Pick<Instance, 'schedule' | 'enabledAt'>,
  after: Instant,
): Instant | null {
  const { trigger, startAt } = schedule;
  switch (trigger.kind) {
    case 'now':
      return startAt > after ? startAt : null;
    case 'once':
      return trigger.at > after ? trigger.at : null;
    case 'interval':
      return nextOnGrid(startAt, trigger.everyMs, after);
    case 'continuous': {
      const at = Math.max(startAt, enabledAt);
      return at > after ? at : null;
    }
    default:
      return trigger satisfies never;
  }
}

function nextOnGrid(startAt: Instant, everyMs: number, after: Instant): Instant {
  if (after < startAt) return startAt;
  return startAt + (Math.floor((after - startAt) / everyMs) + 1) * everyMs;
}

/** A stretch of occurrences that are due: the last of them, and how many came before it. */
export interface DueOccurrences {
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly count: number;
}

/** Every occurrence after `after` and at or before `now`, without walking through them one by one. */
export function dueOccurrences(
  instance: Pick<Instance, 'schedule' | 'enabledAt'>,
  after: Instant,
  now: Instant,
): DueOccurrences | null {
  const firstAt = nextOccurrence(instance, after);
  if (firstAt === null || firstAt > now) return null;
  const { trigger, endAt } = instance.schedule;
  if (trigger.kind !== 'interval') return { firstAt, lastAt: firstAt, count: 1 };
  const until = endAt === undefined ? now : Math.min(now, endAt - 1);
  const further = Math.floor((until - firstAt) / trigger.everyMs);
  return { firstAt, lastAt: firstAt + further * trigger.everyMs, count: further + 1 };
}

/** When a job that starts at `at` is to be killed, or null when it may run as long as it likes. */
export function jobEnd(schedule: Schedule, at: Instant): Instant | null {
  const ends = [schedule.endAt, schedule.durationMs === undefined ? undefined : at + schedule.durationMs];
  const given = ends.filter((end) => end !== undefined);
  return given.length === 0 ? null : Math.min(...given);
}
