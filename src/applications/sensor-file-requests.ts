// Judges a sensor file by what is registered already, and by the calendars that there are; gives what it asks for in the words of the model.
import { positionPages } from '../engine/shard-sweep.ts';
import type { Problem } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Schedule } from '../model/schedule.ts';
import type { Sensor } from '../model/sensor.ts';
import type { Store } from '../ports/store.ts';
import type { ScheduleFaults } from './instance-file-faults.ts';
import { readSensorFile, type SentSensorFile, sensorFileInvalid } from './read-sensor-file.ts';
import { scheduleOf, schedulePath } from './schedule-of.ts';
import type { SensorFile } from './sensor-file-schema.ts';
import type { TypeWish } from './sensor-type-schema.ts';

/** A device as a file describes it; without `enabled` it stays as it is. */
export type SensorWish = Pick<Sensor, 'id' | 'name' | 'type' | 'location' | 'tags' | 'network' | 'schedule'> & {
  readonly enabled?: boolean;
};

/** What a sensor file asks for. */
export interface RegistryWish {
  readonly types: readonly TypeWish[];
  readonly sensors: readonly SensorWish[];
}

/** What sensor files are judged with. */
export interface SensorFileParts {
  readonly store: Store;
  readonly scheduleFaults: ScheduleFaults;
}

/** Schedules of sensors have always been there, so that the same file always means the same. */
const ALWAYS: Instant = 0;
const PAGE = 500;
const NAMED = 20;

/** What a sensor file that was sent asks for. @throws sensor.invalid with every problem */
export async function planRegistry(parts: SensorFileParts, sent: SentSensorFile, now: Instant): Promise<RegistryWish> {
  const file = readSensorFile(sent);
  const [known, before, calendars] = await Promise.all([
    knownTypes(parts.store, file),
    presentSensors(parts.store, file),
    calendarNames(parts.store),
  ]);
  const faults = (schedule: Schedule) => parts.scheduleFaults(schedule, calendars, now);
  const problems = file.sensors.flatMap((sensor, index) =>
    sensorFaults(sensor, { known, before: before.get(sensor.id), faults }).map((fault) => ({
      ...fault,
      file: sent.name,
      path: `$.sensors[${index}].${fault.path}`,
    })),
  );
  if (problems.length > 0) throw sensorFileInvalid(problems);
  return { types: file.types, sensors: file.sensors.map(wishOf) };
}

type FileSensor = SensorFile['sensors'][number];
type Fault = Omit<Problem, 'file'>;

interface Context {
  readonly known: ReadonlySet<string>;
  readonly before: Sensor | undefined;
  readonly faults: (schedule: Schedule) => readonly Fault[];
}

function sensorFaults(sensor: FileSensor, { known, before, faults }: Context): Fault[] {
  const { type } = sensor;
  const found = JSON.stringify(type);
  return [
    ...(known.has(type) ? [] : [{ path: 'type', found, expected: `a sensor type that is registered${listed(known)}` }]),
    ...(before === undefined || before.type === type
      ? []
      : [{ path: 'type', found, expected: `"${before.type}", as it is; to change it, remove the sensor first` }]),
    ...scheduleFaultsOf(sensor, faults),
  ];
}

function listed(known: ReadonlySet<string>): string {
  if (known.size === 0) return ' or stands in this file; there is none yet';
  const names = [...known].toSorted();
  return `: ${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ', …' : ''}`;
}

function scheduleFaultsOf({ schedule: file }: FileSensor, faults: Context['faults']): Fault[] {
  if (file === undefined || file === 'always') return [];
  const schedule = scheduleOf(file, { upstream: new Map(), before: null }, ALWAYS);
  const own = schedule.triggers.flatMap(({ kind }, index) => triggerFaults(kind, index, schedule));
  const all = own.length > 0 ? own : faults(schedule);
  return all.map((fault) => ({ ...fault, path: schedulePath(file, fault.path).replace(/^\$\./, '') }));
}

/** A sensor is read for stretches of time: each begins with an occurrence, and must have an end or none at all. */
function triggerFaults(kind: string, index: number, { durationMs }: Schedule): Fault[] {
  if (kind === 'after' || kind === 'now')
    return [
      {
        path: `triggers[${index}].kind`,
        found: `"${kind}"`,
        expected: 'one of "continuous", "cron", "interval", "once"',
      },
    ];
  if (kind === 'continuous' || durationMs !== undefined) return [];
  return [
    { path: 'durationMs', found: 'nothing', expected: 'a length of time: readings are taken for so long each time' },
  ];
}

function wishOf(sensor: FileSensor): SensorWish {
  const { id, name = id, type, location, network, enabled, schedule: file } = sensor;
  const schedule =
    file === undefined || file === 'always' ? null : scheduleOf(file, { upstream: new Map(), before: null }, ALWAYS);
  const wish = { id, name, type, location, tags: sensor.tags.toSorted(), network, schedule };
  return enabled === undefined ? wish : { ...wish, enabled };
}

async function knownTypes(store: Store, file: SensorFile): Promise<ReadonlySet<string>> {
  const own = file.types.map(({ id }) => id);
  const registered = await Array.fromAsync(positionPages(store, 'sensorType', {}));
  return new Set([...own, ...registered.flat().map(({ id }) => id)]);
}

async function presentSensors(store: Store, { sensors }: SensorFile): Promise<ReadonlyMap<string, Sensor>> {
  const present = new Map<string, Sensor>();
  for (let start = 0; start < sensors.length; start += PAGE) {
    const ids = sensors.slice(start, start + PAGE).map(({ id }) => id);
    for (const { doc } of await store.getMany('sensor', ids)) present.set(doc.id, doc);
  }
  return present;
}

async function calendarNames(store: Store): Promise<string[]> {
  const all = await Array.fromAsync(positionPages(store, 'calendar', {}));
  return all.flat().map(({ id }) => id);
}
