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
  /** What is stored and, up to `next`, came again in the same order, as it nearly always does; empty when it came, or is counted. */
  #expected: readonly KeptFrame[];
  #next = 0;
  /** What is stored and did not come yet, by key and number, once something came out of order. */
  readonly #left = new Map<string, number>();
  readonly #last: KeptFrame | undefined;
  readonly #untilNs: bigint;
  #continuity: Continuity;
  /** Of the moment when the first new frame came. */
  #certain: Continuity | undefined;

  /** `stored` are the frames that are kept from the resumed time on, in their order. */
  constructor(stored: readonly KeptFrame[]) {
    this.#expected = stored;
    this.#last = stored.at(-1);
    this.#continuity = this.#last ? 'torn' : 'fresh';
    this.#untilNs = latestNs(stored) + OVERLAP_NS;
  }

  /** Takes the next frames that the container's log gives; those of them that are new. */
  newIn<F extends KeptFrame>(frames: readonly F[]): readonly F[] {
    return this.#isOver ? frames : frames.filter((frame) => this.#isNew(frame));
  }

  /** What is known so far; certain at the first new frame. */
  get continuity(): Continuity {
    return this.#certain ?? this.#continuity;
  }

  /** Whether everything that comes is new. */
  get #isOver(): boolean {
    return this.#expected.length === 0 && this.#left.size === 0;
  }

  #isNew(frame: KeptFrame): boolean {
    const known = this.#comesInOrder(frame) || this.#isCounted(frame);
    if (!known) this.#certain ??= this.#continuity;
    else if (this.#last && areSame(frame, this.#last)) this.#continuity = 'joined';
    return !known;
  }

  #comesInOrder(frame: KeptFrame): boolean {
    const expected = this.#expected[this.#next];
    if (!expected) return false;
    if (!areSame(frame, expected)) {
      this.#count(this.#expected.slice(this.#next));
      return false;
    }
    this.#next += 1;
    if (this.#next === this.#expected.length) this.#expected = [];
    return true;
  }

  #count(frames: readonly KeptFrame[]): void {
    this.#expected = [];
    for (const frame of frames) {
      const key = frameKey(frame);
      this.#left.set(key, (this.#left.get(key) ?? 0) + 1);
    }
  }

  #isCounted(frame: KeptFrame): boolean {
    if (this.#left.size === 0) return false;
    const key = frameKey(frame);
    const left = this.#left.get(key);
    if (left === undefined) return this.#passed(frame);
    if (left > 1) this.#left.set(key, left - 1);
    else this.#left.delete(key);
    return true;
  }

  /** Well after everything stored, what has not come again does not come any more, and need not be looked for. */
  #passed(frame: KeptFrame): false {
    if (frame.atNs > this.#untilNs) this.#left.clear();
    return false;
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
  const digest = hash('sha1', givenBytes(frame), 'buffer').toString('latin1', 0, 12);
  return `${frame.atNs.toString(36)}${frame.stream === 'stdout' ? 'o' : 'e'}${digest}`;
}

function areSame(one: KeptFrame, other: KeptFrame): boolean {
  return one.atNs === other.atNs && one.stream === other.stream && givenBytes(one).equals(givenBytes(other));
}

/** What the engine gave of a frame. */
function givenBytes({ bytes, newlinePutBack }: KeptFrame): Buffer {
  return newlinePutBack ? bytes.subarray(1) : bytes;
}
