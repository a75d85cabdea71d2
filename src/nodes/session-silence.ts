// How long a node has been silent, as far as this process can tell: only time in which our own loop ticked on time counts, so a
// stalled or suspended platform never takes its nodes for lost.

/** Ticks later than this many periods are our own stall, not the node's silence. */
const STALL_PERIODS = 3;

/** Silence after one more tick, `gapMs` after the last on a monotonic clock; both in milliseconds. */
export function silenceAfterTick(silenceMs: number, gapMs: number, tickMs: number): number {
  return gapMs > STALL_PERIODS * tickMs ? silenceMs : silenceMs + gapMs;
}
