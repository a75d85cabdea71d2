// The ingest of the platform in a process of its own: the embedded broker, the check, the store of readings, the streams of tasks.
import { join } from 'node:path';
import { AedesGate } from '../../src/adapters/aedes-gate/aedes-gate.ts';
import { SqliteReadings } from '../../src/adapters/sqlite-readings/sqlite-readings.ts';
import { SqliteSeries } from '../../src/adapters/sqlite-series/sqlite-series.ts';
import { SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { WatchedStore } from '../../src/engine/watched-store.ts';
import { buildSensorRoom } from '../../src/main/sensor-room.ts';
import type { SensorStatus } from '../../src/model/sensor.ts';
import type { Write } from '../../src/ports/store.ts';
import { aJob, aTask } from '../../test/builders/jobs.ts';
import { aBinding, aSensor, aSensorType } from '../../test/builders/sensors.ts';
import { silentLog } from '../silent-log.ts';
import { wallNow } from '../wall-clock.ts';
import { answerOrders } from './child.ts';
import { Window } from './window.ts';

/** How large it is to be. */
export interface PlatformOptions {
  readonly directory: string;
  readonly sensors: number;
  /** Tasks that stream, each so many sensors. */
  readonly tasks: number;
  readonly sensorsPerTask: number;
}

/** What it says when it is ready. */
export interface PlatformReady {
  readonly url: string;
  /** From nothing in memory to an open door, with all sensors online before. */
  readonly startMs: number;
  readonly residentBeforeMb: number;
  readonly residentMb: number;
}

const WRITES_AT_ONCE = 500;
const options = JSON.parse(process.argv[2] ?? '{}') as PlatformOptions;
const clock = new SystemClock();
const at = (name: string) => join(options.directory, name);
const store = new WatchedStore(SqliteStore.open({ path: at('berth.sqlite'), clock, log: silentLog }));
await seed();
const residentBeforeMb = residentMb();
const startedAt = performance.now();
const room = buildSensorRoom({
  ...{ store, clock, log: silentLog, readingMaxAgeMs: 7 * 86_400_000, recordEvent: async () => {} },
  series: SqliteSeries.open({ path: at('series.sqlite'), clock }),
  readings: SqliteReadings.open({ path: at('readings.sqlite'), clock, log: silentLog }),
  openGate: (listener) =>
    AedesGate.open({
      ...{ listener, clock, log: silentLog },
      ports: { plain: { host: '127.0.0.1', port: 0 }, tls: null },
      limits: { packetBytes: 256 * 1024, connections: 50_000, connectionsPerSensor: 8 },
    }),
});
store.onWritten(room.written);
await room.open();
const startMs = performance.now() - startedAt;
const window = new Window();
for (let task = 0; task < options.tasks; task++) void follow(task);
const ready: PlatformReady = { url: room.url() ?? '', startMs, residentBeforeMb, residentMb: residentMb() };
answerOrders(ready, { begin: () => window.begin(), end: () => window.end() });

async function follow(index: number): Promise<void> {
  const task = aTask(aJob({ id: `job-${index}` }), 0, 1, 'n1');
  const wish = { index: null, after: null, rateHz: null };
  for await (const batch of room.feeds.stream(task, 'all', wish, new AbortController().signal)) {
    const now = wallNow();
    for (const reading of batch) window.arrived(reading.at, now);
  }
}

async function seed(): Promise<void> {
  const now = clock.now();
  const status = { state: 'online', reason: 'its readings come', stateSinceAt: now, lastReadingAt: now } as const;
  const counted = { readings: 0, misfits: 0, samples: [], shard: 0, nextAt: now };
  const writes: Write[] = [{ do: 'create', kind: 'sensorType', doc: aSensorType() }];
  for (let index = 0; index < options.sensors; index++) {
    const id = `s${index}`;
    const known: SensorStatus = { id, ...status, ...counted };
    writes.push({ do: 'create', kind: 'sensor', doc: aSensor(id) }, { do: 'create', kind: 'sensorStatus', doc: known });
  }
  for (let task = 0; task < options.tasks; task++) {
    const first = task * options.sensorsPerTask;
    const all = Array.from({ length: options.sensorsPerTask }, (_, each) => `s${(first + each) % options.sensors}`);
    writes.push({ do: 'create', kind: 'jobBinding', doc: aBinding(`job-${task}`, { sensors: { all } }) });
  }
  for (let done = 0; done < writes.length; done += WRITES_AT_ONCE)
    await store.apply(writes.slice(done, done + WRITES_AT_ONCE));
}

function residentMb(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}
