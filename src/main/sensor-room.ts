// Puts the ingest of sensors together: the gate for devices, the intake behind it, readings for tasks and people, commands to devices.
import type { Controller } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { Kind } from '../model/kinds.ts';
import type { KeptReading, SensorStatus } from '../model/sensor.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeviceGate, DeviceListener } from '../ports/device-gate.ts';
import type { Log } from '../ports/log.ts';
import type { Readings } from '../ports/readings.ts';
import type { Series } from '../ports/series.ts';
import type { AnyDocument, Store } from '../ports/store.ts';
import { openTimeAt } from '../scheduler/open-times.ts';
import { DeviceCommands } from '../sensors/device-commands.ts';
import { DeviceDoor } from '../sensors/device-door.ts';
import { KnownSensors, type OpenTimes } from '../sensors/known-sensors.ts';
import { LiveReadings } from '../sensors/live-readings.ts';
import { ReadingReads } from '../sensors/reading-reads.ts';
import { ReadingRequests } from '../sensors/reading-requests.ts';
import { ReadingSeries } from '../sensors/reading-series.ts';
import { ReadingSweep } from '../sensors/reading-sweep.ts';
import { SensorFeeds } from '../sensors/sensor-feeds.ts';
import { SensorIntake } from '../sensors/sensor-intake.ts';
import { StatusBook } from '../sensors/status-book.ts';
import { NO_GATE } from './device-gate.ts';

/** What the rest of the platform uses of the ingest of sensors. */
export interface SensorRoom {
  readonly feeds: SensorFeeds;
  readonly commands: DeviceCommands;
  readonly reads: ReadingReads;
  readonly requests: ReadingRequests;
  readonly controllers: readonly Controller[];
  /** Where devices connect; null: nowhere. */
  readonly url: () => string | null;
  /** A document was written. */
  written(kind: Kind, id: string, doc: AnyDocument | undefined): void;
  /** Readings were kept by another process. */
  keptElsewhere(readings: readonly KeptReading[]): void;
  /** Lets devices in, for the first time or again. @throws sensor.gate-not-open */
  open(): Promise<void>;
  /** Lets nobody in any more, and writes what is known; the readings themselves are closed by whoever opened them. */
  close(): Promise<void>;
}

/** What the room is built on. */
export interface SensorRoomNeeds {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly series: Series;
  readonly readings: Readings;
  readonly recordEvent: RecordEvent;
  /** How long single readings are kept. */
  readonly readingMaxAgeMs: number;
  readonly openGate: (listener: DeviceListener) => Promise<DeviceGate>;
  /** Tells the other processes of readings that were kept here; absent: there are none. */
  readonly tellReadings?: (readings: readonly KeptReading[]) => void;
}

/** What is there while devices are listened to, and is made anew each time. */
interface Listening {
  readonly intake: SensorIntake;
  readonly statuses: StatusBook;
  readonly series: ReadingSeries;
  readonly door: DeviceDoor;
}

const SWEEP_EVERY_MS = 60_000;

/** Builds the room; nobody is let in before `open`. */
export function buildSensorRoom(needs: SensorRoomNeeds): SensorRoom {
  const { store, clock, readings, readingMaxAgeMs } = needs;
  let gate: DeviceGate = NO_GATE;
  const sensors = new KnownSensors({ store, clock, openTimes: openTimesOf(store) });
  const live = new LiveReadings(readings);
  const commands = new DeviceCommands({ clock, find: (sensor) => sensors.find(sensor), gate: () => gate });
  const listen = () => listening(needs, { sensors, live, commands, gate: () => gate });
  let present = listen();
  let isClosed = false;
  return {
    feeds: new SensorFeeds({ store, clock, readings, live }),
    commands,
    reads: new ReadingReads({ ...needs, live }),
    requests: new ReadingRequests({
      store,
      intake: { take: (sensor, payload) => present.intake.take(sensor, payload) },
    }),
    controllers: [new ReadingSweep(readings, { maxAgeMs: readingMaxAgeMs, everyMs: SWEEP_EVERY_MS })],
    url: () => gate.url,
    written: (kind, id, doc) => {
      sensors.written(kind, id);
      present.door.written(kind, id, doc);
      if (kind === 'sensor' && doc === undefined) forget(id);
    },
    keptElsewhere: (kept) => live.announce(kept),
    open: async () => {
      if (isClosed) present = listen();
      isClosed = false;
      await present.statuses.open();
      gate = await needs.openGate(present.door);
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      const open = gate;
      gate = NO_GATE;
      await open.close();
      await present.statuses.close();
      await present.series.close();
    },
  };

  function forget(sensor: string): void {
    live.forget(sensor);
    present.statuses.removed(sensor).catch((error: unknown) => {
      needs.log.warn('The status of a removed sensor could not be removed', { sensor, error });
    });
  }
}

/** Builds what listens to devices. */
function listening(
  needs: SensorRoomNeeds,
  {
    sensors,
    live,
    commands,
    gate,
  }: { sensors: KnownSensors; live: LiveReadings; commands: DeviceCommands; gate: () => DeviceGate },
): Listening {
  const { store, clock, log, readings, readingMaxAgeMs: oldestMs } = needs;
  const series = new ReadingSeries(needs);
  const find = (sensor: string) => sensors.find(sensor);
  const statuses = new StatusBook({ store, clock, log, find, record: recorder(needs.recordEvent) });
  const publish = (kept: readonly KeptReading[]) => {
    if (!needs.tellReadings) return live.publish(kept);
    live.announce(kept);
    needs.tellReadings(kept);
  };
  const intake = new SensorIntake({ clock, readings, sensors, statuses, series, publish, oldestMs });
  return { intake, statuses, series, door: new DeviceDoor({ store, log, intake, statuses, commands, gate }) };
}

function openTimesOf(store: Store): OpenTimes {
  return async (schedule, at) => {
    const calendars = (await store.getMany('calendar', schedule.calendars)).map(({ doc }) => doc);
    return openTimeAt({ schedule, enabledAt: schedule.startAt, calendars }, at);
  };
}

/** That a sensor is heard for the first time is no news; that one is lost, or there again, is. */
function recorder(recordEvent: RecordEvent) {
  return ({ id, state, reason }: SensorStatus, before: SensorStatus): void => {
    if (before.state === 'unknown') return;
    void recordEvent({
      kind: `sensor.${state}`,
      subject: `sensor:${id}`,
      text: `Sensor ${id} is ${state}: ${reason}.`,
    });
  };
}
