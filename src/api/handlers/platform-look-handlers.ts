// Routes of what the platform is made of and set to, and of how busy its nodes and the copies of a job are.
import { fleetLoad, jobUsage } from '../../nodes/usage-reads.ts';
import type { SeriesPoint } from '../../ports/series.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Asked, Handlers } from '../handler.ts';
import { sinceTime } from '../since-time.ts';
import { iso, isoOrNull } from '../views/iso.ts';

type LookRoute = 'components' | 'listSettings' | 'fleetLoad' | 'jobUsage';

const MEBIBYTE = 1024 * 1024;

/** Handlers of these. */
export function platformLookHandlers(parts: ApiParts): Pick<Handlers, LookRoute> {
  return {
    components: async () => ({
      items: (await parts.components()).map(({ sinceAt, heartbeatAt, ...component }) => ({
        ...component,
        since: iso(sinceAt),
        heartbeatAt: isoOrNull(heartbeatAt),
      })),
    }),
    listSettings: async () => ({
      items: parts.settings.map((setting) => ({
        ...setting,
        value: typeof setting.value === 'object' ? [...setting.value] : setting.value,
      })),
    }),
    fleetLoad: (asked) => load(parts, asked),
    jobUsage: (asked) => usage(parts, asked),
  };
}

async function load({ store, series, clock }: ApiParts, { query }: Asked<'fleetLoad'>) {
  const toAt = clock.now();
  const fromAt = sinceTime(query.since, toAt);
  const [nodes, { stepMs, measures }] = await Promise.all([
    store.count('node', {}),
    fleetLoad(series, { fromAt, toAt, mostPoints: query.points }),
  ]);
  const { cpu, memory, load: both } = measures;
  const lists = { cpu: pointsOf(cpu), memory: pointsOf(memory), load: pointsOf(both) };
  return { from: iso(fromAt), to: iso(toAt), stepMs, nodes, ...lists };
}

async function usage({ store, series, clock }: ApiParts, { params, query }: Asked<'jobUsage'>) {
  const now = clock.now();
  const since = query.since === undefined ? {} : { fromAt: sinceTime(query.since, now) };
  const wish = { job: params.job, ...since, now, mostPoints: query.points };
  const { job, fromAt, toAt, stepMs, slots } = await jobUsage({ store, series }, wish);
  const { cpus, memoryMiB } = job.spec.resources;
  return {
    ...{ job: job.id, from: iso(fromAt), to: iso(toAt), stepMs, limits: { cpus, memoryBytes: memoryMiB * MEBIBYTE } },
    slots: slots.map(({ slot, cpu, memory }) => ({ slot, cpu: pointsOf(cpu), memory: pointsOf(memory) })),
  };
}

function pointsOf(points: readonly SeriesPoint[]) {
  const short = (value: number) => Number(value.toFixed(4));
  return points.map(({ at, min, mean, max }) => ({ at: iso(at), min: short(min), mean: short(mean), max: short(max) }));
}
