// How far a reader of one log has come, so that they can go on at another process's end of the log without a hole and without a double.
//
// A place counts frames behind a stored segment: segments are only ever added to, at the end, and missing stretches are no frames. What a
// reader saw before it was stored, and was lost with the process that held it, comes again from the container's own log, and is left out then.
import type { LogSegment } from '../model/output.ts';
import { isGap, type LogEntry } from './log-entry.ts';
import type { LogSnapshot } from './log-tail-view.ts';

/** What is new to a reader in a log at one moment. */
export interface Unknown {
  /** Entries at the beginning that are known. */
  readonly known: number;
  /** What is not later than this is known as well. */
  readonly behindNs: bigint;
}

/** A reader's place in one log. */
export class LogPlace {
  #isBegun = false;
  readonly #first: number;
  /** The last segment with frames of the snapshot before, and how many it had. */
  #sequence = 0;
  #frames = 0;
  /** Frames that came behind that. */
  #behind = 0;
  /** Frames that the reader saw and that this end of the log does not have yet. */
  #ahead = 0;
  #lastNs = 0n;
  /** What comes of earlier times was seen. */
  #seenUntilNs = -1n;

  /** A reader who knows the first entries of what is kept, this many. */
  constructor(known: number) {
    this.#first = known;
  }

  /** Takes the log as it is now; what comes next comes behind it. */
  enter(snapshot: LogSnapshot): Unknown {
    const unknown = this.#unknownIn(snapshot);
    const last = snapshot.segments.findLast(({ frames }) => frames > 0);
    this.#isBegun = true;
    this.#sequence = last?.sequence ?? this.#sequence;
    this.#frames = last?.frames ?? 0;
    this.#behind = snapshot.pending.length;
    this.#see(snapshot.pending);
    return unknown;
  }

  /** Leaves out of what comes what the reader saw before. */
  pass(entries: readonly LogEntry[]): readonly LogEntry[] {
    this.#see(entries);
    const fresh = entries.filter((entry) => {
      if (isGap(entry)) {
        // What was seen of this stretch does not come again.
        this.#ahead = 0;
        this.#seenUntilNs = -1n;
        return true;
      }
      this.#behind++;
      if (this.#ahead === 0) return entry.atNs > this.#seenUntilNs;
      this.#ahead--;
      return false;
    });
    return fresh;
  }

  #see(entries: readonly LogEntry[]): void {
    for (const { atNs } of entries) if (atNs > this.#lastNs) this.#lastNs = atNs;
  }

  #unknownIn({ segments, pending }: LogSnapshot): Unknown {
    if (!this.#isBegun) return { known: this.#first, behindNs: this.#seenUntilNs };
    const [first] = segments;
    let left = this.#behind + this.#ahead;
    // Some of what was seen was removed since, and nobody can count it any more: time alone tells.
    if (first && left > 0 && first.sequence > Math.max(this.#sequence, 1)) {
      this.#ahead = 0;
      this.#seenUntilNs = this.#lastNs;
      return { known: 0, behindNs: this.#lastNs };
    }
    let known = 0;
    for (const segment of segments) {
      const frames = this.#knownOf(segment, left);
      const isOld = segment.sequence <= this.#sequence;
      if (segment.gap !== undefined && (isOld || left > 0)) known++;
      known += frames;
      if (!isOld) left -= frames;
      else if (segment.sequence === this.#sequence) left -= frames - this.#frames;
    }
    const seen = Math.min(left, pending.length);
    this.#ahead = left - seen;
    return { known: known + seen, behindNs: this.#seenUntilNs };
  }

  /** Frames of a segment that are known, when so many behind the place are. */
  #knownOf({ sequence, frames }: LogSegment, left: number): number {
    if (sequence < this.#sequence) return frames;
    return Math.min(frames, left + (sequence === this.#sequence ? this.#frames : 0));
  }
}
