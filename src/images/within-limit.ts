// Puts a deadline on something that cannot be called off.
import type { Clock } from '../ports/clock.ts';

/** The work's own outcome, or the rejection that `late` makes once `limitMs` have passed; the work then goes on unheard. */
export async function withinLimit<T>(clock: Clock, limitMs: number, work: Promise<T>, late: () => Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(limitMs, () => reject(late()));
  try {
    return await Promise.race([work, promise]);
  } finally {
    cancel();
  }
}
