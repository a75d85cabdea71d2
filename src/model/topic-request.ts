// What clients ask over a message topic in place of HTTP.
import type { Instant } from './instant.ts';

/** One request that came over a topic, stored under its own id before it counts as taken: repeated, it is answered again and not done again. */
export interface TopicRequest {
  /** A digest of who asked and the id that the client gave. */
  readonly id: string;
  /** The id that the client gave. */
  readonly request: string;
  /** Name of the operation of the API. */
  readonly call: string;
  /** A digest of the message, without its credentials: the same id for something else is refused. */
  readonly digest: string;
  readonly takenAt: Instant;
  readonly state: 'taken' | 'answered';
  readonly status: number | null;
  /** JSON text of the answer; null: none yet. */
  readonly answer: string | null;
  readonly shard: number;
  readonly nextAt: Instant | null;
}
