// Places at which a platform is made to die, taken from what a run passed.

/** One place, and at which passing of it since the start of the process, counted from 1. */
export interface Fault {
  readonly place: string;
  readonly passing: number;
}

/** The first passing of every place of a trace, in the order in which they were passed. */
export function firstPassings(trace: readonly string[]): Fault[] {
  return [...new Set(trace)].map((place) => ({ place, passing: 1 }));
}

/** For every place that was passed more than once, one later passing, chosen by chance. */
export function laterPassings(trace: readonly string[], random: () => number): Fault[] {
  const times = new Map<string, number>();
  for (const place of trace) times.set(place, (times.get(place) ?? 0) + 1);
  return [...times]
    .filter(([, passed]) => passed > 1)
    .map(([place, passed]) => ({ place, passing: 2 + Math.floor(random() * (passed - 1)) }));
}

/**
 * Groups faults, which are in the order of a run, into chains of `length`: each holds one of the beginning, one of the middle, one of
 * the end, so that a run that dies at the first has the next still before it.
 */
export function chainsOf(faults: readonly Fault[], length: number): Fault[][] {
  const rows = Math.ceil(faults.length / length);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length }, (__, column) => faults[column * rows + row]).filter((fault) => fault !== undefined),
  );
}

/** As it is told to people. */
export function faultInWords({ place, passing }: Fault): string {
  return passing === 1 ? place : `${place} (passing ${passing})`;
}

/** Numbers in [0, 1) that a seed gives, the same ones each time (mulberry32, public domain, Tommy Ettinger). */
export function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
