// Nanoseconds since the epoch, as the engine writes and reads them.

const PER_SECOND = 1_000_000_000n;

/** RFC 3339 in UTC with up to nine digits of a second's fraction, as Go writes RFC3339Nano. @throws RangeError for anything else */
export function parseNanoseconds(text: string): bigint {
  const [, whole, fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text) ?? [];
  if (whole === undefined) throw new RangeError(`'${text}' is not a time of the engine`);
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** Seconds with nine decimals, as the engine's `since` takes them. */
export function sinceParameter(nanoseconds: bigint): string {
  return `${nanoseconds / PER_SECOND}.${String(nanoseconds % PER_SECOND).padStart(9, '0')}`;
}
