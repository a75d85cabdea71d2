// How long each component has been silent, on the monotonic clock of this process. Times of other machines' clocks are compared with
// themselves only: a heartbeat that differs from the one before is news, whatever it says that the time is.
import type { Component } from '../model/component.ts';

interface Heard {
  readonly mark: string;
  readonly wasHeard: boolean;
  silenceMs: number;
  lookedMs: number;
}

/** Looks further apart than this are our own stall, and nobody's silence. */
const STALL_MS = 10_000;

/** Remembers what was heard of whom. One that is seen for the first time counts as silent from now on. */
export class SilenceBook {
  readonly #heard = new Map<string, Heard>();

  /** Takes a look at a component, at a time of the monotonic clock; gives its silence in milliseconds, and whether anything came since the first look. */
  look(
    { id, run, heartbeatAt }: Pick<Component, 'id' | 'run' | 'heartbeatAt'>,
    nowMs: number,
  ): { readonly silenceMs: number; readonly wasHeard: boolean } {
    const mark = `${run} ${heartbeatAt}`;
    const known = this.#heard.get(id);
    if (known?.mark === mark) {
      const gapMs = nowMs - known.lookedMs;
      known.lookedMs = nowMs;
      if (gapMs <= STALL_MS) known.silenceMs += gapMs;
      return known;
    }
    const heard = { mark, wasHeard: known !== undefined, silenceMs: 0, lookedMs: nowMs };
    this.#heard.set(id, heard);
    return heard;
  }

  /** Forgets one that is gone. */
  forget(id: string): void {
    this.#heard.delete(id);
  }
}
