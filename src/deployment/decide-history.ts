// Whether a past job may be forgotten, with everything that hangs on it. Pure.
import type { InstanceStatus } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import { type Job, type JobStatus, jobEnded } from '../model/job.ts';
import type { TaskStatus } from '../model/task.ts';

/** How much of the past is kept. */
export interface HistoryLimits {
  /** Jobs that ended longer ago are forgotten. */
  readonly maxAgeMs: number;
  /** Of each instance, the jobs with the latest starts. */
  readonly jobsPerInstance: number;
}

/** A job with everything that the decision rests on. */
export interface PastJob {
  readonly job: Job;
  readonly status: JobStatus | null;
  /** Ids of its tasks. */
  readonly tasks: readonly string[];
  readonly taskStatuses: readonly TaskStatus[];
  /** Whether its instance is still there. */
  readonly hasInstance: boolean;
  readonly instanceStatus: InstanceStatus | null;
  /** Of the job that it follows. */
  readonly upstream: JobStatus | null;
}

/** The scheduler looks again at jobs of other instances that ended this long before the last that it saw; with a margin. */
const UPSTREAM_MARGIN_MS = 3_600_000;

/** Why a job is kept, in words that follow its name; undefined: it may be forgotten. */
export function whyKept(past: PastJob): string | undefined {
  if (past.job.open === 1) return 'is not closed';
  if (past.status && (past.status.nextAt !== null || !jobEnded(past.status.state))) return 'has not ended';
  if (past.taskStatuses.some(({ nextAt }) => nextAt !== null)) return 'has a task that is not settled';
  const seen = new Set(past.taskStatuses.map(({ id }) => id));
  if (past.tasks.some((task) => !seen.has(task))) return 'has a task that nobody has looked at';
  return past.hasInstance ? whyScheduled(past) : undefined;
}

/** That the job exists is how the scheduler knows that what it is about to settle was started already. */
function whyScheduled({ job: { origin }, instanceStatus, upstream }: PastJob): string | undefined {
  if (!instanceStatus) return 'may be what its instance is about to settle';
  const { cursorAt, queue, upstreamAt } = instanceStatus;
  if (origin.kind === 'occurrence') {
    if (origin.at > cursorAt) return 'is for an occurrence that is not settled';
    return queue.some(({ at, after }) => after === undefined && at === origin.at) ? 'is still in the queue' : undefined;
  }
  if (origin.kind !== 'after') return undefined;
  if (queue.some(({ after }) => after === origin.job)) return 'is still in the queue';
  const isSeenAgain = upstream && (upstream.endedAt ?? upstreamAt) >= upstreamAt - UPSTREAM_MARGIN_MS;
  return isSeenAgain ? 'follows a job that may be looked at again' : undefined;
}

/** Whether a job is older than is kept: by its end, or by its start where no end is known. */
export function isTooOld({ job, status }: Pick<PastJob, 'job' | 'status'>, { maxAgeMs }: HistoryLimits, now: Instant) {
  return (status?.endedAt ?? job.startsAt) < now - maxAgeMs;
}
