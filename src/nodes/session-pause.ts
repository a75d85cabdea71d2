// Waiting in the background loops of a session, on the clock that was handed in.
import type { Clock } from '../ports/clock.ts';

/** Resolves after `ms` milliseconds, or at once when the signal aborts. */
export function sessionPause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = clock.after(ms, done);
    function done(): void {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
