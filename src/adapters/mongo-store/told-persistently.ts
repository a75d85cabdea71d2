// What is asked of MongoDB, again while that may help; its own errors are told as ours.
import { BerthError } from '../../model/errors.ts';
import { type Persistence, persistently } from '../../ports/store-persistence.ts';
import { detailOf } from './mongo-failures.ts';

/**
 * Does something, again while its error may pass.
 * @throws platform.store-unreachable at the deadline, platform.store-failed for any other error of the database, at once
 */
export async function toldPersistently<T>(persistence: Persistence, act: () => Promise<T>): Promise<T> {
  try {
    return await persistently(persistence, act);
  } catch (error) {
    if (!(error instanceof Error) || !error.name.startsWith('Mongo')) throw error;
    throw new BerthError('platform.store-failed', { detail: detailOf(error) }, { cause: error });
  }
}
