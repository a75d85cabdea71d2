// A platform's database with very many instances, as a crash leaves it. Made once, and kept for later runs of the bench.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteStore } from '../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../src/adapters/system-clock/system-clock.ts';
import type { Instance, InstanceStatus } from '../src/model/instance.ts';
import { INDEXES } from '../src/model/kinds.ts';
import type { Application } from '../src/model/package.ts';
import { shardOf } from '../src/model/shard.ts';
import type { Write } from '../src/ports/store.ts';
import { anInstance, aPackage, aSchedule } from '../test/builders/jobs.ts';
import { silentLog } from './silent-log.ts';

const AT_ONCE = 1000;
const DAY_MS = 86_400_000;
/** Nothing falls due while the bench looks on: a database that is kept for long would otherwise measure jobs that are made. */
const FIRST_DUE_AT = Date.UTC(2099, 0, 1);

/** Path of a database with that many instances, each with an alarm. */
export async function recoveryStore(instances: number, say: (line: string) => void): Promise<string> {
  const directory = join(tmpdir(), `berth-bench-${process.getuid?.() ?? 0}`);
  const kept = join(directory, `recovery-${instances}-${digestOf(instances)}`);
  const path = join(kept, 'berth.sqlite');
  if (existsSync(path)) return path;
  say(`making a database of ${instances} instances; it is kept in ${kept}`);
  const fresh = join(directory, `fresh-${instances}-${process.pid}`);
  await mkdir(fresh, { recursive: true, mode: 0o700 });
  await fill(join(fresh, 'berth.sqlite'), instances);
  await removeFormer(directory, instances);
  await rename(fresh, kept);
  return path;
}

/** Databases of another layout: a million instances are 1.8 GB. */
async function removeFormer(directory: string, instances: number): Promise<void> {
  const former = (await readdir(directory)).filter((name) => name.startsWith(`recovery-${instances}-`));
  await Promise.all(former.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

/** Another layout of documents or tables is another database. */
function digestOf(instances: number): string {
  const shape = JSON.stringify([instances, INDEXES, ...documentsOf(0)]);
  return createHash('sha256').update(shape).digest('hex').slice(0, 16);
}

async function fill(path: string, instances: number): Promise<void> {
  const store = SqliteStore.open({ path, clock: new SystemClock(), log: silentLog });
  await store.apply([{ do: 'create', kind: 'package', doc: aPackage() }]);
  for (let from = 0; from < instances; from += AT_ONCE) {
    const count = Math.min(AT_ONCE, instances - from);
    const writes = Array.from({ length: count }, (_, index) => writesOf(from + index)).flat();
    if ((await store.apply(writes)).some(({ ok }) => !ok)) throw new Error('the database could not be filled');
  }
  await store.close();
}

function writesOf(index: number): Write[] {
  const [instance, status] = documentsOf(index);
  return [
    { do: 'create', kind: 'instance', doc: instance },
    { do: 'create', kind: 'instanceName', doc: { id: instance.name, instance: instance.id } },
    { do: 'create', kind: 'instanceStatus', doc: status },
  ];
}

/** The application of all instances: without it none of them can run, which is well where none is to. */
export function anApplication(): Application {
  const { id, createdAt } = aPackage();
  return { id: 'room', description: '', currentPackage: id, createdAt, updatedAt: createdAt };
}

/** The instance of that number, and its status: as they are in the database, in every run. */
export function documentsOf(index: number): [Instance, InstanceStatus] {
  const name = `climate-of-room-${String(index).padStart(6, '0')}`;
  const startAt = FIRST_DUE_AT + ((index * 7919) % DAY_MS);
  const id = `${name}-${(index * 104_729 + 1_000_003).toString(36).padStart(6, '0').slice(-6)}`;
  const schedule = aSchedule({ triggers: [{ kind: 'interval', everyMs: 3_600_000 }], startAt });
  const parameters = { threshold: '24.5', unit: 'celsius', room: String(index) };
  const instance = anInstance({ id, name, schedule, parameters, shard: shardOf(id) });
  const status: InstanceStatus = {
    id,
    cursorAt: instance.createdAt,
    occurrenceAt: startAt,
    settledAhead: [],
    queue: [],
    upstreamAt: instance.createdAt,
    why: 'waits for its next occurrence',
    seenUpdatedAt: instance.updatedAt,
    shard: instance.shard,
    nextAt: startAt,
  };
  return [instance, status];
}
