// How long to wait after failures in a row.

/** The bounds of a backoff. */
export interface BackoffLimits {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Wait after the given number of failures in a row: doubles from `firstMs` to `maxMs`; `fraction` in [0, 1) takes off up to a fifth, so that many do not come back at once. */
export function backoffMs(failures: number, limits: BackoffLimits, fraction: number): number {
  const full = Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(Math.max(failures - 1, 0), 30));
  return Math.round(full * (1 - 0.2 * fraction));
}
