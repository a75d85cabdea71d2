// Runs of an instance by hand.
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Bus } from '../ports/bus.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import { publishStart } from './deploy-messages.ts';
import { jobOf } from './job-of.ts';
import { findRunnable } from './runnable.ts';

/** What a run by hand needs. */
export interface RunRequestParts {
  readonly store: Store;
  readonly bus: Bus;
  readonly random: Random;
}

/** Makes a job of an instance now, whatever its schedule says. @throws request.not-found, job.nothing-to-run */
export async function requestRun(parts: RunRequestParts, instanceId: string, by: string, now: Instant): Promise<Job> {
  const instance = await parts.store.get('instance', instanceId);
  if (!instance || instance.doc.removing)
    throw new BerthError('request.not-found', { what: 'instance', id: instanceId });
  const runnable = await findRunnable(parts.store, instance.doc);
  if ('refused' in runnable)
    throw new BerthError('job.nothing-to-run', { instance: instance.doc.name, reason: runnable.refused });
  const origin = { kind: 'manual', request: parts.random.id(8), by } as const;
  const job = jobOf(
    { instance: instance.doc, ...runnable, origin, startsAt: now, why: `${by} asked for it by hand.` },
    now,
  );
  await parts.store.create('job', job);
  await publishStart(parts.bus, job, now);
  return job;
}
