// What the slots of a job used over time, and how busy all nodes are together, for people.
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import { SERIES_TIERS, type Series, type SeriesPoint } from '../ports/series.ts';
import type { Store } from '../ports/store.ts';
import { type FleetMeasure, fleetSeries, type UsageMeasure, usageSeries } from './load-history.ts';

/** What is read of a job. */
export interface UsageWish {
  readonly job: string;
  /** Absent: since it began. */
  readonly fromAt?: Instant;
  readonly now: Instant;
  readonly mostPoints: number;
}

/** What the slots of a job used, in steps. */
export interface JobUsage {
  readonly job: Job;
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly stepMs: number;
  readonly slots: readonly {
    readonly slot: number;
    readonly cpu: readonly SeriesPoint[];
    readonly memory: readonly SeriesPoint[];
  }[];
}

/** A container is read every ten seconds; two of them make a step that is never without one. */
const LEAST_STEP_MS = 20_000;
/** Slots whose usage is told, the first ones. */
const MOST_SLOTS = 200;

/** Reads what a job used. @throws request.not-found */
export async function jobUsage(
  { store, series }: { readonly store: Store; readonly series: Series },
  { job: id, fromAt: asked, now, mostPoints }: UsageWish,
): Promise<JobUsage> {
  const [job, status] = await Promise.all([store.get('job', id), store.get('jobStatus', id)]);
  if (!job) throw new BerthError('request.not-found', { what: 'job', id });
  const began = status?.doc.startedAt ?? job.doc.createdAt;
  const toAt = Math.max(began + 1, Math.min(now, (status?.doc.endedAt ?? now) + LEAST_STEP_MS));
  const kept = now - (SERIES_TIERS.at(-2)?.keptMs ?? 0);
  const fromAt = Math.min(toAt - 1, Math.max(asked ?? began, kept));
  const points = Math.max(1, Math.min(mostPoints, Math.floor((toAt - fromAt) / LEAST_STEP_MS)));
  const read = (slot: number, measure: UsageMeasure) =>
    series.range({ series: usageSeries(id, slot, measure), fromAt, toAt, mostPoints: points });
  const slots = [];
  let stepMs = LEAST_STEP_MS;
  for (let slot = 0; slot < Math.min(job.doc.copies, MOST_SLOTS); slot++) {
    const [cpu, memory] = await Promise.all([read(slot, 'cpu'), read(slot, 'memory')]);
    stepMs = cpu.stepMs;
    slots.push({ slot, cpu: cpu.points, memory: memory.points });
  }
  return { job: job.doc, fromAt, toAt, stepMs, slots };
}

/** All nodes together, in steps. */
export interface FleetLoad {
  readonly stepMs: number;
  readonly measures: Readonly<Record<FleetMeasure, readonly SeriesPoint[]>>;
}

/** Reads how busy all nodes were together. */
export async function fleetLoad(
  series: Series,
  range: { readonly fromAt: Instant; readonly toAt: Instant; readonly mostPoints: number },
): Promise<FleetLoad> {
  const read = (measure: FleetMeasure) => series.range({ series: fleetSeries(measure), ...range });
  const [cpu, memory, load] = await Promise.all([read('cpu'), read('memory'), read('load')]);
  return { stepMs: cpu.stepMs, measures: { cpu: cpu.points, memory: memory.points, load: load.points } };
}
