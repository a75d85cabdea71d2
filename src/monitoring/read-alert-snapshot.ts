// Takes the look at the platform on which alerts are decided: small lists and stretches of indexes, never a walk over everything.
import { pages } from '../engine/shard-sweep.ts';
import type { BusLag } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { AlertSnapshot, SnapshotInstance } from './alert-snapshot.ts';
import { platformProcesses } from './component-reads.ts';

/** What is looked at. */
export interface SnapshotParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly busLag: () => Promise<readonly BusLag[]>;
}

const HOUR = 3_600_000;
/** Failed jobs and missed runs that are looked at; those of more are told of when these are mended. */
const MOST = 500;
const FAILED_WITHIN_MS = 24 * HOUR;
/** Jobs in a row that failed make an alert. */
const FAILURES = 3;
const MISSED_WITHIN_MS = HOUR / 4;
const PAGE = 500;

/** Takes one look. */
export async function readAlertSnapshot({ store, clock, busLag }: SnapshotParts): Promise<AlertSnapshot> {
  const askedMs = clock.monotonic();
  await store.get('platform', 'platform');
  const storeMs = clock.monotonic() - askedMs;
  const now = clock.now();
  const [nodes, processes, failing, missed, lag] = await Promise.all([
    nodeStates(store),
    platformProcesses(store),
    failingInstances(store, now),
    missedOccurrences(store, now),
    busLag().catch(() => null),
  ]);
  const seen = processes.map(({ state, ...process }) =>
    state === 'lost' ? { ...process, state: 'running' as const, isLost: true } : { ...process, state, isLost: false },
  );
  return { now, nodes, processes: seen, failing, missed, storeMs, busLag: lag };
}

async function nodeStates(store: Store): Promise<AlertSnapshot['nodes']> {
  const nodes: AlertSnapshot['nodes'][number][] = [];
  for await (const { id, state, reason } of pages(store, 'nodeStatus', { limit: PAGE }))
    nodes.push({ id, state, reason });
  return nodes;
}

/** Of the instances with failed jobs of late, those whose last jobs all failed. */
async function failingInstances(store: Store, now: number): Promise<AlertSnapshot['failing']> {
  const { items } = await store.list('jobStatus', {
    ...{ where: { state: 'failed' }, orderBy: 'createdAt', direction: 'descending' },
    ...{ from: now - FAILED_WITHIN_MS, limit: MOST },
  });
  const often = [...countBy(items.map(({ doc }) => [doc.instance, 1]))].filter(([, count]) => count >= FAILURES);
  const looked = await Promise.all(often.map(([instance]) => lastJobs(store, instance)));
  const failing = looked.filter((jobs) => jobs.length >= FAILURES && jobs.every(({ state }) => state === 'failed'));
  const names = await namesOf(
    store,
    failing.flatMap(([last]) => last?.instance ?? []),
  );
  return failing.flatMap(([last, ...rest]) => {
    const name = last && names.get(last.instance);
    return name === undefined ? [] : [{ ...name, failures: rest.length + 1, reason: last?.reason ?? '' }];
  });
}

async function lastJobs(store: Store, instance: string) {
  const query = { where: { instance }, orderBy: 'endedAt', direction: 'descending', limit: FAILURES } as const;
  const { items } = await store.list('jobStatus', query);
  return items.map(({ doc }) => doc).filter(({ endedAt }) => endedAt !== null);
}

async function missedOccurrences(store: Store, now: number): Promise<AlertSnapshot['missed']> {
  const query = { orderBy: 'recordedAt', direction: 'descending', from: now - MISSED_WITHIN_MS, limit: MOST } as const;
  const gaps = (await store.list('gap', query)).items.map(({ doc }) => doc);
  const missed = gaps.filter(({ outcome }) => outcome === 'missed');
  const counts = countBy(missed.map(({ instance, count }) => [instance, count]));
  const names = await namesOf(store, [...counts.keys()]);
  return [...counts].flatMap(([instance, count]) => {
    const name = names.get(instance);
    const reason = missed.find((gap) => gap.instance === instance)?.reason ?? '';
    return name === undefined ? [] : [{ ...name, count, reason }];
  });
}

/** Instances that are gone have no name, and nobody has to know of them. */
async function namesOf(store: Store, ids: readonly string[]): Promise<ReadonlyMap<string, SnapshotInstance>> {
  const found = await store.getMany('instance', ids);
  return new Map(found.map(({ doc: { id, name } }) => [id, { id, name }]));
}

function countBy(pairs: readonly (readonly [key: string, count: number])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [key, count] of pairs) counts.set(key, (counts.get(key) ?? 0) + count);
  return counts;
}
