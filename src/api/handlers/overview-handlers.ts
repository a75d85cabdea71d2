// The route of everything in one look.
import { listJobPage } from '../../deployment/job-list-reads.ts';
import type { JobState } from '../../model/job.ts';
import { listNodes } from '../../nodes/node-reads.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Store } from '../../ports/store.ts';
import { readPause } from '../../scheduler/pause-requests.ts';
import type { ApiParts } from '../api-parts.ts';
import type { ComingReads } from '../coming-jobs.ts';
import type { Asked, Handlers } from '../handler.ts';
import { type CountSources, type SeenEnds, seenCounts, seenEnds } from '../seen-counts.ts';
import { SparingCounts } from '../sparing-counts.ts';
import { iso } from '../views/iso.ts';
import { comingJob, failedJob, timelineJob } from '../views/timeline-views.ts';
import { instancesOf } from './timeline-handlers.ts';

const DAY_MS = 86_400_000;
const MOST_SHOWN = 20;
const MOST_FAILURES = 10;
const MOST_COMING = 5000;
const SENSOR_STATES = ['online', 'silent', 'offline'] as const;

/** The handler of the overview. */
export function overviewHandlers(parts: ApiParts, coming: ComingReads): Pick<Handlers, 'overview'> {
  const sources = { store: parts.store, counts: new SparingCounts(parts.clock) };
  return { overview: (asked) => overview({ ...sources, clock: parts.clock }, coming, asked) };
}

interface OverviewSources extends CountSources {
  readonly clock: Clock;
}

async function overview(sources: OverviewSources, coming: ComingReads, { access }: Asked<'overview'>) {
  const { store, clock } = sources;
  const now = clock.now();
  const { sees } = access.to('jobs:read');
  const inState = async (state: JobState, limit: number) =>
    (await listJobPage(store, { states: [state], limit, isSeen: sees })).items;
  const [counts, ended, nodes, sensors, running, failed, next, pause] = await Promise.all([
    seenCounts(sources, access),
    seenEnds(sources, access, now - DAY_MS),
    nodeCounts(store),
    sensorCounts(store),
    inState('running', MOST_SHOWN),
    inState('failed', MOST_FAILURES),
    coming.read({ untilAt: now + DAY_MS, limit: MOST_COMING, isWanted: ({ application }) => sees(application) }),
    readPause(store),
  ]);
  const names = await instancesOf(store, [...running, ...failed]);
  const { applications, instances, open } = counts;
  return {
    at: iso(now),
    schedules: pause?.untilAt === null ? ('paused' as const) : ('running' as const),
    counts: { applications, instances, nodes, sensors, jobs: { ...open }, ended: endsOf(ended) },
    running: running.map((each) => timelineJob(each, names)),
    next: next.jobs.slice(0, MOST_SHOWN).map(({ occurrence, instance }) => comingJob(occurrence, instance.application)),
    nextTotal: next.jobs.length,
    failures: failed.map((each) => failedJob(each, names)),
    isWhole: counts.isWhole && ended.isWhole && next.isWhole,
  };
}

async function nodeCounts(store: Store): Promise<Record<string, number>> {
  const states = (await listNodes(store)).map(({ status }) => status?.state ?? 'connecting');
  return Object.fromEntries(
    Map.groupBy(states, (state) => state)
      .entries()
      .map(([state, all]) => [state, all.length]),
  );
}

function endsOf({ succeeded, failed, stopped }: SeenEnds) {
  return { succeeded, failed, stopped };
}

/** A sensor of which nothing is known yet has no status. */
async function sensorCounts(store: Store): Promise<Record<string, number>> {
  const [all, ...known] = await Promise.all([
    store.count('sensor', {}),
    ...SENSOR_STATES.map((state) => store.count('sensorStatus', { where: { state } })),
  ]);
  const unknown = all - known.reduce((sum, count) => sum + count, 0);
  const counts = SENSOR_STATES.map((state, index) => [state, known[index] ?? 0] as const);
  return Object.fromEntries([...counts, ['unknown', Math.max(0, unknown)]]);
}
