// Trying again what may pass by itself, until a deadline.
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import { detailOf, mayPass } from './mysql-failures.ts';

/** Waits between tries, milliseconds: the first, doubled each time up to the longest. */
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 1000;

/** How long and with which clock to go on trying. */
export interface Persistence {
  readonly clock: Clock;
  readonly random: Random;
  /** No try begins after this long. */
  readonly withinMs: number;
  /** The database as errors may name it. */
  readonly address: string;
}

/** Does something, again while its error may pass. @throws platform.store-unreachable at the deadline; any other error at once */
export async function persistently<T>(persistence: Persistence, act: () => Promise<T>): Promise<T> {
  const { clock, random, withinMs } = persistence;
  const deadline = clock.monotonic() + withinMs;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await act();
    } catch (error) {
      if (!mayPass(error)) throw error;
      if (clock.monotonic() + waitMs > deadline) throw unreachable(persistence, error);
    }
    await pause(clock, waitMs * (0.5 + random.fraction() / 2));
  }
}

function pause(clock: Clock, waitMs: number): Promise<void> {
  return new Promise((resolve) => void clock.after(waitMs, resolve));
}

function unreachable({ address }: Persistence, cause: unknown): BerthError {
  return new BerthError('platform.store-unreachable', { address, detail: detailOf(cause) }, { cause });
}
