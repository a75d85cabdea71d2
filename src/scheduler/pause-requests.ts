// A pause of all schedules: nothing that is due makes a job while it lasts, and what was due meanwhile is recorded.
import { changeDocument } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { SchedulePause } from '../model/schedule.ts';
import type { Store } from '../ports/store.ts';

/** What pausing needs. */
export interface PauseParts {
  readonly store: Store;
  readonly recordEvent: RecordEvent;
}

const ALL = 'all';

/** The last pause, over or not; null: there was none. */
export async function readPause(store: Store): Promise<SchedulePause | null> {
  return (await store.get('schedulePause', ALL))?.doc ?? null;
}

/** Pauses all schedules; jobs that run go on. @throws schedule.paused-already */
export async function pauseSchedules(
  parts: PauseParts,
  { by, reason }: { readonly by: string; readonly reason: string },
  now: Instant,
): Promise<SchedulePause> {
  const paused = await changeDocument(parts.store, 'schedulePause', ALL, (before) => {
    if (before?.untilAt === null) throw new BerthError('schedule.paused-already', { by: before.by });
    return { id: ALL, fromAt: Math.max(now, before?.untilAt ?? 0), untilAt: null, by, reason };
  });
  await tell(parts, `${by} paused all schedules${reason === '' ? '' : `: ${reason}`}.`);
  return paused;
}

/** Lets schedules make jobs again. @throws schedule.not-paused */
export async function resumeSchedules(
  parts: PauseParts,
  { by }: { readonly by: string },
  now: Instant,
): Promise<SchedulePause> {
  const resumed = await changeDocument(parts.store, 'schedulePause', ALL, (before) => {
    if (before?.untilAt !== null) throw new BerthError('schedule.not-paused', {});
    return { ...before, untilAt: Math.max(now, before.fromAt) };
  });
  await tell(parts, `${by} resumed all schedules.`);
  return resumed;
}

function tell({ recordEvent }: PauseParts, text: string): Promise<void> {
  return recordEvent({ kind: 'schedule.pause', subject: 'schedules', application: null, text });
}
