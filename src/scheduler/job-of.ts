// Makes the job of an origin: everything that it runs with is frozen here, so that later changes do not touch a job that exists.

import type { BindingWishes } from '../model/binding.ts';
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import { type Job, type JobOrigin, type JobSpec, jobId, jobShard } from '../model/job.ts';
import type { Algorithm } from '../model/package.ts';
import type { PackageCore } from './known-packages.ts';

/** What a job is made of. */
export interface JobIngredients {
  readonly instance: Instance;
  readonly package: PackageCore;
  readonly algorithm: Algorithm;
  readonly origin: JobOrigin;
  readonly startsAt: Instant;
  readonly endsAt: Instant | null;
  readonly parameters: Instance['parameters'];
  readonly why: string;
}

/** The job that these ingredients give; the same origin always gives the same id. */
export function jobOf(ingredients: JobIngredients, now: Instant): Job {
  const { instance, origin, startsAt, endsAt, why } = ingredients;
  return {
    id: jobId(instance.id, origin),
    instance: instance.id,
    application: instance.application,
    algorithm: instance.algorithm,
    package: ingredients.package.id,
    origin,
    startsAt,
    endsAt,
    copies: instance.copies,
    machine: instance.machine,
    priority: instance.priority,
    spec: specOf(ingredients),
    stop: null,
    why,
    createdAt: now,
    shard: jobShard(instance.id),
    open: 1,
  };
}

function specOf({ instance, algorithm, parameters, package: { config } }: JobIngredients): Job['spec'] {
  return {
    script: algorithm.script,
    kind: algorithm.kind,
    output: algorithm.output,
    network: config.network,
    ...(config.runtime === 'python' ? {} : { runtime: config.runtime }),
    ...sensorNeedsOf(instance, algorithm),
    ...(algorithm.actions.length === 0 ? {} : { actions: algorithm.actions }),
    ...(instance.secrets ? { secrets: instance.secrets } : {}),
    resources: { ...algorithm.resources, ...instance.resources },
    environment: { ...algorithm.environment, ...instance.environment },
    parameters,
    labels: instance.labels,
    location: instance.location,
    restart: instance.restart,
    graceMs: instance.graceMs,
    exactlyOne: algorithm.exactlyOne,
  };
}

function sensorNeedsOf({ bindings }: Instance, { sensors, controls }: Algorithm): Pick<JobSpec, 'sensorNeeds'> {
  if (sensors.length + controls.length === 0) return {};
  return { sensorNeeds: { sensors, controls, wishes: bindings ?? BY_TYPE } };
}

/** Whatever there is of the declared types; the job waits for what is missing. */
const BY_TYPE: BindingWishes = { sensors: {}, controls: {}, missing: 'wait' };
