// The scheduler alone over a real database: what `million` and `growth` start, each in a process of its own.
import { MemoryBus } from '../src/adapters/memory-bus/memory-bus.ts';
import { SqliteStore } from '../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../src/adapters/system-random/system-random.ts';
import { Engine } from '../src/engine/engine.ts';
import { eventMaker, eventRecorder } from '../src/engine/event-recorder.ts';
import { WatchedStore } from '../src/engine/watched-store.ts';
import { engineLimits } from '../src/main/ordinary-limits.ts';
import { InstanceController } from '../src/scheduler/instance-controller.ts';
import { silentLog as log } from './silent-log.ts';

/** A scheduler that is ready to be started. */
export interface LoneScheduler {
  readonly clock: SystemClock;
  /** What the scheduler writes through: it tells of each write. */
  readonly store: WatchedStore;
  /** The same database, of whose writes nobody is told. */
  readonly plain: SqliteStore;
  readonly engine: Engine;
  close(): Promise<void>;
}

/** Opens the database and builds the scheduler on it; nobody runs the jobs that it makes. */
export async function openLoneScheduler(path: string): Promise<LoneScheduler> {
  const [clock, random] = [new SystemClock(), new SystemRandom()];
  const plain = SqliteStore.open({ path, clock, log });
  const store = new WatchedStore(plain);
  const bus = new MemoryBus({ clock, log, limit: 1_000_000, backoff: { firstMs: 100, maxMs: 1000 } });
  await bus.subscribe('berth.deploy.requests', 'deployment', async () => {});
  const recordEvent = eventRecorder({ store, clock, random, log });
  const limits = { ...engineLimits(''), sweepEveryMs: 3_600_000 };
  const engine = new Engine({ clock, random, log, ...limits });
  engine.register(new InstanceController({ store, bus, recordEvent, newEvent: eventMaker({ clock, random }) }));
  store.onWritten((kind, _id, doc) => engine.written(kind, doc));
  const close = async () => {
    await engine.stop();
    await bus.close();
    await plain.close();
  };
  return { clock, store, plain, engine, close };
}
