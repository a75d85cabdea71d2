/** A point in time: whole milliseconds since 1970-01-01T00:00:00Z. Field names of this type end in `At`. */
export type Instant = number;

let last = { at: 0, text: '1970-01-01T00:00:00.000Z' };

/** An instant in ISO 8601, UTC, with milliseconds. The last one is remembered: what is done at once mostly names the same one. */
export function isoInstant(at: Instant): string {
  if (last.at !== at) last = { at, text: new Date(at).toISOString() };
  return last.text;
}
