// Chance, as something that is handed in.

/** Ids, secrets and jitter. */
export interface Random {
  /** Lower-case letters and digits without look-alikes, `length` of them. */
  id(length: number): string;
  /** Uniform in [0, 1). */
  fraction(): number;
  /** Unguessable bytes. */
  bytes(count: number): Uint8Array;
}
