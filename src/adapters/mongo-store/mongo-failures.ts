// What an error of the database means for whoever asked.
import {
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
} from 'mongodb';

/** Numbers of MongoDB that may pass by themselves. */
const PASSING: ReadonlySet<number> = new Set([
  6, // host unreachable
  7, // host not found
  50, // the operation took too long
  64, // too few members acknowledged it in time
  89, // the network was too slow
  91, // the server is shutting down
  112, // two writes of one document at once
  134, // what is committed by the majority is not known yet
  189, // the primary stepped down
  246, // the snapshot is not there
  262, // the operation took too long
  9001, // socket closed
  10107, // not the primary
  11600, // interrupted by the shutdown
  11602, // interrupted by a change of primary
  13435, // not the primary
  13436, // neither primary nor recovering
]);

const DUPLICATE = 11000;
const UNAUTHORIZED = 13;

/** The write was judged by what the majority of the servers does not know yet: it will be looked at again. */
export class NotSettledYet extends Error {
  override readonly name = 'NotSettledYet';
}

/** Whether the same command may succeed later: the connection was lost, another server is becoming the primary. */
export function mayPass(error: unknown): boolean {
  if (error instanceof NotSettledYet || error instanceof MongoNetworkError) return true;
  if (error instanceof MongoServerSelectionError || error instanceof MongoWriteConcernError) return true;
  if (error instanceof MongoBulkWriteError && writeErrors(error).length === 0) return true;
  if (error instanceof MongoError && error.hasErrorLabel('RetryableWriteError')) return true;
  return error instanceof MongoServerError && PASSING.has(Number(error.code));
}

/** The place in a batch of the write whose id exists already, where that is what went wrong. */
export function duplicateAt(error: unknown): number | undefined {
  if (!(error instanceof MongoBulkWriteError)) return undefined;
  const [first] = writeErrors(error);
  return first?.code === DUPLICATE ? first.index : undefined;
}

/** Whether something with that id or name is there already. */
export function isPresent(error: unknown): boolean {
  const NAMESPACE_EXISTS = 48;
  return error instanceof MongoServerError && [DUPLICATE, NAMESPACE_EXISTS].includes(Number(error.code));
}

/** Whether this account may not do that. */
export function isUnauthorized(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === UNAUTHORIZED;
}

/** What the database or the network said. A refusal for want of rights repeats the whole command, documents and all, so it is named only. */
export function detailOf(error: unknown): string {
  if (isUnauthorized(error)) return 'this account has no right to do that (Unauthorized)';
  return error instanceof Error ? error.message || error.name : String(error);
}

function writeErrors({
  writeErrors,
}: MongoBulkWriteError): readonly { readonly code: number; readonly index: number }[] {
  return 'length' in writeErrors ? writeErrors : [writeErrors];
}
