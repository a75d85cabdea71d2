// Runs by hand: of an instance now, and of a job that was, once more.
import { BerthError } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import { type Job, jobId } from '../model/job.ts';
import type { Bus } from '../ports/bus.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import { publishStart } from './deploy-messages.ts';
import { presentTimetable } from './due-segments.ts';
import { jobOf } from './job-of.ts';
import { KnownPackages } from './known-packages.ts';
import { jobEnd } from './occurrences.ts';
import { findRunnable } from './runnable.ts';

/** What a run by hand needs. */
export interface RunRequestParts {
  readonly store: Store;
  readonly bus: Bus;
  readonly random: Random;
}

/** Who asks, and what is other than the instance says. */
export interface RunWish {
  readonly by: string;
  /** Beside or instead of those of the instance. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Makes a job of an instance now, whatever its schedule says. @throws request.not-found, job.nothing-to-run */
export async function requestRun(parts: RunRequestParts, id: string, wish: RunWish, now: Instant): Promise<Job> {
  const { instance, ...runnable } = await findReady(parts.store, id);
  const origin = { kind: 'manual', request: parts.random.id(8), by: wish.by } as const;
  const parameters = { ...instance.parameters, ...wish.parameters };
  const endsAt = endOf(instance, now);
  const why = `${wish.by} asked for it by hand.`;
  const job = jobOf({ instance, ...runnable, origin, startsAt: now, endsAt, parameters, why }, now);
  return start(parts, job, now);
}

/** Runs a job once more: the same package, parameters and whatever else was fixed when it was made. @throws request.not-found, job.nothing-to-run */
export async function requestRerun(parts: RunRequestParts, id: string, by: string, now: Instant): Promise<Job> {
  const stored = await parts.store.get('job', id);
  if (!stored) throw new BerthError('request.not-found', { what: 'job', id });
  const before = stored.doc;
  const { instance } = await findReady(parts.store, before.instance);
  const packageReason = `the package ${before.package.slice(0, 12)} of ${before.application} does not exist any more`;
  if (!(await parts.store.get('package', before.package)))
    throw new BerthError('job.nothing-to-run', { instance: instance.name, reason: packageReason });
  const origin = { kind: 'rerun', of: id, request: parts.random.id(8), by } as const;
  const lengthMs = before.endsAt === null ? null : before.endsAt - before.startsAt;
  const times = { startsAt: now, endsAt: lengthMs === null ? null : now + lengthMs, createdAt: now };
  const why = `${by} asked that job ${id} be run once more.`;
  const again: Job = { ...before, ...times, id: jobId(instance.id, origin), origin, stop: null, why, open: 1 };
  return start(parts, again, now);
}

async function findReady(store: Store, id: string) {
  const stored = await store.get('instance', id);
  if (!stored || stored.doc.removing) throw new BerthError('request.not-found', { what: 'instance', id });
  const instance = stored.doc;
  const runnable = await findRunnable(store, new KnownPackages(store), instance);
  if ('refused' in runnable)
    throw new BerthError('job.nothing-to-run', { instance: instance.name, reason: runnable.refused });
  return { instance, ...runnable };
}

/** Windows and calendars say when the schedule runs it; by hand it runs until its length or the schedule's end is over. */
function endOf(instance: Instance, now: Instant): Instant | null {
  const schedule = { ...instance.schedule, windows: [], calendars: [] };
  return jobEnd(presentTimetable({ instance: { ...instance, schedule }, calendars: [], pause: null }), now);
}

async function start(parts: RunRequestParts, job: Job, now: Instant): Promise<Job> {
  await parts.store.create('job', job);
  await publishStart(parts.bus, job, now);
  return job;
}
