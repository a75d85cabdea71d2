// From bytes to a message that is checked.
import { BerthError } from '../../model/errors.ts';
import type { Delivery, Topic, Topics } from '../../ports/bus.ts';
import type { Incoming } from './partition-reader.ts';

/** For each topic what makes a message of a JSON value, or throws when it is none. */
export type Checks = { readonly [T in Topic]: (value: unknown) => Topics[T] };

/** The delivery that lies in a message of the brokers. @throws bus.message-invalid */
export function decode<T extends Topic>(checks: Checks, topic: T, { key, value }: Incoming): Delivery<T> {
  const invalid = (detail: string, cause?: unknown) =>
    new BerthError('bus.message-invalid', { topic, detail }, { cause });
  if (value === null || value.length === 0) throw invalid('it is empty.');
  let json: unknown;
  try {
    json = JSON.parse(value.toString('utf8'));
  } catch {
    // What the parser says holds pieces of the message, which may be secret.
    throw invalid('it is not JSON.');
  }
  try {
    return { key: key?.toString('utf8') ?? '', message: checks[topic](json) };
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error), error);
  }
}
