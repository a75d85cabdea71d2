// Which devices the names of a job stand for as it starts, or what is missing and what is done about it. Pure.
import { isDeepStrictEqual } from 'node:util';
import type { JobBinding, MissingSensorPolicy } from '../model/binding.ts';
import type { Instant } from '../model/instant.ts';
import { isWithin } from '../model/location.ts';
import type { SensorState } from '../model/sensor.ts';
import { type BindingSnapshot, type Device, type Need, needsOf } from './binding-snapshot.ts';
import { boundInWords, type Chosen, missingInWords } from './binding-words.ts';
import { matchDevices } from './match-devices.ts';

/** A binding that waits is decided again as its sensors change; in between, in case that was not heard of, after these times. */
const LOOK_AGAIN_MS = { least: 30_000, most: 600_000 } as const;

/** When a binding that waits is decided again though nothing was heard of its sensors: the longer it has waited, the later. */
export function lookAgainAt(before: Pick<JobBinding, 'createdAt'> | null, now: Instant): Instant {
  const waitedMs = now - (before?.createdAt ?? now);
  return now + Math.min(LOOK_AGAIN_MS.most, Math.max(LOOK_AGAIN_MS.least, waitedMs));
}

/** What is decided of a job's sensors: the binding as it shall be; the very one from before when nothing changed. */
export function decideBinding(snapshot: BindingSnapshot, now: Instant): JobBinding {
  const { before } = snapshot;
  if (before && before.state !== 'waiting') return before;
  const { missing: policy } = snapshot.needs.wishes;
  const chosen = chooseDevices(snapshot, policy);
  const short = chosen.filter(isShort);
  const state = stateOf(short, policy);
  const reason = state === 'bound' ? boundInWords(chosen) : missingInWords(short, snapshot, state);
  const decided = { state, reason, ...idsOf(chosen), nextAt: state === 'waiting' ? lookAgainAt(before, now) : null };
  if (before && isSame(before, decided)) return before;
  const { id, instance, shard } = snapshot.job;
  return { id, instance, ...decided, createdAt: before?.createdAt ?? now, updatedAt: now, shard };
}

/** One whose job has ended before its sensors were there. */
export function endedBinding(before: JobBinding, now: Instant): JobBinding {
  if (before.state !== 'waiting') return before;
  const reason = `the job ended before its sensors were there: ${before.reason}`;
  return { ...before, state: 'refused', reason, updatedAt: now, nextAt: null };
}

function isSame(before: JobBinding, { state, reason, sensors, controls }: Omit<Decided, 'nextAt'>): boolean {
  const { state: wasState, reason: wasReason, sensors: wereSensors, controls: wereControls } = before;
  return isDeepStrictEqual([state, reason, sensors, controls], [wasState, wasReason, wereSensors, wereControls]);
}

type Decided = Pick<JobBinding, 'state' | 'reason' | 'sensors' | 'controls' | 'nextAt'>;

/**
 * A wish of a package that an administrator has not decided on is waited for under `refuse` too: whether the sensor is missing is not known
 * before.
 */
function stateOf(short: readonly Chosen[], policy: MissingSensorPolicy): JobBinding['state'] {
  if (short.length === 0 || policy === 'run-without') return 'bound';
  return policy === 'wait' || short.every(({ pending }) => pending !== null) ? 'waiting' : 'refused';
}

function isShort({ need, devices }: Chosen): boolean {
  return devices.length < need.count;
}

function idsOf(chosen: readonly Chosen[]): Pick<JobBinding, 'sensors' | 'controls'> {
  const of = (what: Need['what']) =>
    Object.fromEntries(
      chosen
        .filter(({ need }) => need.what === what)
        .map(({ need, devices }) => [need.name, devices.map(({ sensor }) => sensor.id)]),
    );
  return { sensors: of('sensors'), controls: of('controls') };
}

/** Of names that are bound by queries each device is given to one; whoever names a device by its id gets it whatever others have. */
function chooseDevices(snapshot: BindingSnapshot, policy: MissingSensorPolicy): readonly Chosen[] {
  const needs = needsOf(snapshot.needs);
  const found = new Map<Need, Chosen>();
  for (const what of ['sensors', 'controls'] as const) {
    const own = needs.filter((need) => need.what === what);
    const named = own.filter(({ wish }) => wish.by === 'id').map((need) => byId(need, snapshot, policy));
    const taken = new Set(named.flatMap(({ devices }) => devices.map(({ sensor }) => sensor.id)));
    const asked = byQueries(
      own.filter(({ wish }) => wish.by === 'query'),
      snapshot,
      { policy, taken },
    );
    for (const chosen of [...named, ...asked]) found.set(chosen.need, chosen);
  }
  return needs.flatMap((need) => found.get(need) ?? []);
}

function byId(need: Need, { devices, types, requests }: BindingSnapshot, policy: MissingSensorPolicy): Chosen {
  const ids = need.wish.by === 'id' ? need.wish.sensors.slice(0, need.count) : [];
  const named = ids.map((id) => ({ id, device: devices.get(id) }));
  const there = named.flatMap(({ device }) =>
    device && device.sensor.type === need.type && isThere(device, policy) ? [device] : [],
  );
  const absent = named.filter(({ device }) => !device || !there.includes(device));
  const asked = absent.flatMap(({ id, device }) => (device ? [] : (requests.get(`sensor:${id}`) ?? [])));
  const request = pendingOf(asked) ?? pendingOf(typeRequest(need, types, requests));
  return { need, devices: there, suitable: named.length, absent, pending: request };
}

function byQueries(
  needs: readonly Need[],
  { devices, types, requests }: BindingSnapshot,
  { policy, taken }: { readonly policy: MissingSensorPolicy; readonly taken: ReadonlySet<string> },
): readonly Chosen[] {
  const found = needs.map((need) =>
    [...devices.values()].filter((device) => fits(device, need)).toSorted(byPreference),
  );
  const usable = found.map((all) =>
    all.filter((device) => isThere(device, policy) && !taken.has(device.sensor.id)).map(({ sensor }) => sensor.id),
  );
  const shared = matchDevices(needs.map(({ count }, index) => ({ count, suitable: usable[index] ?? [] })));
  return needs.map((need, index) => {
    const own = shared[index] ?? [];
    const chosen = own.flatMap((id) => devices.get(id) ?? []);
    const rest = (found[index] ?? []).filter((device) => !chosen.includes(device));
    const absent = rest.map((device) => ({ id: device.sensor.id, device }));
    const pending = pendingOf(typeRequest(need, types, requests));
    return { need, devices: chosen, suitable: found[index]?.length ?? 0, absent, pending };
  });
}

function typeRequest({ type }: Need, types: ReadonlySet<string>, requests: BindingSnapshot['requests']) {
  const request = types.has(type) ? undefined : requests.get(`type:${type}`);
  return request ? [request] : [];
}

function pendingOf(requests: readonly { readonly id: string; readonly state: string }[]): string | null {
  return requests.find(({ state }) => state === 'open')?.id ?? null;
}

/** Whether a device is one that a query means. */
export function fits({ sensor }: Device, { type, wish }: Need): boolean {
  if (sensor.type !== type || wish.by === 'id') return false;
  const { location, tags = [] } = wish.query;
  return (
    (location === undefined || isWithin(sensor.location, location)) && tags.every((tag) => sensor.tags.includes(tag))
  );
}

/** One that was never heard of may be there; only who can do without it takes the chance. */
function isThere({ sensor, state }: Device, policy: MissingSensorPolicy): boolean {
  return sensor.enabled && (state === 'online' || (state === 'unknown' && policy === 'run-without'));
}

const PREFERENCE: Readonly<Record<SensorState, number>> = { online: 0, unknown: 1, silent: 2, offline: 2 };

function byPreference(a: Device, b: Device): number {
  return PREFERENCE[a.state] - PREFERENCE[b.state] || (a.sensor.id < b.sensor.id ? -1 : 1);
}
