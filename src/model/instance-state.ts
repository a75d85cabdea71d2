// What algorithms keep beyond their containers: small values by key, for each instance.
import type { Instant } from './instant.ts';

/** One value that an instance keeps. Id `<instance>/<key>`. Written by nodes for the tasks of the instance. */
export interface InstanceState {
  readonly id: string;
  readonly instance: string;
  readonly key: string;
  /** JSON text. */
  readonly value: string;
  readonly updatedAt: Instant;
  /** The task that wrote it. */
  readonly task: string;
}
