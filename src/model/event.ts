// What happened, for people: append-only, bounded by age and number.
import type { Instant } from './instant.ts';

/** One thing that happened. Its id sorts by time. */
export interface Event {
  readonly id: string;
  readonly at: Instant;
  /** Dotted: `task.running`, `node.unreachable`, `package.accepted` … */
  readonly kind: string;
  /** Key of what it is about: `job:…`, `task:…`, `node:…`, `instance:…`, `application:…`. */
  readonly subject: string;
  readonly application: string | null;
  readonly text: string;
  readonly evidence: Readonly<Record<string, string | number | boolean | null>>;
}
