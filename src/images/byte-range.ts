// Reads the Range header (RFC 9110, 14.2) as far as engines use it: one range of bytes.

/** From `start` up to and without `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The range that a header asks for; undefined for everything, also when the header says what need not be understood. */
export function byteRange(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (!match || (first === '' && last === '')) return undefined;
  if (first === '') return tailOf(sizeBytes, Number(last));
  const start = Number(first);
  const end = last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  return start < sizeBytes && start < end ? { start, end } : 'unsatisfiable';
}

function tailOf(sizeBytes: number, length: number): ByteRange | 'unsatisfiable' {
  return length === 0 || sizeBytes === 0 ? 'unsatisfiable' : { start: Math.max(0, sizeBytes - length), end: sizeBytes };
}
