// The error of a transaction that was not done.
import { BerthError } from '../../model/errors.ts';

/** Why nothing of a group was written, as people are told. */
export function storeFailed(cause: unknown): BerthError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new BerthError('platform.store-failed', { detail }, { cause });
}
