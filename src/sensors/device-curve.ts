// What a believable device measures: a daily curve, a drift over hours, a wander over minutes, and noise, by the unit and range of a field.
import type { Instant } from '../model/instant.ts';
import type { SensorField } from '../model/sensor.ts';
import { bellAt, chanceAt, seedOf, wanderAt } from './device-noise.ts';

/** A field at a moment. */
export interface CurvePlace {
  /** Of the device and the field. */
  readonly seed: number;
  readonly at: Instant;
  /** Local time minus UTC: days have their warmest hour by the local clock. */
  readonly offsetMs: number;
}

/** How a quantity behaves. Amounts are in its own unit. */
interface Profile {
  readonly middle: number;
  readonly swing: number;
  /** Local hour of the day at which it is highest. */
  readonly peakHour: number;
  readonly drift: number;
  readonly noise: number;
  readonly decimals: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** By unit. Rooms of a building in a temperate climate, as a person would expect them. */
const KNOWN: Readonly<Record<string, Profile>> = {
  '°C': { middle: 21.5, swing: 2, peakHour: 15, drift: 0.8, noise: 0.05, decimals: 2 },
  '°F': { middle: 70.5, swing: 3.5, peakHour: 15, drift: 1.5, noise: 0.1, decimals: 1 },
  '%': { middle: 45, swing: 6, peakHour: 5, drift: 4, noise: 0.3, decimals: 1 },
  ppm: { middle: 750, swing: 250, peakHour: 14, drift: 80, noise: 8, decimals: 0 },
  hPa: { middle: 1013, swing: 1, peakHour: 10, drift: 9, noise: 0.05, decimals: 1 },
  lx: { middle: 150, swing: 450, peakHour: 13, drift: 60, noise: 6, decimals: 0 },
  W: { middle: 900, swing: 500, peakHour: 14, drift: 150, noise: 20, decimals: 0 },
  kW: { middle: 9, swing: 5, peakHour: 14, drift: 1.5, noise: 0.2, decimals: 2 },
  V: { middle: 230, swing: 1.5, peakHour: 4, drift: 1, noise: 0.3, decimals: 1 },
  A: { middle: 6, swing: 3, peakHour: 14, drift: 1, noise: 0.1, decimals: 2 },
  'm/s': { middle: 3, swing: 1.5, peakHour: 15, drift: 2, noise: 0.4, decimals: 1 },
  dB: { middle: 48, swing: 8, peakHour: 13, drift: 3, noise: 1.2, decimals: 1 },
};

/** Units of meters that only count up. */
const COUNTED: ReadonlySet<string> = new Set(['kWh', 'Wh', 'MWh', 'm³', 'm3', 'l', 'L']);
const COUNTED_PER_HOUR = 4;

/** Names of things that are seldom true. */
const SELDOM = /door|window|open|leak|smoke|alarm|fault|motion/i;

/** A number that a working device of the field would give; within the field's range. */
export function numberAt(field: SensorField, place: CurvePlace): number {
  if (COUNTED.has(field.unit)) return countedAt(field, place);
  const profile = profileOf(field);
  const { seed, at } = place;
  const own = (chanceAt(seed, 1) - 0.5) * profile.swing * 0.6;
  const daily = profile.swing * Math.cos((2 * Math.PI * (hourOf(place) - profile.peakHour)) / 24);
  const slow = profile.drift * wanderAt(seed, at, 5 * HOUR);
  const quick = 4 * profile.noise * wanderAt(seed ^ 0x77, at, 3 * MINUTE);
  const value = profile.middle + own + daily + slow + quick + profile.noise * bellAt(seed ^ 0x3c3c, at);
  return within(field, rounded(value, field.type === 'integer' ? 0 : profile.decimals));
}

/** Whether something is so at a moment: people come and go by day, doors are open now and then. */
export function truthAt(field: SensorField, place: CurvePlace): boolean {
  const hour = hourOf(place);
  const isDay = hour >= 8 && hour < 18;
  const [turnMs, share] = SELDOM.test(field.name)
    ? [2 * MINUTE, isDay ? 0.12 : 0.02]
    : [20 * MINUTE, isDay ? 0.75 : 0.04];
  return chanceAt(place.seed, Math.floor(place.at / turnMs)) < share;
}

/** A word for how a device is: nearly always the same. */
export function wordAt({ seed, at }: CurvePlace): string {
  const chance = chanceAt(seed, Math.floor(at / (10 * MINUTE)));
  if (chance < 0.93) return 'ok';
  return chance < 0.98 ? 'busy' : 'attention';
}

/** The seed of a field of a device. */
export function fieldSeed(device: string, field: SensorField): number {
  return seedOf(`${device}/${field.name}`);
}

function profileOf({ unit, range }: SensorField): Profile {
  const known = KNOWN[unit];
  if (known && fits(known, range)) return known;
  if (!range) return { middle: 50, swing: 12, peakHour: 14, drift: 6, noise: 0.5, decimals: 1 };
  const [low, high] = range;
  const span = high - low;
  const decimals = Math.max(0, Math.min(6, 3 - Math.floor(Math.log10(span))));
  return {
    middle: low + span / 2,
    swing: span * 0.18,
    peakHour: 14,
    drift: span * 0.06,
    noise: span * 0.004,
    decimals,
  };
}

function fits({ middle, swing }: Profile, range: SensorField['range']): boolean {
  return !range || (range[0] <= middle - swing / 2 && middle + swing / 2 <= range[1]);
}

/** What a meter has counted since 2020: more by day, never less than before; it begins anew when its range is full. */
function countedAt(field: SensorField, { seed, at, offsetMs }: CurvePlace): number {
  const days = (at + offsetMs - Date.UTC(2020)) / DAY;
  const perDay = COUNTED_PER_HOUR * 24 * (0.5 + chanceAt(seed, 1));
  const counted = perDay * (days - (0.6 / (2 * Math.PI)) * Math.sin(2 * Math.PI * (days - 2 / 24)));
  const [low, high] = field.range ?? [0, Number.POSITIVE_INFINITY];
  const held =
    high === Number.POSITIVE_INFINITY ? counted : low + (((counted % (high - low)) + (high - low)) % (high - low));
  // Downwards, because a value that was rounded up might be more than the next.
  const steps = field.type === 'integer' ? 1 : 1000;
  return within(field, Math.floor(held * steps) / steps);
}

function within({ type, range }: SensorField, value: number): number {
  if (!range) return value;
  const [low, high] = type === 'integer' ? [Math.ceil(range[0]), Math.floor(range[1])] : range;
  return Math.max(low, Math.min(high, value));
}

function hourOf({ at, offsetMs }: CurvePlace): number {
  const local = at + offsetMs;
  return (local - Math.floor(local / DAY) * DAY) / HOUR;
}

function rounded(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  // Adding zero turns -0 into 0.
  return Math.round(value * scale) / scale + 0;
}
