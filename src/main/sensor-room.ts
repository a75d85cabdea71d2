// Puts the ingest of sensors together: the gate for devices, the intake behind it, readings for tasks and people, commands to devices.
import type { Controller } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { Kind } from '../model/kinds.ts';
import type { SensorStatus } from '../model/sensor.ts';
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
  /** Lets devices in. @throws sensor.gate-not-open */
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
}

const SWEEP_EVERY_MS = 60_000;

/** Builds the room; nobody is let in before `open`. */
export function buildSensorRoom(needs: SensorRoomNeeds): SensorRoom {
  const { store, clock, log, readings, readingMaxAgeMs } = needs;
  let gate: DeviceGate = NO_GATE;
  const sensors = new KnownSensors({ store, clock, openTimes: openTimesOf(store) });
  const find = (sensor: string) => sensors.find(sensor);
  const live = new LiveReadings(readings);
  const series = new ReadingSeries(needs);
  const statuses = new StatusBook({ store, clock, log, find, record: recorder(needs.recordEvent) });
  const publish = live.publish.bind(live);
  const intake = new SensorIntake({ clock, readings, sensors, statuses, series, publish, oldestMs: readingMaxAgeMs });
  const commands = new DeviceCommands({ clock, find, gate: () => gate });
  const door = new DeviceDoor({ store, log, intake, statuses, commands, gate: () => gate });
  return {
    feeds: new SensorFeeds({ store, clock, readings, live }),
    commands,
    reads: new ReadingReads({ ...needs, live }),
    requests: new ReadingRequests({ store, intake }),
    controllers: [new ReadingSweep(readings, { maxAgeMs: readingMaxAgeMs, everyMs: SWEEP_EVERY_MS })],
    url: () => gate.url,
    written: (kind, id, doc) => {
      sensors.written(kind, id);
      door.written(kind, id, doc);
      if (kind === 'sensor' && doc === undefined) forget(id);
    },
    open: async () => {
      await statuses.open();
      gate = await needs.openGate(door);
    },
    close: async () => {
      await gate.close();
      await statuses.close();
      await series.close();
    },
  };

  function forget(sensor: string): void {
    live.forget(sensor);
    statuses.removed(sensor).catch((error: unknown) => {
      log.warn('The status of a removed sensor could not be removed', { sensor, error });
    });
  }
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
