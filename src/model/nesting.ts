// How deeply a value that somebody sent is nested. Whatever looks at values step by step into them (checks, texts, copies) uses the
// stack for each step, and a message of some kilobytes can be nested deeper than any stack.

/** Lists and objects within each other, at most, in what the platform takes in. */
export const DEEPEST = 100;

/** Whether lists and objects lie within each other more than `DEEPEST` deep. */
export function isTooDeep(value: unknown): boolean {
  let level: readonly object[] = isNest(value) ? [value] : [];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((each) => Object.values(each).filter(isNest));
  }
  return false;
}

function isNest(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}
