// What a part of the bench gives: figures, each beside its floor and its goal.
import { median } from './statistics.ts';

/** How many times something was measured, and the figure that stands for them. */
export interface Figure {
  readonly value: number;
  readonly samples: readonly number[];
}

/** One line of the bench's table. */
export interface Measure {
  readonly name: string;
  readonly unit:
    | 'ms'
    | 'bytes'
    | 's'
    | 'MB'
    | 'MB/s'
    | '% of a core'
    | 'changes/s'
    | 'tasks/s'
    | 'readings/s'
    | 'losses'
    | '×';
  readonly ours: Figure;
  /** The same without Berth, taken in the same run; what it was is told in `floorName`. */
  readonly floor: Figure | null;
  readonly floorName: string;
  /** What was aimed at, in words, and whether it was met; null where nothing was. */
  readonly goal: { readonly words: string; readonly met: boolean } | null;
  /** Where the time goes, or what else belongs to the figure; may be empty. */
  readonly note: string;
}

/** What parts are given. */
export interface PartContext {
  /** Rounds of which medians are taken. */
  readonly rounds: number;
  /** Tells a person how far it is. */
  readonly say: (line: string) => void;
}

/** One part of the bench. */
export interface Part {
  readonly name: string;
  readonly run: (context: PartContext) => Promise<readonly Measure[]>;
}

/** The median of samples as a figure. */
export function figure(samples: readonly number[]): Figure {
  return { value: median(samples), samples };
}

/** What is measured against a floor, and how many times the floor is still good. */
export interface Comparison {
  readonly name: string;
  readonly ours: readonly number[];
  readonly floor: readonly number[];
  readonly floorName: string;
  readonly most: number;
  readonly note?: string;
}

/** Milliseconds beside those of a floor; the goal is a multiple of the floor's median. */
export function timesFloor({ name, ours, floor, floorName, most, note = '' }: Comparison): Measure {
  const figures = { ours: figure(ours), floor: figure(floor) };
  const met = figures.ours.value <= most * figures.floor.value;
  return { name, unit: 'ms', ...figures, floorName, goal: { words: `≤ ${most} × floor`, met }, note };
}

/** A figure without a floor that is to stay below a limit. */
export function below(
  { name, unit, samples, note = '' }: Pick<Measure, 'name' | 'unit'> & { samples: readonly number[]; note?: string },
  limit: number,
): Measure {
  const ours = figure(samples);
  const goal = { words: `< ${limit} ${unit}`, met: ours.value < limit };
  return { name, unit, ours, floor: null, floorName: '', goal, note };
}

/** A figure that nothing is held against. */
export function told(of: Pick<Measure, 'name' | 'unit'> & { samples: readonly number[]; note?: string }): Measure {
  const { name, unit, samples, note = '' } = of;
  return { name, unit, ours: figure(samples), floor: null, floorName: '', goal: null, note };
}
