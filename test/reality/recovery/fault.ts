// Places at which a platform is made to die, taken from what a run passed.

/**
 * One place, at which passing of it since the story began, counted from 1 through all deaths, and how long after it. If it was passed
 * that often before its turn came, it is the next passing.
 */
export interface Fault {
  readonly place: string;
  readonly passing: number;
  readonly afterMs: number;
}

const ACT = /^before (listen|send|pull|save|put|commit|remove|(create|start) (task|installer) container)/;

/** Longest time that an act is let go on before the process dies amid it. */
const LONGEST_AMID_MS = 60;

/** The first passing of every place of a trace, in the order in which they were passed. */
export function firstPassings(trace: readonly string[]): Fault[] {
  return [...new Set(trace)].map((place) => ({ place, passing: 1, afterMs: 0 }));
}

/** For every place that was passed more than once, one later passing, chosen by chance. */
export function laterPassings(trace: readonly string[], random: () => number): Fault[] {
  const times = new Map<string, number>();
  for (const place of trace) times.set(place, (times.get(place) ?? 0) + 1);
  return [...times]
    .filter(([, passed]) => passed > 1)
    .map(([place, passed]) => ({ place, passing: 2 + Math.floor(random() * (passed - 1)), afterMs: 0 }));
}

/** For every act on a machine and every blob put, a moment amid it, chosen by chance: these take a while, and may be half done. */
export function amidActs(trace: readonly string[], random: () => number): Fault[] {
  const begun = new Set(trace.filter((place) => ACT.test(place)));
  return [...begun].map((place) => ({ place, passing: 1, afterMs: 1 + Math.floor(random() * LONGEST_AMID_MS) }));
}

/** Some of them, chosen by chance. */
export function chosen(faults: readonly Fault[], count: number, random: () => number): Fault[] {
  const drawn = faults.map((fault) => ({ fault, lot: random() })).toSorted((a, b) => a.lot - b.lot);
  return drawn.slice(0, count).map(({ fault }) => fault);
}

/** Every n-th of them; the seed says with which it begins, so that n seeds in a row choose all. */
export function everyNth(faults: readonly Fault[], nth: number, seed: number): Fault[] {
  return faults.filter((_, index) => index % nth === seed % nth);
}

/** In the order in which a run passed them. */
export function inOrder(faults: readonly Fault[], trace: readonly string[]): Fault[] {
  const at = ({ place, passing }: Fault) =>
    trace.flatMap((name, index) => (name === place ? [index] : []))[passing - 1] ?? 0;
  return faults.toSorted((a, b) => at(a) - at(b));
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
export function faultInWords({ place, passing, afterMs }: Fault): string {
  const time = afterMs === 0 ? '' : `${afterMs} ms after `;
  return `${time}${place}${passing === 1 ? '' : ` (passing ${passing})`}`;
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
