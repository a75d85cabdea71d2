// Which ends of other instances' jobs make a run: those that the instance's triggers ask for. Pure.
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { JobState } from '../model/job.ts';
import type { UpstreamEnd } from '../model/schedule.ts';
import { type DueRun, upstreamRun } from './due-run.ts';

/** A job of another instance that has ended. */
export interface UpstreamJob {
  readonly job: string;
  readonly instance: string;
  readonly state: JobState;
  readonly endedAt: Instant;
}

const FITS: Readonly<Record<UpstreamEnd, (state: JobState) => boolean>> = {
  success: (state) => state === 'succeeded',
  failure: (state) => state === 'failed',
  any: () => true,
};

/** The instances whose jobs an instance follows. */
export function upstreamsOf({ schedule }: Pick<Instance, 'schedule'>): readonly string[] {
  return schedule.triggers.flatMap((trigger) => (trigger.kind === 'after' ? [trigger.instance] : []));
}

/** The runs that follow ended jobs, oldest end first; each follows once. */
export function upstreamRuns(instance: Instance, ended: readonly UpstreamJob[]): readonly DueRun[] {
  const { triggers, startAt, endAt } = instance.schedule;
  const from = Math.max(startAt, instance.enabledAt);
  const fitting = ended.filter(({ instance: upstream, state, endedAt }) => {
    const isWithin = endedAt >= from && (endAt === undefined || endedAt < endAt);
    return (
      isWithin &&
      triggers.some((trigger) => trigger.kind === 'after' && trigger.instance === upstream && FITS[trigger.on](state))
    );
  });
  return fitting
    .toSorted((a, b) => a.endedAt - b.endedAt || (a.job < b.job ? -1 : 1))
    .map(({ job, endedAt }) => upstreamRun(instance, job, endedAt));
}
