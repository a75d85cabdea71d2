// Brokers that find out among themselves who answers for what: after a start, or when one of them stood still. They say so, and settle it
// within seconds.
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { says } from './kafka-fault.ts';
import { backoffMs, type Pauses } from './waiting.ts';

const UNSETTLED = [
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'LEADER_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'NOT_LEADER_OR_FOLLOWER',
  'UNKNOWN_LEADER_EPOCH',
];
const SETTLE_MS = 30_000;
const AGAIN_MS = { first: 250, max: 2000 } as const;

/** Tries again as long as they say that they have not settled it; rejects with what they say else, or say still after 30 seconds. */
export async function onceSettled<T>(
  {
    clock,
    log,
    pauses,
    what,
  }: { readonly clock: Clock; readonly log: Log; readonly pauses: Pauses; readonly what: string },
  act: () => Promise<T>,
): Promise<T> {
  const deadline = clock.monotonic() + SETTLE_MS;
  for (let failures = 1; ; failures++) {
    try {
      return await act();
    } catch (error) {
      const isOver = pauses.isOver || clock.monotonic() > deadline;
      if (isOver || !UNSETTLED.some((each) => says(error, each))) throw error;
      log.debug('The brokers have not settled who answers', { what, failures });
      await pauses.pause(backoffMs(failures, AGAIN_MS.first, AGAIN_MS.max));
    }
  }
}
