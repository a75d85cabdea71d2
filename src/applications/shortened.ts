const LONGEST = 80;

/** A value that somebody sent, as JSON on one line and short enough to be shown. */
export function shortened(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text =
    typeof value === 'string' ? JSON.stringify(value.slice(0, LONGEST * 2)) : JSON.stringify(outline(value, 0));
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

// What is shown at most, so that a huge value is not written out whole to be cut.
function outline(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.slice(0, LONGEST);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 2) return '…';
  if (Array.isArray(value)) return value.slice(0, 10).map((item) => outline(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 10)
      .map(([key, item]) => [key.slice(0, LONGEST), outline(item, depth + 1)]),
  );
}
