// Time, as something that is handed in: only the engine and adapters hold a Clock.
import type { Instant } from '../model/instant.ts';

/** Ends a timer; calling it again, or after the timer rang, does nothing. */
export type Cancel = () => void;

/** Wall time, monotonic time and timers. */
export interface Clock {
  now(): Instant;
  /** Milliseconds on a clock that never jumps; only differences mean anything. */
  monotonic(): number;
  /** Rings once when wall time has reached `at`, clock jumps included; at once when that is past. */
  at(at: Instant, ring: () => void): Cancel;
  /** Rings once after that many milliseconds of monotonic time. */
  after(delayMs: number, ring: () => void): Cancel;
}
