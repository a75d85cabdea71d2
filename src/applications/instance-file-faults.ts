// Judges an instance file by the package that the instance would run, by the schedule that it asks for, and by the time.
import type { Problem } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Package } from '../model/package.ts';
import type { Schedule } from '../model/schedule.ts';
import { bindingFaults, type KnownSensors } from './binding-faults.ts';
import type { InstanceFile } from './instance-file-schema.ts';
import { schedulePath } from './schedule-of.ts';
import { shortened } from './shortened.ts';
import type { Upstream } from './upstream-reads.ts';

/** What is wrong with a schedule; paths such as `triggers[1].expression` are relative to it. */
export type ScheduleFaults = (
  schedule: Schedule,
  calendars: readonly string[],
  now: Instant,
) => readonly { readonly path: string; readonly found: string; readonly expected: string }[];

/** What an instance file is judged by. */
export interface InstanceContext {
  /** What problems call the file. */
  readonly fileName: string;
  /** The package that it would run, or the problems of its names. */
  readonly target: { readonly package: Package } | { readonly problems: readonly Problem[] };
  readonly upstream: Upstream;
  /** Names of the calendars that there are. */
  readonly calendars: readonly string[];
  readonly scheduleFaults: ScheduleFaults;
  readonly sensors: KnownSensors;
  /** Users that the file names and that there are. */
  readonly users: ReadonlySet<string>;
  /** Secrets that the file names and that there are. */
  readonly secrets: ReadonlySet<string>;
}

type Fault = Omit<Problem, 'file'>;

// All copies together: beyond what any fleet of this program could have, so it is a slip of the finger.
const MOST_TOGETHER = { cpus: 100_000, memoryMiB: 256 * 1024 * 1024, diskMiB: 1024 * 1024 * 1024 } as const;

/** Every problem of an instance file; the schedule is left out where it stands already (`schedule` null). */
export function instanceFileFaults(
  file: InstanceFile,
  context: InstanceContext,
  schedule: Schedule | null,
  now: Instant,
): readonly Problem[] {
  const faults = [
    ...('package' in context.target ? targetFaults(file, context.target.package, context) : []),
    ...(schedule === null || context.upstream.problems.length > 0 ? [] : ofSchedule(file, context, schedule, now)),
    ...restartFaults(file),
    ...notifyFaults(file, context),
    ...('package' in context.target ? secretFaults(file, context) : []),
  ];
  const ofTarget = 'problems' in context.target ? context.target.problems : [];
  const own = faults.map((fault) => ({ file: context.fileName, ...fault }));
  return [...ofTarget, ...context.upstream.problems, ...own];
}

function ofSchedule(
  { schedule: file }: InstanceFile,
  { scheduleFaults, calendars }: InstanceContext,
  schedule: Schedule,
  now: Instant,
): Fault[] {
  const past = pastFaults(schedule, now);
  const others = scheduleFaults(schedule, calendars, now).filter(
    ({ path }) => past.length === 0 || !TOLD_BY_PAST.has(path),
  );
  return [...past, ...others].map((fault) => ({ ...fault, path: schedulePath(file, fault.path) }));
}

/** What the scheduler says of a schedule that lies in the past: that it never runs, or that its end is before its start. */
const TOLD_BY_PAST: ReadonlySet<string> = new Set(['triggers', 'endAt']);

function pastFaults({ triggers, startAt, endAt }: Schedule, now: Instant): Fault[] {
  const once = triggers.flatMap((trigger, index) =>
    trigger.kind === 'once' && trigger.at < now ? [past(`triggers[${index}].at`, trigger.at, now)] : [],
  );
  const isEndFirst = endAt !== undefined && startAt < now && endAt <= startAt;
  return endAt !== undefined && endAt <= now && !isEndFirst ? [...once, past('endAt', endAt, now)] : once;
}

function past(path: string, at: Instant, now: Instant): Fault {
  const instead = path.endsWith('.at') ? '; to run it at once, use {"kind": "now"}' : '';
  return { path, found: iso(at), expected: `an instant after now, ${iso(now)}${instead}` };
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}

function targetFaults(file: InstanceFile, target: Package, { sensors }: InstanceContext): Fault[] {
  const algorithm = target.config.algorithms.find(({ id }) => id === file.algorithm);
  if (algorithm) {
    const resources = resourceFaults(file, { ...algorithm.resources, ...file.resources });
    return [...resources, ...bindingFaults(file, algorithm, withDeclared(sensors, target))];
  }
  const ids = target.config.algorithms.map(({ id }) => id).join(', ');
  const expected = `an algorithm of ${target.application} (version ${target.config.version}): ${ids}`;
  return [{ path: '$.algorithm', found: shortened(file.algorithm), expected }];
}

/** What a package brings along is asked for as soon as it is accepted, which may be in this moment. */
function withDeclared({ sensors, requested }: KnownSensors, { sensorConfig }: Package): KnownSensors {
  const declared = sensorConfig.sensors.map(({ id, type }) => [id, type] as const);
  return { sensors, requested: new Map([...declared, ...requested]) };
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

function restartFaults({ restart }: InstanceFile): Fault[] {
  if (restart.maxBackoff >= restart.backoff) return [];
  return [{ path: '$.restart.maxBackoff', found: `${restart.maxBackoff} ms`, expected: 'at least as long as backoff' }];
}

function notifyFaults({ notify = [] }: InstanceFile, { users }: InstanceContext): Fault[] {
  return notify.flatMap((user, index) => {
    const path = `$.notify[${index}]`;
    if (notify.indexOf(user) !== index)
      return [{ path, found: `${shortened(user)} a second time`, expected: 'each user once' }];
    return users.has(user) ? [] : [{ path, found: shortened(user), expected: 'a user whom the platform knows' }];
  });
}

function secretFaults({ application, secrets = [] }: InstanceFile, context: InstanceContext): Fault[] {
  return secrets.flatMap((name, index) => {
    const path = `$.secrets[${index}]`;
    if (secrets.indexOf(name) !== index)
      return [{ path, found: `${shortened(name)} a second time`, expected: 'each secret once' }];
    if (context.secrets.has(name)) return [];
    const expected = `a secret of ${application}; 'berth secret set ${name} --application ${application}' keeps one`;
    return [{ path, found: shortened(name), expected }];
  });
}
