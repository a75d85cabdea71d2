// The scheduler's messages to deployment: one topic, start and kill, safe to repeat by their ids.
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Bus } from '../ports/bus.ts';

/** Asks deployment to start a job. */
export function publishStart(bus: Pick<Bus, 'publish'>, job: Job, now: Instant): Promise<void> {
  return publish(bus, job, 'start', job.why, now);
}

/** Asks deployment to end a job. */
export function publishKill(bus: Pick<Bus, 'publish'>, job: Job, reason: string, now: Instant): Promise<void> {
  return publish(bus, job, 'kill', reason, now);
}

function publish(
  bus: Pick<Bus, 'publish'>,
  job: Job,
  command: 'start' | 'kill',
  reason: string,
  now: Instant,
): Promise<void> {
  const { id, instance, machine } = job;
  return bus.publish('berth.deploy.requests', id, {
    id: `${command}:${id}`,
    command,
    instance,
    job: id,
    machine,
    reason,
    requestedAt: now,
  });
}
