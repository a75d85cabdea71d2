// Which sensors and types a package names that are not registered, and what becomes of the requests for them. Pure.
import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '../model/instant.ts';
import type { Package, SensorDeclaration } from '../model/package.ts';
import type { FieldType, RegistrationRequest, SensorField } from '../model/sensor.ts';

/** A sensor or type that a package names. */
export type RegistrationWish = RegistrationRequest['wish'];

/** What is registered already, of what a package names. */
export interface Registered {
  readonly types: ReadonlySet<string>;
  readonly sensors: ReadonlySet<string>;
}

type TypeWish = Extract<RegistrationWish, { readonly kind: 'type' }>['type'];

/** Packages that a request remembers. */
const MOST_PACKAGES = 20;

/** The id of the request for a sensor or a type. */
export function requestId(wish: RegistrationWish): string {
  return wish.kind === 'type' ? `type:${wish.type.id}` : `sensor:${wish.sensor.id}`;
}

/** Everything that a package names: types as it describes them, or else as its sensors and its algorithms let them be guessed. */
export function wishesOf({
  config,
  sensorConfig,
}: Pick<Package, 'config' | 'sensorConfig'>): readonly RegistrationWish[] {
  const types = new Map<string, TypeWish>();
  const note = (type: TypeWish) => void (types.has(type.id) || types.set(type.id, type));
  for (const type of sensorConfig.types ?? []) note(type);
  for (const sensor of sensorConfig.sensors) note(guessedType(sensor));
  for (const { sensors, controls } of config.algorithms) {
    for (const { type, format } of sensors) note(typeOf(type, [valueField(format)]));
    for (const { type } of controls) note(typeOf(type, []));
  }
  return [
    ...[...types.values()].map((type) => ({ kind: 'type', type }) as const),
    ...sensorConfig.sensors.map((sensor) => ({ kind: 'sensor', sensor: sensorOf(sensor) }) as const),
  ];
}

function guessedType({ type, outputType, outputRange, dataRateHz }: SensorDeclaration): TypeWish {
  const field = valueField(FIELD_TYPES.find((each) => each === outputType) ?? 'object');
  const isNumber = field.type === 'number' || field.type === 'integer';
  const ranged = outputRange && isNumber ? { ...field, range: outputRange } : field;
  return { ...typeOf(type, [ranged]), ...(dataRateHz === undefined ? {} : { rateHz: dataRateHz }) };
}

const FIELD_TYPES: readonly FieldType[] = ['number', 'integer', 'boolean', 'string', 'object'];

function valueField(type: FieldType): SensorField {
  return { name: 'value', type, unit: '' };
}

function typeOf(id: string, fields: readonly SensorField[]): TypeWish {
  return { id, description: '', fields, rateHz: 1, controls: [] };
}

function sensorOf({ id, name, type, location, network, tags = [] }: SensorDeclaration) {
  return { id, name, type, location, tags: tags.toSorted(), network };
}

/** Whether what a wish asks for is registered. */
export function isRegistered(wish: RegistrationWish, { types, sensors }: Registered): boolean {
  return wish.kind === 'type' ? types.has(wish.type.id) : sensors.has(wish.sensor.id);
}

/**
 * A request as a package makes it, or adds itself to it; the very one from before when nothing changes. What was refused is asked again only
 * by a package that asks for something else.
 */
export function decideRequest(
  wish: RegistrationWish,
  pkg: Pick<Package, 'id' | 'application'>,
  before: RegistrationRequest | undefined,
  now: Instant,
): RegistrationRequest {
  if (!before) return newRequest(wish, pkg, now);
  if (before.packages.includes(pkg.id) && before.state !== 'approved') return before;
  const packages = [...before.packages.filter((id) => id !== pkg.id), pkg.id].slice(-MOST_PACKAGES);
  if (before.state === 'open') return { ...before, wish, packages, application: pkg.application };
  if (before.state === 'refused' && isDeepStrictEqual(before.wish, wish)) return { ...before, packages };
  return { ...newRequest(wish, pkg, now), packages };
}

function newRequest(
  wish: RegistrationWish,
  { id, application }: Pick<Package, 'id' | 'application'>,
  now: Instant,
): RegistrationRequest {
  const undecided = { state: 'open', decision: null, createdAt: now } as const;
  return { id: requestId(wish), wish, packages: [id], application, ...undecided };
}
