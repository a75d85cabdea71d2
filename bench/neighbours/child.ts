// A process of its own in which a neighbour works. Its one argument is what it is to do; it prints one line of JSON.
import { setTimeout as pause } from 'node:timers/promises';
import { aJob } from '../../test/builders/jobs.ts';
import { latenessOf } from '../statistics.ts';
import type { Neighbour, NeighbourPlan, NewJob, StoredJobs, TakenJobs } from './neighbour.ts';

type StorePlan = Extract<NeighbourPlan, { readonly what: 'store' }>;
type FirePlan = Extract<NeighbourPlan, { readonly what: 'fire' }>;

const BATCH = 500;
const TRIED_AGAIN = 1000;
/** From when all are stored until the first is due. */
const REST_MS = 3000;
const FILLED_PER_SECOND = 2500;
const LONG_MS = 30_000;

const plan = JSON.parse(process.argv[2] ?? '{}') as NeighbourPlan;
const neighbour = await open(plan);
const found = plan.what === 'store' ? await store(neighbour, plan) : await fire(neighbour, plan);
await neighbour.close();
process.stdout.write(`${JSON.stringify(found)}\n`);

async function open({ neighbour: name, socket }: NeighbourPlan): Promise<Neighbour> {
  if (name === 'BullMQ') return (await import('./bullmq.ts')).openBullmq(socket);
  return (await import('./graphile.ts')).openGraphile(socket);
}

async function store(into: Neighbour, { jobs, atOnce, batch }: StorePlan): Promise<StoredJobs> {
  const all = Array.from({ length: jobs }, (_, index) => jobAt(index, null));
  const startedAt = performance.now();
  await addAll(into, all, { atOnce, batch });
  const seconds = (performance.now() - startedAt) / 1000;
  const kept = await into.count();
  await addAll(into, all.slice(0, TRIED_AGAIN), { atOnce: 1, batch: BATCH });
  return { seconds, jobs: kept, doubled: (await into.count()) - kept };
}

async function addAll(
  into: Neighbour,
  jobs: readonly NewJob[],
  { atOnce, batch }: Pick<StorePlan, 'atOnce' | 'batch'>,
): Promise<void> {
  let next = 0;
  const produce = async () => {
    while (next < jobs.length) {
      const mine = jobs.slice(next, next + batch);
      next += batch;
      await (mine[0] && batch === 1 ? into.addOne(mine[0]) : into.addMany(mine));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, produce));
}

async function fire(with_: Neighbour, { perSecond, seconds }: FirePlan): Promise<TakenJobs> {
  const due = perSecond * seconds;
  const firstAt = Date.now() + (due / FILLED_PER_SECOND) * 1000 + REST_MS;
  const dueAt = (index: number) => Math.floor(firstAt + (index * 1000) / perSecond);
  const jobs = Array.from({ length: due }, (_, index) => jobAt(index, dueAt(index)));
  await addAll(with_, jobs, { atOnce: 2, batch: BATCH });
  if (Date.now() > firstAt) throw new Error('the jobs were stored too late to be taken in time');
  const dueAts = new Map(jobs.map(({ key, dueAt: at }) => [key, at ?? 0]));
  const [taken, completed] = [new Map<string, number>(), new Map<string, number>()];
  const note = (into: Map<string, number>) => (key: string) => {
    if (!into.has(key)) into.set(key, Date.now() - (dueAts.get(key) ?? 0));
  };
  const stop = await with_.work({ taken: note(taken), done: note(completed) });
  for (const deadline = firstAt + seconds * 1000 + LONG_MS; completed.size < due && Date.now() < deadline; )
    await pause(100);
  await stop();
  return {
    due,
    done: completed.size,
    taken: latenessOf([...taken.values()]),
    completed: latenessOf([...completed.values()]),
  };
}

/** What Berth stores of an occurrence, so that each stores as many bytes. */
function jobAt(index: number, dueAt: number | null): NewJob {
  const key = `climate-of-room-${String(index).padStart(7, '0')}-abcdef.20261122T080000Z`;
  return { key, dueAt, payload: aJob({ id: key }) };
}
