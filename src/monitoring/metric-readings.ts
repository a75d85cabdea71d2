// Reads what gauges show when somebody asks for metrics: counts by indexes and small lists, never a walk over everything.
import { pages } from '../engine/shard-sweep.ts';
import type { Store } from '../ports/store.ts';
import { openAlerts } from './alert-reads.ts';
import { platformProcesses } from './component-reads.ts';
import type { MetricName } from './metric-table.ts';

/** Values of one gauge. */
export interface Gauge {
  readonly name: MetricName;
  readonly values: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

/** States of jobs and tasks that are not over: those that are would be counted for ever. */
const JOBS = ['accepted', 'waiting', 'starting', 'running', 'stopping'] as const;
const TASKS = ['assigned', 'preparing', 'starting', 'running', 'stopping'] as const;

const PAGE = 500;

/** What the whole platform shows. */
export async function platformGauges(store: Store): Promise<readonly Gauge[]> {
  const nodes: { readonly id: string; readonly state: string }[] = [];
  for await (const { id, state } of pages(store, 'nodeStatus', { limit: PAGE })) nodes.push({ id, state });
  const [jobs, tasks, alerts, components] = await Promise.all([
    countEach(JOBS, (state) => store.count('jobStatus', { where: { state } })),
    countTasks(
      store,
      nodes.map(({ id }) => id),
    ),
    openAlerts(store),
    platformProcesses(store),
  ]);
  return [
    { name: 'berth_jobs', values: jobs },
    { name: 'berth_tasks', values: tasks },
    { name: 'berth_nodes', values: by('state', nodes) },
    { name: 'berth_components', values: by('state', components) },
    { name: 'berth_alerts_open', values: by('severity', alerts, ['warning', 'critical']) },
  ];
}

/** Of each node its own: the index of tasks begins with the node. */
async function countTasks(store: Store, nodes: readonly string[]): Promise<Gauge['values']> {
  return countEach(TASKS, async (state) => {
    const counts = await Promise.all(nodes.map((node) => store.count('taskStatus', { where: { node, state } })));
    return counts.reduce((sum, count) => sum + count, 0);
  });
}

async function countEach(
  states: readonly string[],
  count: (state: string) => Promise<number>,
): Promise<Gauge['values']> {
  return Promise.all(states.map(async (state) => ({ labels: { state }, value: await count(state) })));
}

function by<L extends string>(
  label: L,
  items: readonly Readonly<Record<L, string>>[],
  always: readonly string[] = [],
): Gauge['values'] {
  const counts = new Map<string, number>(always.map((word) => [word, 0]));
  for (const item of items) counts.set(item[label], (counts.get(item[label]) ?? 0) + 1);
  return [...counts].map(([word, value]) => ({ labels: { [label]: word }, value }));
}
