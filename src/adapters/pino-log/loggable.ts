// What may stand in a log line: fields without secrets, errors with their codes and causes, everything bounded.

/** Keys whose values are secrets, wherever they stand and however they are written. */
const SECRET = /token|password|passphrase|authorization|secret|cookie|private.?key/i;

/** Credentials inside texts: after the scheme of an Authorization header, and in the user part of a URL. */
const CREDENTIALS = /\b(Bearer|Basic) [\w.~+/=-]+|(?<=:\/\/)[^/\s:@]+:[^/\s@]+(?=@)/g;

const DEEPEST = 6;
const MOST_ENTRIES = 100;
const REDACTED = '[redacted]';

/** A value as it is logged; `depth` counts down to where nested values are only named. */
export function loggable(value: unknown, depth: number = DEEPEST): unknown {
  if (typeof value === 'string') return value.replaceAll(CREDENTIALS, REDACTED);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Date) return value;
  if (depth === 0) return Array.isArray(value) ? '[array]' : '[object]';
  if (value instanceof Error) return loggableError(value, depth);
  if (Array.isArray(value)) return value.slice(0, MOST_ENTRIES).map((item) => loggable(item, depth - 1));
  return loggableFields(value, depth);
}

function loggableFields(value: object, depth: number): Readonly<Record<string, unknown>> {
  const entries = Object.entries(value).slice(0, MOST_ENTRIES);
  return Object.fromEntries(
    entries.map(([key, field]) => [key, SECRET.test(key) ? REDACTED : loggable(field, depth - 1)]),
  );
}

function loggableError(error: Error, depth: number): Readonly<Record<string, unknown>> {
  const own = loggableFields(error, depth);
  const rest = {
    ...(error.stack === undefined ? {} : { stack: loggable(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: loggable(error.cause, depth - 1) }),
    ...(error instanceof AggregateError ? { errors: loggable(error.errors, depth - 1) } : {}),
  };
  return { type: error.name, message: loggable(error.message), ...own, ...rest };
}
