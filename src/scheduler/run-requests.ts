// Runs by hand: of an instance now, and of a job that was, once more.
import { createHash } from 'node:crypto';
import { BerthError } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import { type Job, jobId } from '../model/job.ts';
import type { Bus } from '../ports/bus.ts';
import type { Random } from '../ports/random.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { publishStart } from './deploy-messages.ts';
import { presentTimetable } from './due-segments.ts';
import { jobOf } from './job-of.ts';
import { KnownPackages } from './known-packages.ts';
import { jobEnd } from './occurrences.ts';
import { findRunnable } from './runnable.ts';

/** Hex digits of a digest: two different keys of one person never meet. */
const KEYED_LENGTH = 24;

/** What a run by hand needs. */
export interface RunRequestParts {
  readonly store: Store;
  readonly bus: Pick<Bus, 'publish'>;
  readonly random: Random;
}

/** Who asks, and what is other than the instance says. */
export interface RunWish {
  readonly by: string;
  /** Beside or instead of those of the instance. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What the asker calls this request: asked again under the same name, it is the same job. Undefined: asked once. */
  readonly key: string | undefined;
}

/** Who asks for a job once more. */
export type RerunWish = Omit<RunWish, 'parameters'>;

/** Makes a job of an instance now, whatever its schedule says. @throws request.not-found, job.nothing-to-run */
export async function requestRun(parts: RunRequestParts, id: string, wish: RunWish, now: Instant): Promise<Job> {
  const { instance, ...runnable } = await findReady(parts.store, id);
  const origin = { kind: 'manual', request: requestOf(parts, wish), by: wish.by } as const;
  const parameters = { ...instance.parameters, ...wish.parameters };
  const endsAt = endOf(instance, now);
  const why = `${wish.by} asked for it by hand.`;
  const job = jobOf({ instance, ...runnable, origin, startsAt: now, endsAt, parameters, why }, now);
  return start(parts, job, now);
}

/** Runs a job once more: the same package, parameters and whatever else was fixed when it was made. @throws request.not-found, job.nothing-to-run */
export async function requestRerun(parts: RunRequestParts, id: string, wish: RerunWish, now: Instant): Promise<Job> {
  const { by } = wish;
  const stored = await parts.store.get('job', id);
  if (!stored) throw new BerthError('request.not-found', { what: 'job', id });
  const before = stored.doc;
  const { instance } = await findReady(parts.store, before.instance);
  const packageReason = `the package ${before.package.slice(0, 12)} of ${before.application} does not exist any more`;
  if (!(await parts.store.get('package', before.package)))
    throw new BerthError('job.nothing-to-run', { instance: instance.name, reason: packageReason });
  const origin = { kind: 'rerun', of: id, request: requestOf(parts, wish), by } as const;
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
  const present = await created(parts.store, job);
  await publishStart(parts.bus, present, now);
  return present;
}

/** One that is there already was made by the same request. */
async function created(store: Store, job: Job): Promise<Job> {
  try {
    return (await store.create('job', job)).doc;
  } catch (error) {
    const present = error instanceof StoreConflict ? await store.get('job', job.id) : undefined;
    if (!present) throw error;
    return present.doc;
  }
}

function requestOf({ random }: RunRequestParts, { by, key }: RerunWish): string {
  if (key === undefined) return random.id(8);
  return createHash('sha256').update(`${by}\n${key}`).digest('hex').slice(0, KEYED_LENGTH);
}
