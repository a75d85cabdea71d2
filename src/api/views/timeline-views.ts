// Jobs that were made and jobs that are to come, as they stand on a line of time.
import type { z } from 'zod';
import type { JobView } from '../../deployment/job-reads.ts';
import type { Instance } from '../../model/instance.ts';
import type { PlatformOccurrence } from '../../scheduler/preview-reads.ts';
import type { comingJobView, overviewView, timelineJobView } from '../contract/console-views.ts';
import { iso, isoOrNull } from './iso.ts';
import { jobView } from './job-views.ts';

/** A job on a line of time; an instance that is gone has no name any more. */
export function timelineJob(
  view: JobView,
  instances: ReadonlyMap<string, Pick<Instance, 'name'>>,
): z.output<typeof timelineJobView> {
  const { id, instance, application, algorithm, state, origin, nodes, ...times } = jobView(view);
  const { startsAt, startedAt, endedAt, endsAt } = times;
  return {
    ...{ id, instance, instanceName: instances.get(instance)?.name ?? instance, application, algorithm, state, origin },
    ...{ startsAt, startedAt, endedAt, endsAt, nodes },
  };
}

/** A job that is to come. */
export function comingJob(
  { instance, name, startsAt, endsAt, note }: PlatformOccurrence,
  application: string,
): z.output<typeof comingJobView> {
  return { instance, instanceName: name, application, at: iso(startsAt), endsAt: isoOrNull(endsAt), note };
}

/** A job that failed, and why. */
export function failedJob(
  { job, status }: JobView,
  instances: ReadonlyMap<string, Pick<Instance, 'name'>>,
): z.output<typeof overviewView>['failures'][number] {
  const { id, instance, application, algorithm } = job;
  return {
    ...{ job: id, instance, instanceName: instances.get(instance)?.name ?? instance, application, algorithm },
    endedAt: iso(status?.endedAt ?? job.startsAt),
    reason: status?.reason ?? '',
    lastLines: [...(status?.lastLines ?? [])],
  };
}
