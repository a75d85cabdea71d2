// Trying again what a database may answer later, until a deadline: what stores over a network have in common.
import { BerthError } from '../model/errors.ts';
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** Waits between tries, milliseconds: the first, doubled each time up to the longest. */
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 1000;

/** What the errors of a kind of database mean. */
export interface StoreFailures {
  /** Whether the same may succeed later. */
  mayPass(error: unknown): boolean;
  /** What people are told of it. */
  detailOf(error: unknown): string;
}

/** How long and with which clock to go on trying. */
export interface Persistence {
  readonly clock: Clock;
  readonly random: Random;
  /** No try begins after this long. */
  readonly withinMs: number;
  /** The database as errors may name it. */
  readonly address: string;
  readonly failures: StoreFailures;
}

/** Does something, again while its error may pass. @throws platform.store-unreachable at the deadline; any other error at once */
export async function persistently<T>(persistence: Persistence, act: () => Promise<T>): Promise<T> {
  const { clock, random, withinMs, failures } = persistence;
  const deadline = clock.monotonic() + withinMs;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await act();
    } catch (error) {
      if (!failures.mayPass(error)) throw error;
      if (clock.monotonic() + waitMs > deadline) throw unreachable(persistence, error);
    }
    await pause(clock, waitMs * (0.5 + random.fraction() / 2));
  }
}

/** The error of a database that does not answer, or not as one that can be used. */
export function unreachable({ address, failures }: Persistence, cause: unknown): BerthError {
  return new BerthError('platform.store-unreachable', { address, detail: failures.detailOf(cause) }, { cause });
}

function pause(clock: Clock, waitMs: number): Promise<void> {
  return new Promise((resolve) => void clock.after(waitMs, resolve));
}
