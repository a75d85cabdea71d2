// What was found on one machine.

/** What of the platform is there. */
export interface ObservedMachine {
  /** Of the packages that are wanted. */
  readonly missingPackages: readonly string[];
  /** Digests of the programs that are unpacked. */
  readonly programs: readonly string[];
  /** Of the keys that are wanted, those that are let in. */
  readonly authorized: readonly string[];
  /** The one that runs; null: none. */
  readonly current: string | null;
  /** Digests of the Kafkas that are unpacked. */
  readonly kafkas: readonly string[];
  /** Of the engines that the supervisor keeps, those that answer. */
  readonly answeringEngines: readonly 'kafka'[];
  /** SHA-256 by path, of those that are there. */
  readonly files: Readonly<Record<string, string>>;
  /** Components that are started, by name: the path of what started them, and whether they answer that they are ready. */
  readonly components: Readonly<Record<string, { readonly path: string; readonly isHealthy: boolean }>>;
  /** Whether the own supervisor runs; true with systemd. */
  readonly isSupervised: boolean;
}
