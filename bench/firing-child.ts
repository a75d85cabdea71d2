// A process of its own in which the scheduler alone works over a real database: very many schedules, of which so many are due each
// second, or all at once. It prints one line of JSON.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { MemoryBus } from '../src/adapters/memory-bus/memory-bus.ts';
import { SqliteStore } from '../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../src/adapters/system-random/system-random.ts';
import { Engine } from '../src/engine/engine.ts';
import { eventMaker, eventRecorder } from '../src/engine/event-recorder.ts';
import { WatchedStore } from '../src/engine/watched-store.ts';
import { engineLimits } from '../src/main/ordinary-limits.ts';
import type { Instant } from '../src/model/instant.ts';
import { shardOf } from '../src/model/shard.ts';
import type { Write } from '../src/ports/store.ts';
import { InstanceController } from '../src/scheduler/instance-controller.ts';
import { anInstance, aPackage, aSchedule } from '../test/builders/jobs.ts';
import { silentLog as log } from './silent-log.ts';

/** What is to be fired. */
export interface FiringPlan {
  readonly schedules: number;
  /** Due in each second, evenly; 0: all of them at one instant. */
  readonly perSecond: number;
  readonly seconds: number;
}

/** What the child found. Lateness is counted from due to durable, in milliseconds. */
export interface Fired {
  readonly due: number;
  readonly jobs: number;
  /** Jobs beyond one for each occurrence. */
  readonly doubled: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  readonly cpuMsEach: number;
  /** How long the loop was held up at most, in milliseconds: nobody else gets an answer meanwhile. */
  readonly heldUpMs: number;
}

const AT_ONCE = 1000;
/** Setting up that many schedules, and a moment of rest. */
const FILLED_PER_SECOND = 12_000;
const REST_MS = 5000;
const LONG_MS = 30_000;
/** How often the loop is looked at. */
const LOOK_MS = 5;

const plan = JSON.parse(process.argv[2] ?? '{}') as FiringPlan;
const directory = mkdtempSync(join(tmpdir(), 'berth-bench-firing-'));
try {
  process.stdout.write(`${JSON.stringify(await fire(join(directory, 'berth.sqlite'), plan))}\n`);
} finally {
  rmSync(directory, { recursive: true });
}

async function fire(path: string, wanted: FiringPlan): Promise<Fired> {
  const [clock, random] = [new SystemClock(), new SystemRandom()];
  const plain = SqliteStore.open({ path, clock, log });
  const store = new WatchedStore(plain);
  const bus = new MemoryBus({ clock, log, limit: 1_000_000, backoff: { firstMs: 100, maxMs: 1000 } });
  await bus.subscribe('berth.deploy.requests', 'deployment', async () => {});
  const recordEvent = eventRecorder({ store, clock, random, log });
  const limits = { ...engineLimits(''), sweepEveryMs: 3_600_000 };
  const engine = new Engine({ clock, random, log, ...limits });
  const firstAt = Math.ceil((clock.now() + (wanted.schedules / FILLED_PER_SECOND) * 1000 + REST_MS) / 1000) * 1000;
  await fill(plain, wanted, firstAt);
  const durable: { readonly id: string; readonly lateMs: number }[] = [];
  // What is due behind the time that is looked at fires on while the last of it is waited for.
  const untilAt = firstAt + wanted.seconds * 1000;
  store.onWritten((kind, id, doc) => {
    if (kind === 'job' && doc && 'origin' in doc && doc.origin.kind === 'occurrence' && doc.origin.at < untilAt)
      durable.push({ id, lateMs: clock.now() - doc.origin.at });
    engine.written(kind, doc);
  });
  engine.register(new InstanceController({ store, bus, recordEvent, newEvent: eventMaker({ clock, random }) }));
  await engine.start();
  await until(clock, firstAt - 50);
  const loop = monitorEventLoopDelay({ resolution: LOOK_MS });
  loop.enable();
  const before = process.cpuUsage();
  const due = wanted.perSecond === 0 ? wanted.schedules : wanted.perSecond * wanted.seconds;
  await until(clock, untilAt);
  for (const deadline = clock.now() + LONG_MS; durable.length < due && clock.now() < deadline; )
    await until(clock, clock.now() + 100);
  const { user, system } = process.cpuUsage(before);
  const heldUpMs = Math.max(0, loop.max / 1e6 - LOOK_MS);
  loop.disable();
  await engine.stop();
  await bus.close();
  await plain.close();
  return { ...summary(durable, due, (user + system) / 1000), heldUpMs };
}

function summary(
  durable: readonly { readonly id: string; readonly lateMs: number }[],
  due: number,
  cpuMs: number,
): Omit<Fired, 'heldUpMs'> {
  const ids = new Set(durable.map(({ id }) => id));
  const late = durable.map(({ lateMs }) => lateMs).toSorted((a, b) => a - b);
  const at = (share: number) => late[Math.max(0, Math.ceil(late.length * share) - 1)] ?? 0;
  const counts = { due, jobs: ids.size, doubled: durable.length - ids.size };
  return { ...counts, p50Ms: at(0.5), p99Ms: at(0.99), mostMs: at(1), cpuMsEach: cpuMs / Math.max(1, durable.length) };
}

async function fill(store: SqliteStore, { schedules, perSecond }: FiringPlan, firstAt: Instant): Promise<void> {
  const thePackage = aPackage();
  const application = {
    id: 'room',
    description: '',
    currentPackage: thePackage.id,
    createdAt: firstAt,
    updatedAt: firstAt,
  };
  const first: Write[] = [
    { do: 'create', kind: 'package', doc: thePackage },
    { do: 'create', kind: 'application', doc: application },
  ];
  await store.apply(first);
  for (let from = 0; from < schedules; from += AT_ONCE) {
    const count = Math.min(AT_ONCE, schedules - from);
    const writes = Array.from({ length: count }, (_, index) =>
      writesOf(from + index, { schedules, perSecond, firstAt }),
    );
    if ((await store.apply(writes.flat())).some(({ ok }) => !ok)) throw new Error('the schedules could not be stored');
  }
}

function writesOf(
  index: number,
  { schedules, perSecond, firstAt }: Pick<FiringPlan, 'schedules' | 'perSecond'> & { readonly firstAt: Instant },
): Write[] {
  const id = `climate-of-room-${String(index).padStart(7, '0')}-abcdef`;
  const everyMs = perSecond === 0 ? 3_600_000 : Math.round((schedules / perSecond) * 1000);
  const startAt = perSecond === 0 ? firstAt : firstAt + Math.floor((index * 1000) / perSecond);
  const schedule = aSchedule({ triggers: [{ kind: 'interval', everyMs }], startAt, durationMs: 60_000 });
  const shard = shardOf(id);
  const instance = anInstance({ id, name: id, schedule, enabledAt: firstAt - 1, overlap: { kind: 'allow' }, shard });
  const status = {
    ...{
      id,
      cursorAt: firstAt - 1,
      occurrenceAt: startAt,
      settledAhead: [],
      queue: [],
      upstreamAt: instance.createdAt,
    },
    ...{ why: 'waits for its next occurrence', seenUpdatedAt: instance.updatedAt, shard, nextAt: startAt },
  };
  return [
    { do: 'create', kind: 'instance', doc: instance },
    { do: 'create', kind: 'instanceStatus', doc: status },
  ];
}

function until(clock: SystemClock, at: Instant): Promise<void> {
  return new Promise((resolve) => clock.at(at, resolve));
}
