// What people may ask of the registry as a whole: that the types and sensors of a file be registered as it says.
//
// INVARIANTS:
// - Types are written before sensors, and a sensor whose type is gone by then is taken back: no sensor is of a type that is not there.
// - Writing the same again changes nothing, so that one that broke off half-way is simply asked for again.
import { changeDocument } from '../engine/change-document.ts';
import { BerthError } from '../model/errors.ts';
import type { Documents } from '../model/kinds.ts';
import type { Stored, Write, WriteOf } from '../ports/store.ts';
import { decideSensor, decideType, type SensorWish, type TypeWish } from './decide-registry.ts';
import { settleRequests } from './registration-requests.ts';
import type { SensorParts } from './sensor-parts.ts';

/** What became of what was asked for. */
export type Outcome = 'created' | 'changed' | 'unchanged';

/** What became of each type and each sensor, in the order in which they were asked for. */
export interface AppliedRegistry {
  readonly types: readonly { readonly id: string; readonly outcome: Outcome }[];
  readonly sensors: readonly { readonly id: string; readonly outcome: Outcome }[];
}

const AT_ONCE = 500;
/** More changes than this are told of in one event. */
const TOLD_ONE_BY_ONE = 20;

/** Registers types and sensors, or changes those that are there. @throws sensor.type-unknown, platform.store-conflict */
export async function applyRegistry(
  parts: SensorParts,
  wanted: { readonly types: readonly TypeWish[]; readonly sensors: readonly SensorWish[] },
  by: string,
): Promise<AppliedRegistry> {
  const now = parts.clock.now();
  const types = await writeAll(parts, 'sensorType', wanted.types, (wish, before) => decideType(wish, before, now));
  const sensors = await writeAll(parts, 'sensor', wanted.sensors, (wish, before) => decideSensor(wish, before, now));
  await confirmTypes(parts, wanted.sensors, sensors);
  const created = [...idsOf(types, 'type'), ...idsOf(sensors, 'sensor')];
  await settleRequests(parts, created, { by, at: now, reason: 'It was registered directly.' });
  await tell(parts, { types, sensors }, by);
  return { types, sensors };
}

function idsOf(written: AppliedRegistry['types'], kind: 'type' | 'sensor'): string[] {
  return written.map(({ id }) => `${kind}:${id}`);
}

type RegistryKind = 'sensorType' | 'sensor';

async function writeAll<K extends RegistryKind, W extends { readonly id: string }>(
  parts: SensorParts,
  kind: K,
  wishes: readonly W[],
  decide: (wish: W, before: Documents[K] | undefined) => Documents[K],
): Promise<AppliedRegistry['types']> {
  const written: { id: string; outcome: Outcome }[] = [];
  for (let start = 0; start < wishes.length; start += AT_ONCE)
    written.push(...(await writeSome(parts, kind, wishes.slice(start, start + AT_ONCE), decide)));
  return written;
}

async function writeSome<K extends RegistryKind, W extends { readonly id: string }>(
  { store }: SensorParts,
  kind: K,
  wishes: readonly W[],
  decide: (wish: W, before: Documents[K] | undefined) => Documents[K],
): Promise<{ id: string; outcome: Outcome }[]> {
  const stored = await store.getMany(
    kind,
    wishes.map(({ id }) => id),
  );
  const present = new Map(stored.map((each) => [each.doc.id, each]));
  const planned = wishes.map((wish) => planOf(kind, decide(wish, present.get(wish.id)?.doc), present.get(wish.id)));
  const writes = planned.flatMap(({ write }) => (write ? [write] : []));
  const results = await store.apply(writes as readonly Write[]);
  const refused = writes.filter((_, index) => !results[index]?.ok).map(({ doc }) => doc.id);
  for (const wish of wishes.filter(({ id }) => refused.includes(id)))
    await changeDocument(store, kind, wish.id, (before) => decide(wish, before));
  return planned.map(({ id, outcome }) => ({ id, outcome }));
}

interface Planned<K extends RegistryKind> {
  readonly id: string;
  readonly outcome: Outcome;
  readonly write: WriteOf<K> | null;
}

function planOf<K extends RegistryKind>(
  kind: K,
  doc: Documents[K],
  before: Stored<Documents[K]> | undefined,
): Planned<K> {
  const { id } = doc;
  if (!before) return { id, outcome: 'created', write: { do: 'create', kind, doc } };
  if (doc === before.doc) return { id, outcome: 'unchanged', write: null };
  return { id, outcome: 'changed', write: { do: 'update', kind, doc, version: before.version } };
}

/** Whoever removes a type looks for sensors of it once more afterwards, so one of the two always sees the other. */
async function confirmTypes(
  parts: SensorParts,
  wishes: readonly SensorWish[],
  written: AppliedRegistry['sensors'],
): Promise<void> {
  const names = [...new Set(wishes.map(({ type }) => type))];
  const there = new Set<string>();
  for (let start = 0; start < names.length; start += AT_ONCE)
    for (const { doc } of await parts.store.getMany('sensorType', names.slice(start, start + AT_ONCE)))
      there.add(doc.id);
  const orphans = wishes.filter(({ type }, index) => !there.has(type) && written[index]?.outcome === 'created');
  for (const { id } of orphans) await withdraw(parts, id);
  const [first] = wishes.filter(({ type }) => !there.has(type));
  if (first) throw new BerthError('sensor.type-unknown', { sensor: first.id, type: first.type });
}

async function withdraw({ store }: SensorParts, id: string): Promise<void> {
  const stored = await store.get('sensor', id);
  if (stored) await store.apply([{ do: 'delete', kind: 'sensor', id, version: stored.version }]);
}

async function tell({ recordEvent }: SensorParts, { types, sensors }: AppliedRegistry, by: string): Promise<void> {
  const told = [
    ...types.map((each) => ({ ...each, what: 'type' as const })),
    ...sensors.map((each) => ({ ...each, what: 'sensor' as const })),
  ].filter(({ outcome }) => outcome !== 'unchanged');
  if (told.length > TOLD_ONE_BY_ONE) {
    const created = told.filter(({ outcome }) => outcome === 'created').length;
    const text = `${by} registered ${created} types and sensors and changed ${told.length - created}.`;
    return recordEvent({
      kind: 'sensor.imported',
      subject: 'sensors:all',
      text,
      evidence: { created, changed: told.length - created },
    });
  }
  for (const { id, what, outcome } of told) {
    const name = what === 'type' ? 'sensor type' : 'sensor';
    const text = `The ${name} ${id} was ${outcome === 'created' ? 'registered' : 'changed'} by ${by}.`;
    await recordEvent({
      kind: `sensor${what === 'type' ? '-type' : ''}.${outcome}`,
      subject: `${what === 'type' ? 'sensor-type' : 'sensor'}:${id}`,
      text,
    });
  }
}
