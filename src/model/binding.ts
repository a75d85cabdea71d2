// Which devices an algorithm's names stand for: wanted on the instance, resolved for each job.
import type { Instant } from './instant.ts';
import type { ControlNeed, SensorNeed } from './package.ts';

/** Which sensors a name may stand for; each part that is given must hold. The type is the declared one. */
export interface SensorQuery {
  /** There, or deeper. */
  readonly location?: string;
  /** All of them. */
  readonly tags?: readonly string[];
}

/** What one declared name is bound to: these sensors, in this order, or whatever a query finds when a job starts. */
export type BindingWish =
  | { readonly by: 'id'; readonly sensors: readonly string[] }
  | { readonly by: 'query'; readonly query: SensorQuery };

/**
 * What becomes of a job when a sensor of it is missing, disabled, silent or offline as it starts: `wait` until it is there, `run-without` it,
 * or `refuse` to run.
 */
export type MissingSensorPolicy = 'wait' | 'run-without' | 'refuse';

/** What an instance says of its sensors and controls. A declared name without a wish is bound by its type, anywhere. */
export interface BindingWishes {
  readonly sensors: Readonly<Record<string, BindingWish>>;
  readonly controls: Readonly<Record<string, BindingWish>>;
  readonly missing: MissingSensorPolicy;
}

/** What a job needs of sensors, frozen when it is made; absent on a job that needs none. */
export interface JobSensorNeeds {
  readonly sensors: readonly SensorNeed[];
  readonly controls: readonly ControlNeed[];
  readonly wishes: BindingWishes;
}

/** The sensors that a job's names stand for (same id as the job), decided as it starts. Written by sensors; deployment waits for it. */
export interface JobBinding {
  readonly id: string;
  readonly instance: string;
  readonly state: 'waiting' | 'bound' | 'refused';
  /** Why, in a sentence: what is missing and what is done about it, or how each was chosen. */
  readonly reason: string;
  /** Sensors by declared name, in order; fewer than declared where the policy is to run without. */
  readonly sensors: Readonly<Record<string, readonly string[]>>;
  readonly controls: Readonly<Record<string, readonly string[]>>;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly shard: number;
  readonly nextAt: Instant | null;
}
