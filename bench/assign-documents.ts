// What `assign` gives the platform: nodes with ample room that exist as documents alone, a package whose image is ready, and instances that fall due.
import type { Image } from '../src/model/image.ts';
import type { Instance } from '../src/model/instance.ts';
import type { Instant } from '../src/model/instant.ts';
import { taskId } from '../src/model/job.ts';
import { shardOf } from '../src/model/shard.ts';
import type { Store, Write } from '../src/ports/store.ts';
import {
  aNode,
  aNodeStatus,
  anAlgorithm,
  anInstance,
  aPackage,
  aSchedule,
  aTaskStatus,
} from '../test/builders/jobs.ts';

/** Instances of one run of the bench. */
export interface DueInstances {
  /** Tells its instances, and so their jobs, from those of other runs. */
  readonly prefix: string;
  readonly instances: number;
  /** The instant of the first. */
  readonly firstAt: Instant;
  /** From the first to the last, evenly; 0: all at one instant. */
  readonly withinMs: number;
}

/** Nodes that ready documents tell of. */
export const NODES = 200;

const AT_ONCE = 500;
const DAY_MS = 86_400_000;
/** Nothing ends while the bench looks on. */
const LASTS_MS = 3_600_000;
/** Room for as many tasks as ever are assigned. */
const LARGE = { cpus: 1024, memoryBytes: 2 ** 40, diskBytes: 2 ** 44 };
const TINY = { cpus: 0.01, memoryMiB: 1, diskMiB: 1, pids: 16 };

/** Writes the fleet, the application and its image. */
export async function writeFleet(store: Store, now: Instant): Promise<void> {
  const thePackage = aPackage({
    config: { ...aPackage().config, algorithms: [anAlgorithm({ resources: TINY })] },
  });
  const { id, application, createdAt } = thePackage;
  const image: Image = {
    ...{ id, application, state: 'ready', layers: [], manifestDigest: 'sha256:0', configDigest: 'sha256:0' },
    ...{ architecture: 'amd64', attempts: 1, createdAt, readyAt: createdAt, shard: shardOf(id), nextAt: null },
  };
  const theApplication = { id: application, description: '', currentPackage: id, createdAt, updatedAt: createdAt };
  const first: Write[] = [
    { do: 'create', kind: 'package', doc: thePackage },
    { do: 'create', kind: 'application', doc: theApplication },
    { do: 'create', kind: 'image', doc: image },
  ];
  await written(store, first);
  await written(
    store,
    Array.from({ length: NODES }, (_, index) => nodeWrites(`paper-${String(index).padStart(4, '0')}`, now)).flat(),
  );
}

function nodeWrites(id: string, now: Instant): Write[] {
  const shard = shardOf(id);
  const ordinary = aNodeStatus(id);
  if (!ordinary.facts) throw new Error('a node has no facts');
  const load = { at: now, cpu: 0.2, memory: 0.2, diskFreeBytes: LARGE.diskBytes };
  const status = {
    ...ordinary,
    facts: { ...ordinary.facts, ...LARGE },
    load,
    lastSeenAt: now,
    stateSinceAt: now,
    shard,
  };
  return [
    { do: 'create', kind: 'node', doc: aNode(id, { shard, createdAt: now }) },
    { do: 'create', kind: 'nodeStatus', doc: status },
  ];
}

/** Writes the instances; the scheduler gives each its alarm. */
export async function writeInstances(store: Store, due: DueInstances): Promise<void> {
  const docs = Array.from({ length: due.instances }, (_, index) => instanceOf(index, due));
  for (let from = 0; from < docs.length; from += AT_ONCE)
    await written(
      store,
      docs.slice(from, from + AT_ONCE).map((doc) => ({ do: 'create', kind: 'instance', doc })),
    );
}

/** Says of the tasks of jobs that they run. */
export async function writeRunning(store: Store, jobs: readonly string[]): Promise<void> {
  for (let from = 0; from < jobs.length; from += AT_ONCE) {
    const ids = jobs.slice(from, from + AT_ONCE).map((job) => taskId(job, 0, 1));
    const tasks = await store.getMany('task', ids);
    await written(
      store,
      tasks.map(({ doc }) => ({ do: 'create', kind: 'taskStatus', doc: aTaskStatus(doc) })),
    );
  }
}

function instanceOf(index: number, { prefix, instances, firstAt, withinMs }: DueInstances): Instance {
  const id = `${prefix}-${String(index).padStart(6, '0')}-abcdef`;
  const startAt = firstAt + Math.floor((index * withinMs) / instances);
  const triggers = [{ kind: 'interval', everyMs: DAY_MS }] as const;
  const schedule = aSchedule({ triggers, startAt, durationMs: LASTS_MS });
  const times = { enabledAt: firstAt - DAY_MS, createdAt: firstAt - DAY_MS, updatedAt: firstAt - DAY_MS };
  return anInstance({ id, name: id, schedule, overlap: { kind: 'allow' }, ...times, shard: shardOf(id) });
}

async function written(store: Store, writes: readonly Write[]): Promise<void> {
  const results = await store.apply(writes);
  if (results.some(({ ok }) => !ok)) throw new Error('the documents could not be written');
}
