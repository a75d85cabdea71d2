// What may be read of the registry: types, and sensors with what is known of them.
import { pages } from '../engine/shard-sweep.ts';
import { BerthError } from '../model/errors.ts';
import { isWithin } from '../model/location.ts';
import type { Sensor, SensorState, SensorStatus, SensorType } from '../model/sensor.ts';
import type { Query, Store } from '../ports/store.ts';

/** A sensor with what is known of it; null: nothing yet. */
export interface SensorView {
  readonly sensor: Sensor;
  readonly status: SensorStatus | null;
}

/** A type with how many sensors are of it. */
export interface SensorTypeView {
  readonly type: SensorType;
  readonly sensors: number;
}

/** Which sensors to list, by id unless a place is asked for. */
export interface SensorListQuery {
  readonly type?: string;
  /** There, or deeper. */
  readonly location?: string;
  readonly tag?: string;
  readonly state?: SensorState;
  readonly limit: number;
  readonly after?: string;
}

type Listing<T> = { readonly items: readonly T[]; readonly next?: string };

/** Pages of the registry that are looked through for one page of what is wanted, at most. */
const MOST_PAGES = 50;

/** A page of sensors; it may hold fewer than asked for, or none, though more follow. */
export async function listSensors(store: Store, wanted: SensorListQuery): Promise<Listing<SensorView>> {
  const items: SensorView[] = [];
  let { after } = wanted;
  for (let page = 0; page < MOST_PAGES; page++) {
    const found = await store.list('sensor', queryOf(wanted, wanted.limit - items.length, after));
    const views = await withStatuses(
      store,
      found.items.map(({ doc }) => doc),
    );
    items.push(...views.filter((view) => isWanted(view, wanted)));
    after = found.next;
    if (after === undefined || items.length >= wanted.limit) break;
  }
  return after === undefined ? { items } : { items, next: after };
}

/** Places are found by their index; those whose names only begin like it are sorted out later. The sign `0` comes after `/`. */
function queryOf({ type, location }: SensorListQuery, limit: number, after: string | undefined): Query {
  const paged = after === undefined ? { limit } : { limit, after };
  if (location !== undefined) return { orderBy: 'location', from: location, below: `${location}0`, ...paged };
  return type === undefined ? paged : { where: { type }, ...paged };
}

function isWanted({ sensor, status }: SensorView, { type, location, tag, state }: SensorListQuery): boolean {
  return (
    (type === undefined || sensor.type === type) &&
    (location === undefined || isWithin(sensor.location, location)) &&
    (tag === undefined || sensor.tags.includes(tag)) &&
    (state === undefined || (status?.state ?? 'unknown') === state)
  );
}

async function withStatuses(store: Store, sensors: readonly Sensor[]): Promise<readonly SensorView[]> {
  const statuses = await store.getMany(
    'sensorStatus',
    sensors.map(({ id }) => id),
  );
  const byId = new Map(statuses.map(({ doc }) => [doc.id, doc]));
  return sensors.map((sensor) => ({ sensor, status: byId.get(sensor.id) ?? null }));
}

/** One sensor. @throws request.not-found */
export async function showSensor(store: Store, id: string): Promise<SensorView> {
  const stored = await store.get('sensor', id);
  if (!stored) throw new BerthError('request.not-found', { what: 'sensor', id });
  return { sensor: stored.doc, status: (await store.get('sensorStatus', id))?.doc ?? null };
}

/** A page of types, by name. */
export async function listSensorTypes(
  store: Store,
  page: { readonly limit: number; readonly after?: string },
): Promise<Listing<SensorTypeView>> {
  const { items, next } = await store.list('sensorType', page);
  const views = await Promise.all(items.map(({ doc }) => viewOf(store, doc)));
  return next === undefined ? { items: views } : { items: views, next };
}

/** One type. @throws request.not-found */
export async function showSensorType(store: Store, id: string): Promise<SensorTypeView> {
  const stored = await store.get('sensorType', id);
  if (!stored) throw new BerthError('request.not-found', { what: 'sensor type', id });
  return viewOf(store, stored.doc);
}

async function viewOf(store: Store, type: SensorType): Promise<SensorTypeView> {
  return { type, sensors: await store.count('sensor', { where: { type: type.id } }) };
}

/** Everything that is registered, by id. */
export async function wholeRegistry(
  store: Store,
): Promise<{ readonly types: readonly SensorType[]; readonly sensors: readonly Sensor[] }> {
  const [types, sensors] = await Promise.all([
    Array.fromAsync(pages(store, 'sensorType', { limit: 1000 })),
    Array.fromAsync(pages(store, 'sensor', { limit: 1000 })),
  ]);
  return { types, sensors };
}
