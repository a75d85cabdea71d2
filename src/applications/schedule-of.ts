// Makes the schedule of an instance of what its file says, and gives its places back as the file names them.
import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '../model/instant.ts';
import type { Schedule, Trigger } from '../model/schedule.ts';
import type { FileTrigger, ScheduleFile } from './schedule-file-schema.ts';

/** What a schedule is made with. */
export interface ScheduleIngredients {
  /** Ids of the instances that `after` names, by what the file calls them. */
  readonly upstream: ReadonlyMap<string, string>;
  /** The schedule that it takes the place of; null: none. */
  readonly before: Schedule | null;
}

/** The schedule that a file asks for. Without a start it begins now; where it takes the place of one with the same triggers, it began with that. */
export function scheduleOf(file: ScheduleFile, { upstream, before }: ScheduleIngredients, now: Instant): Schedule {
  const triggers = file.triggers.map((trigger) => triggerOf(trigger, upstream));
  const goesOn = before !== null && isDeepStrictEqual(triggers, before.triggers);
  return {
    triggers,
    startAt: file.start ?? (goesOn ? Math.min(before.startAt, now) : now),
    ...(file.end === undefined ? {} : { endAt: file.end }),
    ...(file.duration === undefined ? {} : { durationMs: file.duration }),
    zone: file.zone,
    windows: file.windows.map(({ days, from, to }) => ({ days, fromMinute: from, toMinute: to })),
    calendars: file.calendars,
    jitterMs: file.jitter,
  };
}

function triggerOf(trigger: FileTrigger, upstream: ReadonlyMap<string, string>): Trigger {
  switch (trigger.kind) {
    case 'interval':
      return 'everyMs' in trigger.every
        ? { kind: 'interval', everyMs: trigger.every.everyMs }
        : { kind: 'calendar', ...trigger.every };
    case 'after':
      return { kind: 'after', instance: upstream.get(trigger.instance) ?? '', on: trigger.on };
    default:
      return trigger;
  }
}

const FIELDS: Readonly<Record<string, string>> = {
  startAt: 'start',
  endAt: 'end',
  durationMs: 'duration',
  jitterMs: 'jitter',
  everyMs: 'every',
  fromMinute: 'from',
  toMinute: 'to',
};

/** The JSON path in an instance file of a place in its schedule, such as `triggers[0].expression`. */
export function schedulePath({ isInline }: Pick<ScheduleFile, 'isInline'>, place: string): string {
  const named = place.replaceAll(/\w+/g, (word) => FIELDS[word] ?? word);
  const own = isInline ? named.replace(/^triggers(?:\[0\])?\.?/, '') : named;
  return own === '' ? '$.schedule' : `$.schedule.${own}`;
}
