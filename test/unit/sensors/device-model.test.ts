import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SensorField } from '../../../src/model/sensor.ts';
import { numberAt } from '../../../src/sensors/device-curve.ts';
import {
  answerOf,
  type DeviceModel,
  isDroppedOut,
  measuredAt,
  readingsUntil,
  readingTime,
} from '../../../src/sensors/device-model.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const HOUR = 3_600_000;

function aModel(over: Partial<DeviceModel> = {}): DeviceModel {
  const celsius: SensorField = { name: 'celsius', type: 'number', unit: '°C', range: [-20, 60] };
  const base = { seed: 'hall', fields: [celsius], controls: [], rateHz: 1, offsetMs: 0 };
  return { ...base, longestDropOutMs: 0, misfits: 0, ...over };
}

const instant = fc.integer({ min: Date.UTC(2020), max: Date.UTC(2060) });
const unit = fc.constantFrom('', '°C', '%', 'ppm', 'kWh', 'W', 'lx', 'furlong');
const range = fc
  .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1, max: 1e6, noNaN: true }))
  .map(([low, span]): [number, number] => [low, low + span]);

describe('what a device measures', () => {
  test('stays within the range of its field, whole where it is to be whole', () => {
    const type = fc.constantFrom<SensorField['type']>('number', 'integer');
    fc.assert(
      fc.property(fc.string(), type, unit, range, instant, (seed, type, unit, range, at) => {
        const field = { name: 'x', type, unit, range };
        const value = measuredAt(aModel({ seed, fields: [field] }), at, {})?.x;
        expect(value).toBeGreaterThanOrEqual(range[0]);
        expect(value).toBeLessThanOrEqual(range[1]);
        if (type === 'integer') expect(Number.isInteger(value)).toBe(true);
      }),
    );
  });

  test('is the same for the same seed and moment, and another for another device', () => {
    fc.assert(
      fc.property(fc.string(), instant, (seed, at) => {
        expect(measuredAt(aModel({ seed }), at, {})).toEqual(measuredAt(aModel({ seed }), at, {}));
      }),
    );
    const differ = [1, 2, 3, 4].map((number) => measuredAt(aModel({ seed: `room-${number}` }), NOON, {})?.celsius);
    expect(new Set(differ).size).toBeGreaterThan(2);
  });

  test('is warmer in the afternoon than before dawn, by the local clock', () => {
    const mean = (offsetMs: number, hour: number) => {
      const days = Array.from({ length: 60 }, (_, day) => NOON + day * 24 * HOUR + (hour - 12) * HOUR);
      const all = days.map((at) => Number(measuredAt(aModel({ offsetMs }), at, {})?.celsius));
      return all.reduce((sum, value) => sum + value, 0) / all.length;
    };
    expect(mean(0, 15) - mean(0, 3)).toBeGreaterThan(2);
    expect(mean(12 * HOUR, 15) - mean(12 * HOUR, 3)).toBeLessThan(-2);
  });

  test('changes little from one second to the next, but never stands still', () => {
    const values = Array.from({ length: 600 }, (_, n) => Number(measuredAt(aModel(), NOON + n * 1000, {})?.celsius));
    const steps = values.slice(1).map((value, n) => Math.abs(value - (values[n] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(0.6);
    expect(new Set(values).size).toBeGreaterThan(20);
  });

  test('a meter only counts up', () => {
    const field: SensorField = { name: 'energy', type: 'number', unit: 'kWh' };
    fc.assert(
      fc.property(fc.nat(), instant, fc.nat({ max: 10_000_000 }), (seed, at, later) => {
        const place = { seed, at, offsetMs: 0 };
        expect(numberAt(field, { ...place, at: at + later })).toBeGreaterThanOrEqual(numberAt(field, place));
      }),
    );
  });

  test('has every field with a value of its type', () => {
    const types = ['number', 'integer', 'boolean', 'string', 'object'] as const;
    const fields = types.map((type) => ({ name: type, type, unit: '' }));
    fc.assert(
      fc.property(fc.string(), instant, (seed, at) => {
        const values = measuredAt(aModel({ seed, fields }), at, {}) ?? {};
        expect(types.map((type) => typeof values[type])).toEqual(['number', 'number', 'boolean', 'string', 'object']);
      }),
    );
  });

  test('is what it was told to keep, and sometimes a misfit when that is asked for', () => {
    expect(measuredAt(aModel(), NOON, { celsius: 3, other: 1 })).toEqual({ celsius: 3 });
    const model = aModel({ misfits: 0.1 });
    const values = Array.from({ length: 2000 }, (_, n) => Number(measuredAt(model, NOON + n, {})?.celsius));
    const beyond = values.filter((value) => value > 60).length;
    expect(beyond).toBeGreaterThan(120);
    expect(beyond).toBeLessThan(280);
  });
});

describe('when it measures', () => {
  test('it keeps its rate: as many readings as the time has room for, none before the beginning', () => {
    const rate = fc.double({ min: 0.001, max: 10_000, noNaN: true });
    fc.assert(
      fc.property(rate, instant, fc.nat({ max: 3_600_000 }), (rateHz, beganAt, elapsed) => {
        const model = aModel({ rateHz });
        const count = readingsUntil(model, beganAt, beganAt + elapsed);
        expect(Math.abs(count - 1 - (elapsed * rateHz) / 1000)).toBeLessThanOrEqual(1 + rateHz / 1000);
        expect(readingTime(model, beganAt, count - 1)).toBeLessThanOrEqual(beganAt + elapsed);
        expect(readingsUntil(model, beganAt, beganAt - 1)).toBe(0);
      }),
    );
  });

  test('drop-outs are never longer than they may be, and there are some', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 2000, max: 600_000 }), instant, (seed, longestDropOutMs, from) => {
        const model = aModel({ seed, longestDropOutMs });
        let silent = 0;
        for (let at = from; at < from + 40 * longestDropOutMs; at += 500) {
          silent = isDroppedOut(model, at) ? silent + 500 : 0;
          expect(silent).toBeLessThanOrEqual(longestDropOutMs + 500);
        }
      }),
      { numRuns: 20 },
    );
    const model = aModel({ longestDropOutMs: 30_000 });
    const places = Array.from({ length: 3600 }, (_, n) => isDroppedOut(model, NOON + n * 1000));
    const silent = places.filter(Boolean).length;
    expect(silent).toBeGreaterThan(60);
    expect(silent).toBeLessThan(1200);
    expect(isDroppedOut(aModel(), NOON)).toBe(false);
  });
});

describe('what it answers', () => {
  const percent: SensorField = { name: 'percent', type: 'number', unit: '%' };
  const fan = aModel({ fields: [percent], controls: [{ name: 'speed', parameters: [percent] }] });

  test.each([
    ['speed', { percent: 40 }, { ok: true, detail: 'done', held: { percent: 40 } }],
    ['speed', {}, { ok: false, detail: 'the parameter percent is missing', held: {} }],
    ['fly', {}, { ok: false, detail: 'it has no control fly', held: {} }],
  ])('%s %j', (control, parameters, answer) => {
    expect(answerOf(fan, { control, parameters })).toEqual(answer);
  });
});
