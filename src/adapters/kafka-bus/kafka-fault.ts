// What the driver's errors mean to people.
import { BerthError } from '../../model/errors.ts';

const FORBIDDEN = new Set(['TOPIC_AUTHORIZATION_FAILED', 'GROUP_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED']);
const UNREACHED = new Set(['PLT_KFK_NETWORK', 'PLT_KFK_TIMEOUT']);
const MOST_CHARACTERS = 300;

/** One of Berth's errors for one of the driver's. `what` completes the sentence 'the brokers refuse …'. */
export function kafkaFault(error: unknown, brokers: readonly string[], what: string): BerthError {
  if (error instanceof BerthError) return error;
  const all = causes(error);
  const detail = lastWords(all);
  const at = brokers.join(', ');
  const cause = { cause: error };
  if (all.some((each) => each.code === 'PLT_KFK_AUTHENTICATION'))
    return new BerthError('bus.login-refused', { brokers: at, detail }, cause);
  if (all.some((each) => FORBIDDEN.has(String(each.apiId))))
    return new BerthError('bus.forbidden', { what, detail }, cause);
  if (all.some((each) => UNREACHED.has(String(each.code))))
    return new BerthError('bus.unreachable', { brokers: at, detail }, cause);
  return new BerthError('bus.failed', { what, detail }, cause);
}

/** Whether the brokers said this, by their name for it, somewhere within an error. */
export function says(error: unknown, apiId: string): boolean {
  return causes(error).some((each) => each.apiId === apiId);
}

interface Cause {
  readonly message: string;
  readonly code?: unknown;
  readonly apiId?: unknown;
  readonly errors?: unknown;
  readonly cause?: unknown;
}

/** An error, those that it gathers and those that it stems from; bounded, for errors of many retries gather many. */
function causes(error: unknown, found: Cause[] = []): Cause[] {
  if (!isCause(error) || found.length > 100 || found.includes(error)) return found;
  found.push(error);
  if (Array.isArray(error.errors)) for (const each of error.errors) causes(each, found);
  return causes(error.cause, found);
}

function isCause(error: unknown): error is Cause {
  return typeof error === 'object' && error !== null && 'message' in error;
}

/** The deepest cause says most. */
function lastWords(all: readonly Cause[]): string {
  const last = all.at(-1);
  return (last ? String(last.message) : 'no reason was given').slice(0, MOST_CHARACTERS);
}
