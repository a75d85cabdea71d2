// Nanoseconds since the epoch, as the engine writes and reads them.

const PER_SECOND = 1_000_000_000n;

/** Characters of a time before the fraction of its second. */
const SECOND_CHARACTERS = '2026-01-01T00:00:00'.length;

const DOT = 0x2e;
const ZERO = 0x30;
const Z = 0x5a;

/** RFC 3339 in UTC with up to nine digits of a second's fraction, as Go writes RFC3339Nano. @throws RangeError for anything else */
export function parseNanoseconds(text: string): bigint {
  const [, whole, fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text) ?? [];
  if (whole === undefined) throw new RangeError(`'${text}' is not a time of the engine`);
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** Reads the times of frames one after the other: most are of the same second as the one before, whose date is not parsed again. */
export class TimeReader {
  #second = '';
  #secondNs = 0n;

  /** The time that is written from `start` to `end`. @throws RangeError for anything else */
  read(bytes: Buffer, start: number, end: number): bigint {
    const dot = start + SECOND_CHARACTERS;
    const second = bytes.toString('latin1', start, dot);
    const fraction = second === this.#second ? nanosecondsOf(bytes, dot, end) : undefined;
    if (fraction !== undefined) return this.#secondNs + BigInt(fraction);
    const atNs = parseNanoseconds(bytes.toString('latin1', start, end));
    this.#second = second;
    this.#secondNs = atNs - (atNs % PER_SECOND);
    return atNs;
  }
}

/** The fraction of a second from its dot to the final Z; undefined when that is not what is written there. */
function nanosecondsOf(bytes: Buffer, dot: number, end: number): number | undefined {
  const last = end - 1;
  if (bytes[dot] !== DOT || bytes[last] !== Z || last - dot < 2 || last - dot > 10) return undefined;
  let fraction = 0;
  for (let index = dot + 1; index <= dot + 9; index++) {
    const digit = index < last ? (bytes[index] ?? 0) - ZERO : 0;
    if (digit < 0 || digit > 9) return undefined;
    fraction = fraction * 10 + digit;
  }
  return fraction;
}

/** Seconds with nine decimals, as the engine's `since` takes them. */
export function sinceParameter(nanoseconds: bigint): string {
  return `${nanoseconds / PER_SECOND}.${String(nanoseconds % PER_SECOND).padStart(9, '0')}`;
}
