// Copies what a container's log holds beyond what is kept of it.
import type { Machine } from '../ports/machine.ts';
import type { Continuity } from './log-alignment.ts';
import type { LogTail } from './log-tail.ts';

/** How a log is copied. */
export interface LogCopy {
  /** Whether to go on until the container ends, or only to the present end of its log. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Stores what is pending. */
  readonly flush: () => Promise<void>;
}

const ROTATED =
  "A part of the log is missing here: it was written faster than it could be kept, and Docker's own log had already dropped it.";

/** Adds every frame that is new to `tail`; resolves at the end of the log. A stretch that Docker does not have any more is recorded as a gap. */
export async function copyLog(tail: LogTail, machine: Pick<Machine, 'logs'>, copy: LogCopy): Promise<void> {
  const { sinceNs, alignment, newlines } = await tail.resume();
  const storing = new Storing(copy.flush);
  let begun = false;
  for await (const frames of machine.logs(tail.task, { sinceNs, follow: copy.follow, signal: copy.signal })) {
    const fresh = alignment.newIn(frames);
    if (fresh.length === 0) continue;
    if (!begun) await tellContinuity(tail, alignment.continuity);
    begun = true;
    if (tail.add(fresh.map((frame) => newlines.putBack(frame)))) await storing.begin();
    if (tail.full) await storing.ended;
  }
  await storing.ended;
}

/** At most one storing at a time, beside the reading: a disk that is slow to confirm gets more at once, instead of holding up the log. */
class Storing {
  readonly #flush: () => Promise<void>;
  #ended: Promise<void> = Promise.resolve();
  #runs = false;

  constructor(flush: () => Promise<void>) {
    this.#flush = flush;
  }

  /** Resolves with the present storing, or rejects as the last one did. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Begins to store unless that is under way. @throws what the last storing failed with */
  async begin(): Promise<void> {
    if (this.#runs) return;
    await this.#ended;
    this.#runs = true;
    this.#ended = this.#flush().finally(() => {
      this.#runs = false;
    });
    // Told by whoever waits for the end, or begins the next.
    this.#ended.catch(() => {});
  }
}

async function tellContinuity(tail: LogTail, continuity: Continuity): Promise<void> {
  if (continuity === 'torn') await tail.addGap(ROTATED);
  if (continuity === 'joined') await tail.removeLastGap();
}
