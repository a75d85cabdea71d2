// Statements for many rows are prepared for few different numbers of them.

/** Cuts items into pieces, each as long as a power of two, the longest of at most `most` items. */
export function* powersOfTwo<T>(items: readonly T[], most: number): Generator<readonly T[]> {
  let size = most;
  for (let from = 0; from < items.length; from += size) {
    while (size > items.length - from) size /= 2;
    yield items.slice(from, from + size);
  }
}
