// Judges a new instance by its file, by the package that it would run, and by the time. Pure: it gives the instance, or every problem.
import type { Problem } from '../model/errors.ts';
import type { Instance, Schedule, Trigger } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { Package } from '../model/package.ts';
import { shardOf } from '../model/shard.ts';
import type { InstanceFile } from './instance-file-schema.ts';
import { shortened } from './shortened.ts';

/** What an instance is judged by. */
export interface InstanceContext {
  /** What problems call the file. */
  readonly fileName: string;
  readonly id: string;
  /** The package that it would run, or the problems of its names. */
  readonly target: { readonly package: Package } | { readonly problems: readonly Problem[] };
}

/** An instance that may be created, or every reason why it may not. */
export type NewInstance = { readonly instance: Instance } | { readonly problems: readonly Problem[] };

type Fault = Omit<Problem, 'file'>;

// All copies together: beyond what any fleet of this program could have, so it is a slip of the finger.
const MOST_TOGETHER = { cpus: 100_000, memoryMiB: 256 * 1024 * 1024, diskMiB: 1024 * 1024 * 1024 } as const;

/** Decides whether an instance may be created as its file says. */
export function decideNewInstance(file: InstanceFile, context: InstanceContext, now: Instant): NewInstance {
  const faults = [
    ...('package' in context.target ? targetFaults(file, context.target.package) : []),
    ...scheduleFaults(file, now),
    ...restartFaults(file),
  ];
  const ofTarget = 'problems' in context.target ? context.target.problems : [];
  const problems = [...ofTarget, ...faults.map((fault) => ({ file: context.fileName, ...fault }))];
  return problems.length > 0 ? { problems } : { instance: instanceOf(file, context, now) };
}

function targetFaults(file: InstanceFile, target: Package): Fault[] {
  const algorithm = target.config.algorithms.find(({ id }) => id === file.algorithm);
  if (algorithm) return resourceFaults(file, { ...algorithm.resources, ...file.resources });
  const ids = target.config.algorithms.map(({ id }) => id).join(', ');
  const expected = `an algorithm of ${target.application} (version ${target.config.version}): ${ids}`;
  return [{ path: '$.algorithm', found: shortened(file.algorithm), expected }];
}

function resourceFaults(file: InstanceFile, each: Readonly<Record<keyof typeof MOST_TOGETHER, number>>): Fault[] {
  const names = ['cpus', 'memoryMiB', 'diskMiB'] as const;
  return names
    .filter((name) => each[name] * file.copies > MOST_TOGETHER[name])
    .map((name) => ({
      path: '$.copies',
      found: `${file.copies} copies with ${each[name]} ${name} each`,
      expected: `at most ${MOST_TOGETHER[name]} ${name} together`,
    }));
}

function scheduleFaults({ schedule }: InstanceFile, now: Instant): Fault[] {
  if (schedule.kind === 'now') return [];
  if (schedule.kind === 'once') return schedule.at < now ? [past('$.schedule.at', schedule.at, now)] : [];
  const { end, start } = schedule;
  if (end === undefined) return [];
  if (start !== undefined && end <= start) {
    return [{ path: '$.schedule.end', found: iso(end), expected: `an instant after the start, ${iso(start)}` }];
  }
  return end <= now ? [past('$.schedule.end', end, now)] : [];
}

function past(path: string, at: Instant, now: Instant): Fault {
  const instead = path.endsWith('.at') ? '; to run it at once, use {"kind": "now"}' : '';
  return { path, found: iso(at), expected: `an instant after now, ${iso(now)}${instead}` };
}

function restartFaults({ restart }: InstanceFile): Fault[] {
  if (restart.maxBackoff >= restart.backoff) return [];
  return [{ path: '$.restart.maxBackoff', found: `${restart.maxBackoff} ms`, expected: 'at least as long as backoff' }];
}

function instanceOf(file: InstanceFile, { id, target }: InstanceContext, now: Instant): Instance {
  const isCurrent = file.package === 'current' || !('package' in target);
  return {
    id,
    name: file.name,
    application: file.application,
    algorithm: file.algorithm,
    package: isCurrent ? 'current' : target.package.id,
    schedule: scheduleOf(file, now),
    copies: file.copies,
    machine: file.machine,
    labels: file.place.labels,
    parameters: file.parameters,
    environment: file.environment,
    resources: file.resources,
    restart: restartOf(file),
    graceMs: file.grace,
    enabled: true,
    enabledAt: now,
    removing: false,
    createdAt: now,
    updatedAt: now,
    shard: shardOf(id),
  };
}

function restartOf({ restart }: InstanceFile): Instance['restart'] {
  const { runsPerTask, tasks, backoff, maxBackoff, stableAfter } = restart;
  return { runsPerTask, tasks, backoffMs: backoff, maxBackoffMs: maxBackoff, stableAfterMs: stableAfter };
}

function scheduleOf({ schedule }: InstanceFile, now: Instant): Schedule {
  const end = 'end' in schedule && schedule.end !== undefined ? { endAt: schedule.end } : {};
  const duration = schedule.duration === undefined ? {} : { durationMs: schedule.duration };
  return { ...triggerOf(schedule, now), ...end, ...duration };
}

function triggerOf(schedule: InstanceFile['schedule'], now: Instant): { trigger: Trigger; startAt: Instant } {
  switch (schedule.kind) {
    case 'now':
      return { trigger: { kind: 'now' }, startAt: now };
    case 'once':
      return { trigger: { kind: 'once', at: schedule.at }, startAt: schedule.at };
    case 'interval':
      return { trigger: { kind: 'interval', everyMs: schedule.every }, startAt: schedule.start ?? now };
    case 'continuous':
      return { trigger: { kind: 'continuous' }, startAt: schedule.start ?? now };
    default:
      return schedule satisfies never;
  }
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}
