// The job of a run that is due, with why it runs.
import { type Instant, isoInstant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { DueRun } from './due-run.ts';
import { presentTimetable } from './due-segments.ts';
import type { InstanceSnapshot } from './instance-snapshot.ts';
import { jobOf } from './job-of.ts';
import { jobEnd } from './occurrences.ts';
import { scheduleInWords } from './schedule-words.ts';

/** Later than this is told. */
const LATE_MS = 1000;

/** Makes the job of a run; a run that was due before now begins now. */
export function makeJob(snapshot: InstanceSnapshot, run: DueRun, now: Instant): Job {
  const { instance, runnable } = snapshot;
  if ('refused' in runnable) throw new Error('a refused run makes no job');
  const { startsAt } = run;
  const endsAt = jobEnd(presentTimetable(snapshot), startsAt);
  const { parameters } = instance;
  return jobOf(
    { instance, ...runnable, origin: run.origin, startsAt, endsAt, parameters, why: whyOf(snapshot, run, now) },
    now,
  );
}

function whyOf({ instance }: InstanceSnapshot, { at, startsAt, after }: DueRun, now: Instant): string {
  const lateMs = now - startsAt;
  const jitter = startsAt > at ? `; by its jitter it begins at ${isoInstant(startsAt)}` : '';
  const late = lateMs >= LATE_MS ? `, ${Math.round(lateMs / 1000)} s late` : '';
  const time = isoInstant(at);
  if (after !== null) return `Job ${after}, which it follows, ended at ${time}${late}.`;
  return `Its schedule (${scheduleInWords(instance.schedule)}) ${now < at ? 'is' : 'was'} due at ${time}${jitter}${late}.`;
}
