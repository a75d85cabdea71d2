// How chunks are named: by the put that they belong to and their number in it, so that they sort.

/** Digits of a chunk's number: more chunks than any blob has. */
const DIGITS = 7;

/** The id of a chunk. */
export function chunkId(put: string, number: number): string {
  return `${put}-${String(number).padStart(DIGITS, '0')}`;
}
