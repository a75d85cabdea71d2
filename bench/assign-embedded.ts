// Scheduler and deployment in one process, over SQLite and a bus in memory: what `berth up` has of them, without anybody who reaches nodes.
import { join } from 'node:path';
import { MemoryBus } from '../src/adapters/memory-bus/memory-bus.ts';
import { SqliteStore } from '../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../src/adapters/system-random/system-random.ts';
import { readSettings } from '../src/config/read-settings.ts';
import { serveDeployRequests } from '../src/deployment/deploy-requests.ts';
import { FleetController } from '../src/deployment/fleet-controller.ts';
import { FleetView } from '../src/deployment/fleet-view.ts';
import { JobController } from '../src/deployment/job-controller.ts';
import { Engine } from '../src/engine/engine.ts';
import { eventMaker, eventRecorder } from '../src/engine/event-recorder.ts';
import { WatchedStore } from '../src/engine/watched-store.ts';
import { engineLimits, roomRules } from '../src/main/ordinary-limits.ts';
import { InstanceController } from '../src/scheduler/instance-controller.ts';
import type { HopTrace } from './hop-trace.ts';
import { silentLog as log } from './silent-log.ts';

/** What runs in a child of `assign`. */
export interface AssignRooms {
  readonly store: WatchedStore;
  close(): Promise<void>;
}

const BUS_LIMIT = 100_000;
const BACKOFF = { firstMs: 100, maxMs: 10_000 };

/** Opens both below the data directory of the settings, and starts the loop. */
export async function openEmbedded(variables: Readonly<Record<string, string>>, trace: HopTrace): Promise<AssignRooms> {
  const settings = readSettings(variables);
  const [clock, random] = [new SystemClock(), new SystemRandom()];
  const store = new WatchedStore(SqliteStore.open({ path: join(settings.data, 'berth.sqlite'), clock, log }));
  const bus = trace.bus(new MemoryBus({ clock, log, limit: BUS_LIMIT, backoff: BACKOFF }));
  const engine = new Engine({ clock, random, log, ...engineLimits('') });
  const recordEvent = eventRecorder({ store, clock, random, log });
  const fleet = new FleetView();
  const wake = (key: string) => engine.wake(key);
  engine.register(new InstanceController({ store, bus, recordEvent, newEvent: eventMaker({ clock, random }) }));
  engine.register(new JobController({ store, fleet, rules: roomRules(settings), recordEvent, wake }));
  engine.register(new FleetController({ store, clock, fleet, wake }));
  trace.watch(store);
  store.onWritten((kind, id, doc) => {
    fleet.written(kind, id, doc);
    engine.written(kind, doc);
  });
  const stopServing = await serveDeployRequests({ store, bus, clock, log, wake });
  await engine.start();
  const close = async () => {
    await stopServing();
    await engine.stop();
    await bus.close();
    await store.close();
  };
  return { store, close };
}
