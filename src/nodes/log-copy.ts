// Copies what a container's log holds beyond what is kept of it.
import type { Machine } from '../ports/machine.ts';
import type { Continuity } from './log-alignment.ts';
import type { LogTail } from './log-tail.ts';

/** How a log is copied. */
export interface LogCopy {
  /** Whether to go on until the container ends, or only to the present end of its log. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Stores what is pending; no more than a segment is read until it resolves. */
  readonly flush: () => Promise<void>;
}

const ROTATED =
  "A part of the log is missing here: it was written faster than it could be kept, and Docker's own log had already dropped it.";

/** Adds every frame that is new to `tail`; resolves at the end of the log. A stretch that Docker does not have any more is recorded as a gap. */
export async function copyLog(tail: LogTail, machine: Pick<Machine, 'logs'>, copy: LogCopy): Promise<void> {
  const { sinceNs, alignment, newlines } = await tail.resume();
  let begun = false;
  let storing = Promise.resolve();
  for await (const frame of machine.logs(tail.task, { sinceNs, follow: copy.follow, signal: copy.signal })) {
    if (!alignment.isNew(frame)) continue;
    if (!begun) await tellContinuity(tail, alignment.continuity);
    begun = true;
    if (!tail.add(newlines.putBack(frame))) continue;
    await storing;
    storing = copy.flush();
    // Told below, or before the next.
    storing.catch(() => {});
  }
  await storing;
}

async function tellContinuity(tail: LogTail, continuity: Continuity): Promise<void> {
  if (continuity === 'torn') await tail.addGap(ROTATED);
  if (continuity === 'joined') await tail.removeLastGap();
}
