// The keys that seal secrets, kept outside the database: whoever has a copy of the database alone can open nothing.
import type { Instant } from '../model/instant.ts';

/** A sealed value: the key that opens it, and the value encrypted and authenticated, as text. */
export interface Sealed {
  readonly key: string;
  readonly sealed: string;
}

/** What may be told of a key. */
export interface KeyView {
  readonly id: string;
  readonly createdAt: Instant;
  /** Since when another one seals; null: it is the one that seals. */
  readonly retiredAt: Instant | null;
}

/** Keys. One of them seals, the others only open what they sealed before. */
export interface Keyring {
  /** Where the keys are, for people. */
  readonly place: string;
  /** Seals with the present key. What is sealed opens only for the same `bound`. */
  seal(bound: string, plain: Uint8Array): Promise<Sealed>;
  /** @throws secret.keys-missing, secret.unreadable when anything was changed or belongs to another `bound` */
  open(bound: string, sealed: Sealed): Promise<Uint8Array>;
  /** Makes a new key and seals with it from then on; resolves to its id when it is durable. */
  rotate(): Promise<string>;
  /** Every key, the one that seals last. */
  keys(): readonly KeyView[];
  /** Forgets a key for ever; the one that seals, or one that is not there, stays as it is. */
  forget(key: string): Promise<void>;
}
