// Deadlines: every wait of this adapter goes through here.
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';

/** How long an act may take, and what ends it early. */
export interface Limit {
  readonly clock: Clock;
  readonly delayMs: number;
  /** Whose answer is awaited, and to what; for the error. */
  readonly address: string;
  readonly act: string;
  /** Aborted when the connection is gone. */
  readonly gone: AbortSignal;
}

/**
 * Runs an act that is told by a signal when its time is up or the connection is gone, and rejects then even if it does not listen.
 * @throws machine.timeout, machine.disconnected
 */
export async function within<T>(limit: Limit, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const own = new AbortController();
  const fallGone = () => own.abort(limit.gone.reason);
  if (limit.gone.aborted) throw limit.gone.reason;
  limit.gone.addEventListener('abort', fallGone, { once: true });
  const cancel = limit.clock.after(limit.delayMs, () => own.abort(timeoutError(limit)));
  try {
    return await Promise.race([work(own.signal), rejection(own.signal)]);
  } finally {
    cancel();
    limit.gone.removeEventListener('abort', fallGone);
  }
}

/** The error of a wait that took too long. */
export function timeoutError(limit: Pick<Limit, 'address' | 'act' | 'delayMs'>): BerthError {
  return new BerthError('machine.timeout', { address: limit.address, act: limit.act, seconds: limit.delayMs / 1000 });
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}
