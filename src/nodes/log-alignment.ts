// Joining what a container's log gives anew to what is stored of it. Docker gives the same frames in the same order every time, and its
// `since` looks only at each frame's time, which is not in order: the two streams are stamped before they are queued, and all pieces of
// a line longer than 16 KiB, or not yet ended, carry the time of its first piece. So one resumes a little early and leaves out, counted, what is stored.
import { hash } from 'node:crypto';
import type { KeptFrame } from './log-entry.ts';

/** How far the times of neighbouring frames may be out of order. */
const OVERLAP_NS = 2_000_000_000n;

/**
 * The time from which a log is to be read again, when `stored` is the end of what is kept of it: shortly before the last frame of each stream.
 * The last, not the latest: a machine's clock may have been set back.
 */
export function resumeSinceNs(stored: readonly KeptFrame[]): bigint {
  const last = new Map<KeptFrame['stream'], bigint>();
  for (const frame of stored) last.set(frame.stream, frame.atNs);
  const [earliest = 0n] = [...last.values()].toSorted(byTime);
  return earliest > OVERLAP_NS ? earliest - OVERLAP_NS : 0n;
}

/** `fresh`: nothing was stored. `joined`: the last stored frame came again, so that nothing is missing after it. `torn`: it did not. */
export type Continuity = 'fresh' | 'joined' | 'torn';

/** Tells frames that are stored already from those that are new, each as often as it is stored. */
export class LogAlignment {
  readonly #stored = new Map<string, number>();
  readonly #lastKey: string | undefined;
  readonly #untilNs: bigint;
  #continuity: Continuity;

  /** `stored` are the frames that are kept from the resumed time on, in their order. */
  constructor(stored: readonly KeptFrame[]) {
    for (const frame of stored) {
      const key = frameKey(frame);
      this.#stored.set(key, (this.#stored.get(key) ?? 0) + 1);
    }
    const last = stored.at(-1);
    this.#lastKey = last && frameKey(last);
    this.#continuity = last ? 'torn' : 'fresh';
    this.#untilNs = latestNs(stored) + OVERLAP_NS;
  }

  /** Takes the next frame that the container's log gives: whether it is new. */
  isNew(frame: KeptFrame): boolean {
    if (this.#stored.size === 0) return true;
    const key = frameKey(frame);
    const left = this.#stored.get(key);
    if (left === undefined) return this.#passed(frame);
    if (left > 1) this.#stored.set(key, left - 1);
    else this.#stored.delete(key);
    if (key === this.#lastKey) this.#continuity = 'joined';
    return false;
  }

  /** Well after everything stored, what has not come again does not come any more, and need not be looked for. */
  #passed(frame: KeptFrame): true {
    if (frame.atNs > this.#untilNs) this.#stored.clear();
    return true;
  }

  /** What is known so far; certain at the first new frame. */
  get continuity(): Continuity {
    return this.#continuity;
  }
}

function byTime(a: bigint, b: bigint): number {
  return a < b ? -1 : 1;
}

function latestNs(frames: readonly KeptFrame[]): bigint {
  let latest = 0n;
  for (const { atNs } of frames) if (atNs > latest) latest = atNs;
  return latest;
}

function frameKey(frame: KeptFrame): string {
  const given = frame.newlinePutBack ? frame.bytes.subarray(1) : frame.bytes;
  const digest = hash('sha1', given, 'buffer').toString('latin1', 0, 12);
  return `${frame.atNs.toString(36)}${frame.stream === 'stdout' ? 'o' : 'e'}${digest}`;
}
