// Judges an instance that exists by a newer file of it. Pure: it gives the instance as it shall be with what changed, or every problem.
import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import { type InstanceConfiguration, instanceConfiguration } from './instance-configuration.ts';
import { type InstanceContext, instanceFileFaults } from './instance-file-faults.ts';
import type { InstanceFile } from './instance-file-schema.ts';
import { scheduleOf } from './schedule-of.ts';
import { shortened } from './shortened.ts';

/** An instance as it shall be, with the fields of its file that changed (none: it is as it was); or every reason why it may not. */
export type ChangedInstance =
  | { readonly instance: Instance; readonly changes: readonly string[] }
  | { readonly problems: readonly Problem[] };

const EARLIER_KEPT = 5;

/** What a file calls each field. */
const FIELDS: Readonly<Record<keyof InstanceConfiguration, string>> = {
  package: 'package',
  schedule: 'schedule',
  missed: 'missed',
  overlap: 'overlap',
  priority: 'priority',
  leadMs: 'lead',
  copies: 'copies',
  machine: 'machine',
  labels: 'place.labels',
  location: 'place.location',
  parameters: 'parameters',
  environment: 'environment',
  resources: 'resources',
  restart: 'restart',
  graceMs: 'grace',
  bindings: 'bindings',
  actionRules: 'notify and actions',
  secrets: 'secrets',
};

/** Decides whether an instance may become what its newer file says. */
export function decideChangedInstance(
  file: InstanceFile,
  before: Instance,
  context: InstanceContext,
  now: Instant,
): ChangedInstance {
  const schedule = scheduleOf(file.schedule, { upstream: context.upstream.ids, before: before.schedule }, now);
  const isRescheduled = !isDeepStrictEqual(schedule, before.schedule);
  const fixed = fixedFaults(file, before).map((fault) => ({ file: context.fileName, ...fault }));
  const problems = [...fixed, ...instanceFileFaults(file, context, isRescheduled ? schedule : null, now)];
  if (problems.length > 0) return { problems };
  const configuration = instanceConfiguration(file, context, schedule);
  const changes = changesBetween(before, configuration);
  if (changes.length === 0) return { instance: before, changes };
  const rescheduled = isRescheduled ? { earlier: earlierOf(before, now), skips: [] } : {};
  const kept = withoutOptional(before);
  return { instance: { ...kept, ...configuration, ...rescheduled, ...begunAnew(configuration, now) }, changes };
}

/** What the newer file does not say is not there any more. */
function withoutOptional({ bindings: _, actionRules: __, secrets: ___, ...rest }: Instance): Instance {
  return rest;
}

/** What an instance is stays what it is: its jobs and their output are told by it. */
function fixedFaults(file: InstanceFile, before: Instance): Omit<Problem, 'file'>[] {
  const fixed = ['name', 'application', 'algorithm'] as const;
  return fixed
    .filter((field) => file[field] !== before[field])
    .map((field) => ({
      path: `$.${field}`,
      found: shortened(file[field]),
      expected: `${shortened(before[field])}, as it is; for another, create another instance`,
    }));
}

function changesBetween(before: Instance, after: InstanceConfiguration): string[] {
  const names = Object.keys(FIELDS) as (keyof InstanceConfiguration)[];
  return names.filter((name) => !isDeepStrictEqual(before[name], after[name])).map((name) => FIELDS[name]);
}

function earlierOf(before: Instance, now: Instant): Instance['earlier'] {
  return [...before.earlier, { schedule: before.schedule, untilAt: now }].slice(-EARLIER_KEPT);
}

/** A job that never ends by itself would never take the change up: it begins again. */
function begunAnew({ schedule }: InstanceConfiguration, now: Instant): Partial<Instance> {
  return schedule.triggers.some(({ kind }) => kind === 'continuous') ? { enabledAt: now } : {};
}
