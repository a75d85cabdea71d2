// Somebody who follows one log, over the ends of it that they watch one after the other.
import type { LogEntry } from './log-entry.ts';
import type { LogPlace, Unknown } from './log-place.ts';
import type { LogSink, LogSnapshot } from './log-tail-view.ts';
import { LogViewer } from './log-viewer.ts';

interface Begun {
  readonly snapshot: LogSnapshot;
  readonly unknown: Unknown;
}

/** One look at one end of a log, from its snapshot until it ends, is cut off, or the follower leaves. */
export class LogWatch implements LogSink {
  readonly viewer = new LogViewer();
  readonly #place: LogPlace;
  #begun: Begun | undefined;
  #isCut = false;
  #isOver = false;

  constructor(place: LogPlace) {
    this.#place = place;
  }

  /** What there was when it began, and what of that the follower knew; undefined: it did not begin, or this was taken already. */
  take(): Begun | undefined {
    const begun = this.#begun;
    this.#begun = undefined;
    return begun;
  }

  /** Whether the log may go on elsewhere. */
  get isCut(): boolean {
    return this.#isCut;
  }

  begin(snapshot: LogSnapshot): void {
    this.#begun = { snapshot, unknown: this.#place.enter(snapshot) };
  }

  push(entries: readonly LogEntry[]): void {
    this.viewer.push(this.#place.pass(entries));
  }

  end(): void {
    this.viewer.end();
    this.#isOver = true;
  }

  cut(): void {
    this.#isCut ||= !this.#isOver;
    this.end();
  }
}
