// The load of a node over time as the API answers it.
import type { z } from 'zod';
import type { LoadOverTime } from '../../nodes/load-reads.ts';
import type { SeriesPoint } from '../../ports/series.ts';
import type * as contract from '../contract/views.ts';
import { iso } from './iso.ts';

type LoadAnswer = z.output<typeof contract.nodeLoadView>;

/** A node's load over time. */
export function nodeLoadView({ node, fromAt, toAt, stepMs, measures }: LoadOverTime): LoadAnswer {
  const { cpu, memory, disk, load } = measures;
  const lists = { cpu: pointsOf(cpu), memory: pointsOf(memory), disk: pointsOf(disk), load: pointsOf(load) };
  return { node, from: iso(fromAt), to: iso(toAt), stepMs, ...lists };
}

function pointsOf(points: readonly SeriesPoint[]): LoadAnswer['cpu'] {
  const short = (value: number) => Number(value.toFixed(4));
  return points.map(({ at, min, mean, max }) => ({ at: iso(at), min: short(min), mean: short(mean), max: short(max) }));
}
