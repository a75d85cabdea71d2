// What the local engine throws, in the words of the registry.
import { BerthError } from '../../model/errors.ts';

/** HTTP status of the engine's answer, where the error is one. */
export function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** The error of the registry for anything that an exchange with the engine can throw. */
export function engineFailure(error: unknown, act: string): BerthError {
  if (error instanceof BerthError) return error;
  const words = error instanceof Error ? error.message : String(error);
  const status = statusOf(error);
  if (status === undefined) return new BerthError('provider.unreachable', { act, reason: words }, { cause: error });
  const code = status >= 500 || status === 409 ? 'provider.failed' : 'provider.refused';
  return new BerthError(code, { act, words }, { cause: error });
}
