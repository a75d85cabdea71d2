// The ingest of sensors over the real database, on a clock that only moves when told.
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import type { EventText } from '../../../src/engine/event-recorder.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import { buildSensorRoom, type SensorRoom } from '../../../src/main/sensor-room.ts';
import type { Sensor, SensorStatus, SensorType } from '../../../src/model/sensor.ts';
import type { DeviceGate, DeviceListener } from '../../../src/ports/device-gate.ts';
import { SimReadings } from '../../../src/sim/sim-readings.ts';
import { SimSeries } from '../../../src/sim/sim-series.ts';
import { T0 } from '../../builders/jobs.ts';
import { aSensor, aSensorType } from '../../builders/sensors.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { until } from '../../world/until.ts';
import { ManualClock } from '../engine/manual-clock.ts';

/** A command that reached the gate. */
export interface SentCommand {
  readonly sensor: string;
  readonly control: string;
  readonly sent: { readonly id: string; readonly parameters: unknown };
}

/** A room with everything around it. */
export interface SensorWorld {
  readonly room: SensorRoom;
  readonly clock: ManualClock;
  readonly store: WatchedStore;
  readonly readings: SimReadings;
  readonly series: SimSeries;
  /** What stands behind the gate. */
  readonly door: DeviceListener;
  readonly commands: SentCommand[];
  readonly cut: string[];
  readonly events: EventText[];
  /** A device sends something. */
  send(sensor: string, value: unknown): Promise<void>;
  /** What is stored of a sensor, once it is as asked; time passes meanwhile, a tenth of a second at a time. */
  status(sensor: string, fits: (status: SensorStatus) => boolean): Promise<SensorStatus>;
}

/** Opens a room with these sensors; it ends with the test. */
export async function openSensors(
  sensors: readonly Sensor[] = [aSensor('t1')],
  types: readonly SensorType[] = [aSensorType()],
  present: readonly SensorStatus[] = [],
): Promise<SensorWorld> {
  const clock = new ManualClock(T0);
  const path = join(await temporaryDirectory(), 'berth.db');
  const store = new WatchedStore(SqliteStore.open({ path, clock, log: silentLog }));
  for (const type of types) await store.create('sensorType', type);
  for (const sensor of sensors) await store.create('sensor', sensor);
  for (const status of present) await store.create('sensorStatus', status);
  const [readings, series] = [new SimReadings(), new SimSeries(clock)];
  const commands: SentCommand[] = [];
  const [cut, events]: [string[], EventText[]] = [[], []];
  const gate: DeviceGate = {
    url: 'mqtt://test',
    command: async (sensor, control, payload) => {
      const sent = JSON.parse(Buffer.from(payload).toString()) as SentCommand['sent'];
      commands.push({ sensor, control, sent });
    },
    cut: (sensor) => void cut.push(sensor),
    close: async () => undefined,
  };
  const listening = Promise.withResolvers<DeviceListener>();
  const room = buildSensorRoom({
    ...{ store, clock, readings, series, log: silentLog, readingMaxAgeMs: 86_400_000 },
    recordEvent: async (event) => void events.push(event),
    openGate: async (listener) => {
      listening.resolve(listener);
      return gate;
    },
  });
  store.onWritten(room.written);
  await room.open();
  onTestFinished(async () => {
    await room.close();
    await store.close();
  });
  const door = await listening.promise;
  return {
    ...{ room, clock, store, readings, series, door, commands, cut, events },
    send: (sensor, value) => door.readings(sensor, Buffer.from(JSON.stringify(value))),
    status: (sensor, fits) =>
      until(`the status of ${sensor}`, 5000, async () => {
        await clock.advance(100);
        const doc = (await store.get('sensorStatus', sensor))?.doc;
        if (doc && fits(doc)) return doc;
        throw new Error(JSON.stringify(doc));
      }),
  };
}
