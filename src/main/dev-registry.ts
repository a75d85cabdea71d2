// The devices with which an algorithm is tried: those that its package describes, and as many more as it needs. Pure.
import type { Algorithm, AppConfig, Package, SensorDeclaration } from '../model/package.ts';
import type { SensorWish, TypeWish } from '../sensors/decide-registry.ts';

/** Devices and their types, and what is to be said about them. */
export interface DevRegistry {
  readonly types: readonly TypeWish[];
  readonly sensors: readonly SensorWish[];
  readonly remarks: readonly string[];
}

interface TypeNeed {
  readonly type: string;
  readonly count: number;
  /** How a reading looks, where that was said. */
  readonly format: Algorithm['sensors'][number]['format'] | null;
  readonly isControl: boolean;
}

/** What to register for an algorithm; `rateHz` goes for all devices, null: as their types say. */
export function devRegistry(
  { sensorConfig }: Pick<Package, 'sensorConfig'>,
  algorithm: Algorithm,
  rateHz: number | null,
): DevRegistry {
  const needs = needsOf(algorithm);
  const types = needs.map((need) => ({ need, ...typeOf(need, sensorConfig, rateHz) }));
  return {
    types: types.map(({ type }) => type),
    sensors: needs.flatMap((need) => sensorsOf(need, sensorConfig.sensors)),
    remarks: types.flatMap(({ remark }) => remark ?? []),
  };
}

/** The algorithm that is meant; undefined when that is not clear. */
export function chosenAlgorithm({ algorithms }: AppConfig, wanted: string | undefined): Algorithm | undefined {
  if (wanted === undefined) return algorithms.length === 1 ? algorithms[0] : undefined;
  return algorithms.find(({ id }) => id === wanted);
}

/** Of each type as many as all names of it take: no device is given to two of them. */
function needsOf({ sensors, controls }: Algorithm): readonly TypeNeed[] {
  const ids = new Set([...sensors, ...controls].map(({ type }) => type));
  return [...ids].map((type) => {
    const read = sensors.filter((need) => need.type === type);
    const steered = controls.filter((need) => need.type === type);
    const reading = read.reduce((sum, { count }) => sum + count, 0);
    const count = Math.max(reading, steered.length);
    return { type, count, format: read[0]?.format ?? null, isControl: steered.length > 0 };
  });
}

function typeOf(
  { type: id, format, isControl }: TypeNeed,
  { types = [], sensors }: Package['sensorConfig'],
  rateHz: number | null,
): { readonly type: TypeWish; readonly remark?: string } {
  const described = types.find((type) => type.id === id);
  if (described) return { type: { ...described, rateHz: rateHz ?? described.rateHz } };
  const declared = sensors.find((sensor) => sensor.type === id);
  const range = declared?.outputRange;
  const field = {
    name: 'value',
    type: format ?? declared?.outputType ?? 'number',
    unit: '',
    ...(range ? { range } : {}),
  };
  const fields = [{ ...field, type: field.type as TypeWish['fields'][number]['type'] }];
  const type = { id, description: '', fields, rateHz: rateHz ?? declared?.dataRateHz ?? 1, controls: [] };
  const told = isControl ? ' and nothing that it can be told' : '';
  return {
    type,
    remark: `sensor_config.json does not describe the type ${id}: it is simulated with one field, value (${field.type})${told}.`,
  };
}

function sensorsOf({ type, count }: TypeNeed, declared: readonly SensorDeclaration[]): readonly SensorWish[] {
  const own = declared.filter((sensor) => sensor.type === type);
  const missing = Array.from(
    { length: Math.max(0, count - own.length) },
    (_, index) => `simulated-${type}-${index + 1}`,
  );
  const nothing = { network: {}, schedule: null };
  return [
    ...own.map(({ id, name, location, tags = [] }) => ({ id, name, type, location, tags, ...nothing })),
    ...missing.map((id) => ({ id, name: id, type, location: '', tags: [], ...nothing })),
  ];
}
