// The past jobs of an instance, with what they were like together.
import type { Instant } from '../model/instant.ts';
import { type Job, type JobStatus, jobEnded } from '../model/job.ts';
import type { Store } from '../ports/store.ts';
import { type HistorySummary, type PastJob, summarise } from './history-summary.ts';

/** Which jobs are looked at. */
export interface HistoryRange {
  /** Those that began then or later. */
  readonly sinceAt: Instant;
  /** At most so many, the newest; 1 to 1000. */
  readonly last: number;
}

/** Jobs, newest first, and figures over them. */
export interface InstanceHistory {
  readonly jobs: readonly PastJob[];
  readonly summary: HistorySummary;
}

/** Reads the history of an instance, as far as it is kept. */
export async function historyOf(
  store: Store,
  instance: string,
  { sinceAt, last }: HistoryRange,
): Promise<InstanceHistory> {
  const { items } = await store.list('job', {
    ...{ where: { instance }, orderBy: 'startsAt', direction: 'descending', from: sinceAt, limit: last },
  });
  const statuses = await store.getMany(
    'jobStatus',
    items.map(({ doc }) => doc.id),
  );
  const byId = new Map(statuses.map(({ doc }) => [doc.id, doc]));
  const jobs = items.map(({ doc }) => pastJob(doc, byId.get(doc.id)));
  return { jobs, summary: summarise(jobs) };
}

/** Without a report of when its algorithm began, the start of its first container is the nearest that is known. */
function pastJob({ id, origin, startsAt }: Job, status: JobStatus | undefined): PastJob {
  const beganAt = status?.beganAt ?? status?.startedAt ?? null;
  const endedAt = status && jobEnded(status.state) ? status.endedAt : null;
  return {
    ...{ job: id, origin: origin.kind, state: status?.state ?? 'accepted', startsAt, endedAt },
    latenessMs: beganAt === null ? null : Math.max(0, beganAt - startsAt),
    durationMs: beganAt === null || endedAt === null ? null : Math.max(0, endedAt - beganAt),
  };
}
