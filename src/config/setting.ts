// What one setting is.

/** How one setting is read and documented. */
export interface Setting {
  /** Environment variable that gives it. */
  readonly variable: string;
  readonly type: 'text' | 'number' | 'port' | 'milliseconds' | 'bytes' | 'list' | 'level';
  readonly fallback: string;
  readonly sentence: string;
}
