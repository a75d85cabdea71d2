// The machine's own time.
import { performance } from 'node:perf_hooks';
import type { Instant } from '../../model/instant.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';

/** Longest sleep before wall time is looked at again, milliseconds: how late a jump of the wall clock is noticed. */
const LOOK_AGAIN_MS = 1000;

/** Longest sleep of a monotonic timer, milliseconds: Node turns anything above 2^31 - 1 into 1. */
const LONGEST_SLEEP_MS = 2 ** 30;

/** The clock of a platform that runs for real. Its timers keep the process alive. */
export class SystemClock implements Clock {
  now(): Instant {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  at(at: Instant, ring: () => void): Cancel {
    return timer(() => at - Date.now(), LOOK_AGAIN_MS, ring);
  }

  after(delayMs: number, ring: () => void): Cancel {
    const end = performance.now() + delayMs;
    return timer(() => end - performance.now(), LONGEST_SLEEP_MS, ring);
  }
}

// Never rings within the call that sets it, and never early: Node's own timers may be a fraction of a millisecond early.
function timer(remaining: () => number, longestMs: number, ring: () => void): Cancel {
  const sleep = () => setTimeout(look, Math.min(Math.max(remaining(), 0), longestMs));
  const look = () => {
    if (remaining() <= 0) ring();
    else sleeping = sleep();
  };
  if (Number.isNaN(remaining())) throw new TypeError('A timer needs a time');
  let sleeping = sleep();
  return () => clearTimeout(sleeping);
}
