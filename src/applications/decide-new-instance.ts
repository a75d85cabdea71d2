// Judges a new instance by its file, by the package that it would run, and by the time. Pure: it gives the instance, or every problem.
import type { Problem } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import { shardOf } from '../model/shard.ts';
import { instanceConfiguration } from './instance-configuration.ts';
import { type InstanceContext, instanceFileFaults } from './instance-file-faults.ts';
import type { InstanceFile } from './instance-file-schema.ts';
import { scheduleOf } from './schedule-of.ts';

/** An instance that may be created, or every reason why it may not. */
export type NewInstance = { readonly instance: Instance } | { readonly problems: readonly Problem[] };

/** Decides whether an instance may be created as its file says; `id` is what it will be called for ever. */
export function decideNewInstance(file: InstanceFile, id: string, context: InstanceContext, now: Instant): NewInstance {
  const schedule = scheduleOf(file.schedule, { upstream: context.upstream.ids, before: null }, now);
  const problems = instanceFileFaults(file, context, schedule, now);
  if (problems.length > 0) return { problems };
  const { name, application, algorithm } = file;
  const instance = {
    ...{ id, name, application, algorithm },
    ...instanceConfiguration(file, context, schedule),
    earlier: [],
    skips: [],
    enabled: true,
    enabledAt: now,
    removing: false,
    createdAt: now,
    updatedAt: now,
    shard: shardOf(id),
  };
  return { instance };
}
