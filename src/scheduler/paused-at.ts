// Whether a pause of all schedules holds an occurrence back.
import type { Instant } from '../model/instant.ts';
import type { SchedulePause } from '../model/schedule.ts';

/** Whether an instant lies in a pause, which may still go on. */
export function isPausedAt(pause: SchedulePause | null, at: Instant): pause is SchedulePause {
  return pause !== null && at >= pause.fromAt && at < (pause.untilAt ?? Number.POSITIVE_INFINITY);
}
