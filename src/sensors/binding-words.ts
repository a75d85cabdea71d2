// Why a job has the sensors that it has, or waits for others, in a sentence. Pure.
import type { JobBinding } from '../model/binding.ts';
import type { BindingSnapshot, Device, Need } from './binding-snapshot.ts';

/** What was found for one name. */
export interface Chosen {
  readonly need: Need;
  readonly devices: readonly Device[];
  /** Devices that the name may stand for. */
  readonly suitable: number;
  /** Those of them that were not taken; `device` undefined: not registered. */
  readonly absent: readonly { readonly id: string; readonly device: Device | undefined }[];
  /** Id of a registration request that nobody has decided on and without which nothing can be found; null: none. */
  readonly pending: string | null;
}

/** Devices that a sentence names. */
const NAMED = 5;

/** How each name was bound; names that got less than they declare are told too. */
export function boundInWords(chosen: readonly Chosen[]): string {
  return chosen.map(({ need, ...found }) => choiceInWords({ need, ...found })).join('; ');
}

function choiceInWords(chosen: Chosen): string {
  const { need, devices, suitable } = chosen;
  const { name, type, wish } = need;
  if (devices.length < need.count) return `${shortInWords(chosen)}, and it runs without`;
  const ids = namesInWords(devices.map(({ sensor }) => sensor.id));
  if (wish.by === 'id') return `${name} is ${ids}, as the instance says`;
  return `${name} is ${ids}, of ${suitable} ${type} ${suitable === 1 ? 'sensor' : 'sensors'}${whereInWords(need)}`;
}

/** What is missing, and what is done about it. */
export function missingInWords(
  short: readonly Chosen[],
  { types, requests }: Pick<BindingSnapshot, 'types' | 'requests'>,
  state: Exclude<JobBinding['state'], 'bound'>,
): string {
  const told = short.map((chosen) => {
    const { type } = chosen.need;
    const unregistered = types.has(type) ? null : unregisteredInWords(`type:${type}`, requests);
    return unregistered === null
      ? shortInWords(chosen, requests)
      : `${chosen.need.name} is of the sensor type ${type}, which ${unregistered}`;
  });
  const verb = state === 'waiting' ? 'waits for its sensors' : 'its sensors are not there, and it does not run without';
  return `${verb}: ${told.join('; ')}`;
}

function shortInWords({ need, devices, absent }: Chosen, requests: BindingSnapshot['requests'] = new Map()): string {
  const { name, type, count, wish } = need;
  const kinds = `${count} ${type} ${count === 1 ? 'sensor' : 'sensors'}${wish.by === 'id' ? '' : whereInWords(need)}`;
  const has =
    devices.length === 0
      ? 'has none'
      : `has ${devices.length} (${namesInWords(devices.map(({ sensor }) => sensor.id))})`;
  const why = absent.slice(0, NAMED).map((each) => absenceInWords(each, need, requests));
  const more = absent.length > NAMED ? [`${absent.length - NAMED} more are not there either`] : [];
  const none = absent.length === 0 ? ['no other is registered'] : [];
  return `${name} needs ${kinds} and ${has}: ${[...why, ...more, ...none].join(', ')}`;
}

function absenceInWords(
  { id, device }: Chosen['absent'][number],
  { type }: Need,
  requests: BindingSnapshot['requests'],
): string {
  if (!device) return `${id} ${unregisteredInWords(`sensor:${id}`, requests)}`;
  const { sensor, state } = device;
  if (sensor.type !== type) return `${id} is of the type ${sensor.type}`;
  if (!sensor.enabled) return `${id} is disabled`;
  if (state === 'unknown') return `${id} was never heard of`;
  return state === 'online' ? `${id} is taken by another name` : `${id} is ${state}`;
}

function unregisteredInWords(request: string, requests: BindingSnapshot['requests']): string {
  const found = requests.get(request);
  if (found?.state === 'open') return `is not registered yet: an administrator has to decide on the request ${request}`;
  if (found?.state === 'refused') return `was refused by ${found.decision?.by}: ${found.decision?.reason}`;
  return 'is not registered';
}

function whereInWords({ wish }: Need): string {
  if (wish.by === 'id') return '';
  const { location, tags = [] } = wish.query;
  const where = location === undefined ? '' : ` in ${location}`;
  return tags.length === 0 ? where : `${where} with the ${tags.length === 1 ? 'tag' : 'tags'} ${tags.join(' and ')}`;
}

function namesInWords(ids: readonly string[]): string {
  const more = ids.length - NAMED;
  const shown = more > 0 ? [...ids.slice(0, NAMED), `${more} more`] : ids;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
