// Reads everything that an instance file is judged by: the package it names, the instances it runs after, the calendars there are.
import { positionPages } from '../engine/shard-sweep.ts';
import { BerthError, type Problem } from '../model/errors.ts';
import type { Package } from '../model/package.ts';
import { secretId } from '../model/secret.ts';
import type { Store } from '../ports/store.ts';
import { findPackage } from './application-reads.ts';
import type { KnownSensors } from './binding-faults.ts';
import type { InstanceContext, ScheduleFaults } from './instance-file-faults.ts';
import type { InstanceFile } from './instance-file-schema.ts';
import type { InstanceJudge } from './instance-judge.ts';
import { shortened } from './shortened.ts';
import { findUpstream } from './upstream-reads.ts';

const NAMED_APPLICATIONS = 20;
const MOST_SENSORS = 1000;

/** What a file is judged by, for those who may use its application; `id` is that of the instance which it describes, or null when there is none yet. */
export async function findInstanceContext(
  {
    store,
    scheduleFaults,
    judge,
  }: { readonly store: Store; readonly scheduleFaults: ScheduleFaults; readonly judge?: InstanceJudge | undefined },
  file: InstanceFile,
  { fileName, id }: { readonly fileName: string; readonly id: string | null },
): Promise<InstanceContext> {
  await judge?.require(file.application);
  const [target, upstream, calendars, sensors, users, secrets] = await Promise.all([
    findTarget(store, file, fileName),
    findUpstream(store, { fileName, name: file.name, id, schedule: file.schedule, judge }),
    calendarNames(store),
    findSensors(store, file),
    findUsers(store, file),
    findSecrets(store, file),
  ]);
  return { fileName, target, upstream, calendars, scheduleFaults, sensors, users, secrets };
}

async function findSensors(store: Store, { bindings }: InstanceFile): Promise<KnownSensors> {
  const wishes = bindings ? [...Object.values(bindings.sensors), ...Object.values(bindings.controls)] : [];
  const ids = [...new Set(wishes.flatMap((wish) => (wish.by === 'id' ? wish.sensors : [])))].slice(0, MOST_SENSORS);
  if (ids.length === 0) return { sensors: new Map(), requested: new Map() };
  const requestIds = ids.map((id) => `sensor:${id}`);
  const [sensors, requests] = await Promise.all([
    store.getMany('sensor', ids),
    store.getMany('registrationRequest', requestIds),
  ]);
  const open = requests.flatMap(({ doc: { state, wish } }) =>
    state === 'open' && wish.kind === 'sensor' ? [[wish.sensor.id, wish.sensor.type] as const] : [],
  );
  return { sensors: new Map(sensors.map(({ doc }) => [doc.id, doc])), requested: new Map(open) };
}

async function findUsers(store: Store, { notify = [] }: InstanceFile): Promise<ReadonlySet<string>> {
  const found = notify.length === 0 ? [] : await store.getMany('user', [...new Set(notify)]);
  return new Set(found.map(({ doc }) => doc.id));
}

async function findSecrets(store: Store, { application, secrets = [] }: InstanceFile): Promise<ReadonlySet<string>> {
  const ids = [...new Set(secrets)].map((name) => secretId(application, name));
  const found = ids.length === 0 ? [] : await store.getMany('secret', ids);
  return new Set(found.map(({ doc }) => doc.name));
}

async function calendarNames(store: Store): Promise<string[]> {
  const all = await Array.fromAsync(positionPages(store, 'calendar', {}));
  return all.flat().map(({ id }) => id);
}

async function findTarget(
  store: Store,
  file: InstanceFile,
  fileName: string,
): Promise<{ package: Package } | { problems: Problem[] }> {
  if (!(await store.get('application', file.application))) {
    const found = shortened(file.application);
    return { problems: [{ file: fileName, path: '$.application', found, expected: await knownApplications(store) }] };
  }
  try {
    return { package: await findPackage(store, file.application, file.package) };
  } catch (error) {
    if (!(error instanceof BerthError)) throw error;
    const expected = `"current", or a package of ${file.application}: ${error.message}`;
    return { problems: [{ file: fileName, path: '$.package', found: shortened(file.package), expected }] };
  }
}

async function knownApplications(store: Store): Promise<string> {
  const { items, next } = await store.list('application', { limit: NAMED_APPLICATIONS });
  if (items.length === 0) return 'an application; none was pushed yet';
  return `one of the applications ${items.map(({ doc }) => doc.id).join(', ')}${next === undefined ? '' : ', …'}`;
}
