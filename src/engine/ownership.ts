// Which keys a process looks after, where several share them.

/** What the loop asks about keys. */
export interface Ownership {
  owns(key: string): boolean;
  /** Hints to whoever owns a key that it wants to be looked at. */
  passOn(key: string): void;
}
