// The end of one task's log while it is written: what came and is not stored yet, and who watches.
//
// INVARIANTS:
// - Stored segments and then `pending`, read within one turn, are the whole log without doubles.
// - `pending` stays bounded: whoever adds begins a `flush` once `add` said that it is due, and waits for its end while the tail is `full`.
// - What is in `pending` is still in Docker's own log; losing it with the process loses nothing.
import type { LogSegment } from '../model/output.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { StoreConflict } from '../ports/store.ts';
import { FULL_SEGMENT_BYTES, FULL_SEGMENT_FRAMES, LogAppender } from './log-appender.ts';
import type { LogBudget } from './log-budget.ts';
import type { KeptFrame, LogEntry } from './log-entry.ts';
import { FRAME_HEADER_BYTES } from './log-frames.ts';
import { type LogResume, loadLogResume } from './log-resume.ts';
import { type LogKeeping, segmentsOf } from './log-segments.ts';
import type { LogSink, LogSnapshot, TailView } from './log-tail-view.ts';

/** What a tail needs. */
export interface LogTailParts extends LogKeeping {
  readonly clock: Clock;
  readonly log: Log;
  readonly budget: LogBudget;
  /** A task's log grew by many segments: time to look at its limit. */
  readonly onGrown: (task: string) => Promise<void>;
}

/** What a frame costs in memory beside its bytes, roughly. */
const FRAME_OVERHEAD_BYTES = FRAME_HEADER_BYTES + 120;

/** Held for one log at most, and a batch more: what comes while a disk takes its time. */
const MOST_PENDING_BYTES = 4 * 1024 * 1024;

/** Stored early from here on when all tails together hold too much. */
const EARLY_BYTES = 16 * 1024;

const OLDEST_PENDING_MS = 15_000;

/** Segments between two looks at the limit of a task's log. */
const SEGMENTS_PER_LOOK = 64;

/** The growing end of one task's log. */
export class LogTail implements TailView {
  readonly task: string;
  readonly #parts: LogTailParts;
  readonly #appender: LogAppender;
  readonly #viewers = new Set<LogSink>();
  #pending: KeptFrame[] = [];
  #pendingBytes = 0;
  #added = 0;
  /** What of `pending` came after the last storing began. */
  #fresh = { frames: 0, bytes: 0 };
  /** Frames of `pending` whose storing was tried and not answered; they are tried again together. */
  #offered = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #timer: Cancel | undefined;
  #torn: StoreConflict | undefined;
  #lookedAtSequence = 0;
  #isOver = false;

  constructor(parts: LogTailParts, task: string) {
    this.#parts = parts;
    this.task = task;
    this.#appender = new LogAppender(parts, task);
  }

  /** Takes frames and shows them to viewers; true when what was not offered to be stored yet is a segment. @throws StoreConflict when the log must be resumed */
  add(frames: readonly KeptFrame[]): boolean {
    if (this.#torn) throw this.#torn;
    const bytes = frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
    for (const frame of frames) this.#pending.push(frame);
    this.#hold(bytes + frames.length * FRAME_OVERHEAD_BYTES);
    this.#added += frames.length;
    this.#fresh.frames += frames.length;
    this.#fresh.bytes += bytes;
    this.#show(frames);
    this.#timer ??= this.#parts.clock.after(OLDEST_PENDING_MS, () => this.#flushInBackground());
    return this.#parts.budget.exceeded ? this.#pendingBytes >= EARLY_BYTES : this.#hasSegment();
  }

  /** Frames that were added so far. */
  get added(): number {
    return this.#added;
  }

  /** Bytes that are not stored yet, and what they cost beside. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Whether nothing may be added before what is pending is stored. */
  get full(): boolean {
    return this.#pendingBytes >= (this.#parts.budget.exceeded ? EARLY_BYTES : MOST_PENDING_BYTES);
  }

  #hasSegment(): boolean {
    return this.#fresh.bytes >= FULL_SEGMENT_BYTES || this.#fresh.frames >= FULL_SEGMENT_FRAMES;
  }

  /** Stores what is pending. @throws StoreConflict when somebody else appended, after which the log must be resumed */
  flush(): Promise<void> {
    return this.#inTurn(() => this.#store());
  }

  /** Where to read the container's log from, and what of that is known. */
  resume(): Promise<LogResume> {
    return this.#inTurn(() => {
      this.#torn = undefined;
      return loadLogResume(this.#parts, this.task, this.#pending);
    });
  }

  /** Records that what comes before the next frame is missing. */
  addGap(gap: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#store();
      const at = this.#parts.clock.now();
      await this.#appender.appendGap(gap, at);
      this.#show([{ atNs: BigInt(at) * 1_000_000n, gap }]);
    });
  }

  /** The stretch that was recorded as missing last comes now. */
  removeLastGap(): Promise<void> {
    return this.#inTurn(() => this.#appender.removeLastGap());
  }

  /** What is stored and what is pending at one moment. */
  snapshot(): Promise<LogSnapshot> {
    return this.#inTurn(() => this.#look(Array.fromAsync(segmentsOf(this.#parts.store, this.task))));
  }

  /** Shows `viewer` what is stored and what is pending, and everything after it. */
  watch(viewer: LogSink): Promise<void> {
    return this.watchFrom(viewer, () => Array.fromAsync(segmentsOf(this.#parts.store, this.task)));
  }

  /** The same for viewers who read what is stored for themselves, and need only so much of it. */
  watchFrom(viewer: LogSink, readStored: () => Promise<readonly LogSegment[]>): Promise<void> {
    return this.#inTurn(async () => {
      viewer.begin(await this.#look(readStored()));
      if (this.#isOver) viewer.cut();
      else this.#viewers.add(viewer);
    });
  }

  async #look(stored: Promise<readonly LogSegment[]>): Promise<LogSnapshot> {
    const segments = await stored;
    return { segments, pending: [...this.#pending] };
  }

  /** Takes a viewer away. */
  leave(viewer: LogSink): void {
    this.#viewers.delete(viewer);
  }

  /** Stops the timer and tells viewers that nothing more comes. What is pending is dropped. */
  end(): void {
    this.#over((viewer) => viewer.end());
  }

  /** The same when the log grows on in another process. */
  release(): void {
    this.#over((viewer) => viewer.cut());
  }

  #over(tell: (viewer: LogSink) => void): void {
    this.#isOver = true;
    this.#timer?.();
    this.#drop(this.#pending.length);
    for (const viewer of this.#viewers) tell(viewer);
    this.#viewers.clear();
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act);
    // Whoever asked gets the error; the next turn only waits for the end of this one.
    this.#turn = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  async #store(): Promise<void> {
    this.#timer?.();
    this.#timer = undefined;
    for (let left = this.#pending.length; left > 0; ) {
      this.#offered ||= left;
      const stored = this.#offered;
      if (stored === this.#pending.length) this.#fresh = { frames: 0, bytes: 0 };
      const sequence = await this.#append(this.#pending.slice(0, stored));
      this.#drop(stored);
      left -= stored;
      await this.#lookAtLimit(sequence);
    }
  }

  async #append(frames: readonly KeptFrame[]): Promise<number> {
    try {
      return await this.#appender.append(frames);
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      this.#torn = error;
      this.#drop(this.#pending.length);
      throw error;
    }
  }

  #drop(count: number): void {
    const dropped = this.#pending.splice(0, count);
    this.#hold(-dropped.reduce((sum, frame) => sum + frame.bytes.length + FRAME_OVERHEAD_BYTES, 0));
    this.#offered = 0;
  }

  #hold(bytes: number): void {
    this.#pendingBytes += bytes;
    this.#parts.budget.hold(bytes);
  }

  #show(entries: readonly LogEntry[]): void {
    for (const viewer of this.#viewers) viewer.push(entries);
  }

  async #lookAtLimit(sequence: number): Promise<void> {
    if (sequence < this.#lookedAtSequence + SEGMENTS_PER_LOOK) return;
    this.#lookedAtSequence = sequence;
    await this.#parts.onGrown(this.task);
  }

  #flushInBackground(): void {
    this.#timer = undefined;
    this.flush().catch((error: unknown) => {
      this.#parts.log.warn('A log could not be stored and is tried again', { task: this.task, error });
      if (this.#pending.length > 0)
        this.#timer ??= this.#parts.clock.after(OLDEST_PENDING_MS, () => this.#flushInBackground());
    });
  }
}
