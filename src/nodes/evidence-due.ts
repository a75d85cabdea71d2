// When what is left of a task that somebody ended is gathered: its successor starts first, and a start needs all that an engine can give.
import type { Instant } from '../model/instant.ts';

const AFTER_MS = 1000;

/** When log and output of a task that was ended from outside are gathered, by when it ended. */
export function evidenceDueAt(endedAt: Instant): Instant {
  return endedAt + AFTER_MS;
}
