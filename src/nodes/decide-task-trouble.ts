// What a failed act means for its task: nothing but waiting, another try, or its end.
import { backoffMs } from '../engine/backoff.ts';
import { BerthError, type ErrorCode } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import { taskFirstStatus } from './task-first-status.ts';
import type { TaskDecision, TaskSnapshot } from './task-step.ts';

/** Say nothing about the task: its node's connection is gone or overfull, and the session or time sees to that. */
const NOT_ITS_OWN: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['machine.disconnected', 'machine.busy']);

/** How soon a task looks again when nothing wakes it. */
const LOOK_AGAIN_MS = 1000;

/** Judges an act that failed before the container ran. Errors outside the registry are a fault of this program: they are tried again too. */
export function decideTaskTrouble(snapshot: TaskSnapshot, error: unknown, now: Instant): TaskDecision {
  if (error instanceof BerthError && NOT_ITS_OWN.has(error.code))
    return { steps: [], wakeAt: now + LOOK_AGAIN_MS, why: error.message };
  const terminal = error instanceof BerthError && !error.retryable;
  const attempts = (snapshot.status ?? taskFirstStatus(snapshot.task)).attempts + 1;
  if (terminal || attempts >= snapshot.settings.actTries) return failed(attempts, error, now);
  return tryAgain(snapshot, attempts, error, now);
}

function failed(attempts: number, error: unknown, now: Instant): TaskDecision {
  const tries = attempts > 1 ? ` (try ${attempts})` : '';
  const reason = `It could not be started${tries}: ${inWords(error)}`;
  const change = { state: 'failed', reason, attempts, endedAt: now, container: 'kept', nextAt: now } as const;
  return { steps: [{ do: 'record', change }], wakeAt: now, why: reason };
}

function tryAgain(snapshot: TaskSnapshot, attempts: number, error: unknown, now: Instant): TaskDecision {
  const wakeAt = now + backoffMs(attempts, snapshot.settings.actBackoff, snapshot.fraction);
  const reason = `Try ${attempts} failed and is repeated: ${inWords(error)}`;
  return { steps: [{ do: 'record', change: { reason, attempts, nextAt: wakeAt } }], wakeAt, why: reason };
}

function inWords(error: unknown): string {
  if (error instanceof BerthError) return `${error.message} ${error.remedy}`;
  return error instanceof Error ? error.message : String(error);
}
