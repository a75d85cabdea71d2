// The load of a node over time, for people.
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Series, SeriesPoint } from '../ports/series.ts';
import type { Store } from '../ports/store.ts';
import { type LoadMeasure, loadSeries } from './load-history.ts';

/** A node's load between two instants, in steps; a step without readings has no point. */
export interface LoadOverTime {
  readonly node: string;
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly stepMs: number;
  readonly measures: Readonly<Record<LoadMeasure, readonly SeriesPoint[]>>;
}

/** Which part of which node's history. */
export interface LoadRange {
  readonly node: string;
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly mostPoints: number;
}

/** Reads a node's load. @throws request.not-found */
export async function loadOverTime(
  { store, series }: { readonly store: Store; readonly series: Series },
  { node, fromAt, toAt, mostPoints }: LoadRange,
): Promise<LoadOverTime> {
  if (!(await store.get('node', node))) throw new BerthError('request.not-found', { what: 'node', id: node });
  const read = (measure: LoadMeasure) => series.range({ series: loadSeries(node, measure), fromAt, toAt, mostPoints });
  const [cpu, memory, disk, load] = await Promise.all([read('cpu'), read('memory'), read('disk'), read('load')]);
  const measures = { cpu: cpu.points, memory: memory.points, disk: disk.points, load: load.points };
  return { node, fromAt, toAt, stepMs: cpu.stepMs, measures } satisfies LoadOverTime;
}
