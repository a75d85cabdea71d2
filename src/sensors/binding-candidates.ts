// Finds the devices that the names of a job may stand for. Of a type with very many devices no more are read than can matter.
import { pages } from '../engine/shard-sweep.ts';
import type { JobBinding, JobSensorNeeds } from '../model/binding.ts';
import type { Job } from '../model/job.ts';
import type { Sensor } from '../model/sensor.ts';
import type { Query, Store } from '../ports/store.ts';
import { type BindingSnapshot, type Device, type Need, needsOf } from './binding-snapshot.ts';
import { fits } from './decide-binding.ts';

const PAGE = 500;
/** A place with more devices than this is looked through by their type, in which devices that are online end the search. */
const FEW = 1000;

/** Everything that the decision about a job's sensors rests on. */
export async function loadBindingSnapshot(
  store: Store,
  { id, instance, shard }: Pick<Job, 'id' | 'instance' | 'shard'>,
  needs: JobSensorNeeds,
  before: JobBinding | null,
): Promise<BindingSnapshot> {
  const all = needsOf(needs);
  const named = all.flatMap(({ wish }) => (wish.by === 'id' ? wish.sensors : []));
  const devices = new Map<string, Device>();
  for (const device of await byIds(store, named)) devices.set(device.sensor.id, device);
  const wanted = all.reduce((sum, { count }) => sum + count, named.length);
  for (const need of all) if (need.wish.by === 'query') await findFor(store, need, wanted, devices);
  const types = [...new Set(all.map(({ type }) => type))];
  const registered = await getInParts(store, 'sensorType', types);
  const unknown = [
    ...types.map((type) => `type:${type}`),
    ...named.filter((each) => !devices.has(each)).map((each) => `sensor:${each}`),
  ];
  const requests = await getInParts(store, 'registrationRequest', unknown);
  return {
    job: { id, instance, shard },
    needs,
    types: new Set(registered.map((type) => type.id)),
    devices,
    requests: new Map(requests.map((request) => [request.id, request])),
    before,
  };
}

async function findFor(store: Store, need: Need, wanted: number, devices: Map<string, Device>): Promise<void> {
  let online = 0;
  for await (const page of candidatePages(store, need)) {
    const found = (await withStates(store, page)).filter((device) => fits(device, need));
    for (const device of found) devices.set(device.sensor.id, device);
    online += found.filter(({ sensor, state }) => sensor.enabled && state === 'online').length;
    // By type they come in the order of their ids: whatever follows is chosen after those that are online already.
    if (page.isByType && online >= wanted) return;
  }
}

interface CandidatePage {
  readonly sensors: readonly Sensor[];
  readonly isByType: boolean;
}

async function* candidatePages(store: Store, { type, wish }: Need): AsyncIterable<CandidatePage> {
  const within = wish.by === 'query' && wish.query.location !== undefined ? placeQuery(wish.query.location) : null;
  const isNarrow = within !== null && (await store.count('sensor', within)) <= FEW;
  const query: Query = isNarrow ? { ...within, limit: PAGE } : { where: { type }, limit: PAGE };
  let sensors: Sensor[] = [];
  for await (const sensor of pages(store, 'sensor', query)) {
    if (sensors.push(sensor) < PAGE) continue;
    yield { sensors, isByType: !isNarrow };
    sensors = [];
  }
  if (sensors.length > 0) yield { sensors, isByType: !isNarrow };
}

/** A place and everything in it; also places whose names begin like it, which are sorted out later. The sign `0` comes after `/`. */
function placeQuery(location: string): Omit<Query, 'limit'> {
  return { orderBy: 'location', from: location, below: `${location}0` };
}

async function byIds(store: Store, ids: readonly string[]): Promise<readonly Device[]> {
  const sensors = await getInParts(store, 'sensor', [...new Set(ids)]);
  return withStates(store, { sensors });
}

async function withStates(store: Store, { sensors }: Pick<CandidatePage, 'sensors'>): Promise<readonly Device[]> {
  const statuses = await getInParts(
    store,
    'sensorStatus',
    sensors.map(({ id }) => id),
  );
  const states = new Map(statuses.map(({ id, state }) => [id, state]));
  return sensors.map((sensor) => ({ sensor, state: states.get(sensor.id) ?? 'unknown' }));
}

async function getInParts<K extends 'sensor' | 'sensorStatus' | 'sensorType' | 'registrationRequest'>(
  store: Store,
  kind: K,
  ids: readonly string[],
) {
  const parts = Array.from({ length: Math.ceil(ids.length / PAGE) }, (_, part) =>
    ids.slice(part * PAGE, (part + 1) * PAGE),
  );
  const found = await Promise.all(parts.map((part) => store.getMany(kind, part)));
  return found.flat().map(({ doc }) => doc);
}
