// A believable device, for simulations and for trying algorithms: what it measures at any moment, when it is silent, and what it answers
// when it is told to do something. Pure: everything follows from the device's seed and the time.
import type { Instant } from '../model/instant.ts';
import type { ReadingValues, SensorControl, SensorField } from '../model/sensor.ts';
import { fieldSeed, numberAt, truthAt, wordAt } from './device-curve.ts';
import { chanceAt, seedOf } from './device-noise.ts';

/** A device that is made up. */
export interface DeviceModel {
  /** Two devices with one seed measure the same. */
  readonly seed: string;
  readonly fields: readonly SensorField[];
  readonly controls: readonly SensorControl[];
  /** Readings per second. */
  readonly rateHz: number;
  /** Local time minus UTC. */
  readonly offsetMs: number;
  /** How long it may be silent at a time; 0: it never is. */
  readonly longestDropOutMs: number;
  /** The share of its readings that no working device would give, 0 to 1. */
  readonly misfits: number;
}

/** What a device said of a command. */
export interface DeviceAnswer {
  readonly ok: boolean;
  readonly detail: string;
  /** What it measures from then on, by field: what it was told. */
  readonly held: ReadingValues;
}

/** From one drop-out to the next there are at least as many of the longest. */
const APART = 4;
const SHORTEST_PERIOD_MS = 120_000;

/** When the n-th reading since a beginning is taken. */
export function readingTime({ rateHz }: DeviceModel, beganAt: Instant, number: number): Instant {
  return beganAt + Math.round((number * 1000) / rateHz);
}

/** How many readings are taken from a beginning up to a moment. */
export function readingsUntil(model: DeviceModel, beganAt: Instant, now: Instant): number {
  if (now < beganAt) return 0;
  const about = Math.floor(((now - beganAt) * model.rateHz) / 1000);
  return readingTime(model, beganAt, about + 1) <= now ? about + 2 : about + 1;
}

/** What it measures at a moment; null while it is silent. `held` is what it was told to keep. */
export function measuredAt(model: DeviceModel, at: Instant, held: ReadingValues): ReadingValues | null {
  if (isDroppedOut(model, at)) return null;
  const seed = seedOf(model.seed);
  const isMisfit = model.misfits > 0 && chanceAt(seed ^ 0x0dd, at) < model.misfits;
  const values = model.fields.map((field, place) => {
    if (isMisfit && place === 0) return [field.name, misfitOf(field)];
    return [field.name, Object.hasOwn(held, field.name) ? held[field.name] : valueAt(model, field, at)];
  });
  return Object.fromEntries(values);
}

/** Whether it is silent at a moment. Each period of time has at most one drop-out, well within it. */
export function isDroppedOut({ seed, longestDropOutMs: longest }: DeviceModel, at: Instant): boolean {
  if (longest <= 0) return false;
  const period = Math.max(SHORTEST_PERIOD_MS, APART * longest);
  const place = Math.floor(at / period);
  const number = seedOf(`${seed}/drop-outs`);
  if (chanceAt(number, place) < 0.4) return false;
  const length = longest * (0.2 + 0.8 * chanceAt(number ^ 1, place));
  const begins = longest / 2 + chanceAt(number ^ 2, place) * (period - 2 * longest);
  const since = at - place * period - begins;
  return since >= 0 && since < length;
}

/** What it answers to a command: it does whatever it can be told, and measures what it was told where a field is called like a parameter. */
export function answerOf(
  { fields, controls }: DeviceModel,
  command: { readonly control: string; readonly parameters: Readonly<Record<string, unknown>> },
): DeviceAnswer {
  const control = controls.find(({ name }) => name === command.control);
  if (!control) return { ok: false, detail: `it has no control ${command.control}`, held: {} };
  const missing = control.parameters.find(({ name }) => !Object.hasOwn(command.parameters, name));
  if (missing) return { ok: false, detail: `the parameter ${missing.name} is missing`, held: {} };
  const told = Object.entries(command.parameters).filter(([name]) => fields.some((field) => field.name === name));
  return { ok: true, detail: 'done', held: Object.fromEntries(told) };
}

function valueAt({ seed, offsetMs }: DeviceModel, field: SensorField, at: Instant): unknown {
  const place = { seed: fieldSeed(seed, field), at, offsetMs };
  switch (field.type) {
    case 'number':
    case 'integer':
      return numberAt(field, place);
    case 'boolean':
      return truthAt(field, place);
    case 'string':
      return wordAt(place);
    case 'object':
      return { value: numberAt({ ...field, type: 'number' }, place) };
    default:
      return field.type satisfies never;
  }
}

function misfitOf({ type, range }: SensorField): unknown {
  if ((type === 'number' || type === 'integer') && range) return range[1] + (range[1] - range[0]) + 1;
  return type === 'string' ? 0 : 'fault';
}
