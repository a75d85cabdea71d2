// What devices send: every form that is taken, and every fault that is told.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SensorField } from '../../../src/model/sensor.ts';
import { MOST_READINGS, payloadReader } from '../../../src/sensors/reading-payload.ts';
import { CELSIUS } from '../../builders/sensors.ts';

const NOW = Date.UTC(2026, 10, 22, 8);
const TIMES = { now: NOW, oldestAt: NOW - 3_600_000 };
const field = (name: string, type: SensorField['type'], range?: readonly [number, number]): SensorField => {
  return { name, type, unit: '', ...(range ? { range } : {}) };
};
const WEATHER = [CELSIUS, field('humidity', 'integer', [0, 100]), field('raining', 'boolean')];

function read(text: string, fields: readonly SensorField[] = [CELSIUS]) {
  return payloadReader(fields)(Buffer.from(text), TIMES);
}

describe('what is taken', () => {
  it.each<[string, readonly SensorField[], readonly (readonly [number, object])[]]>([
    ['21.5', [CELSIUS], [[NOW, { celsius: 21.5 }]]],
    [' {"celsius":21.5} ', [CELSIUS], [[NOW, { celsius: 21.5 }]]],
    ['{"value":21.5}', [CELSIUS], [[NOW, { celsius: 21.5 }]]],
    ['{"value":21.5,"at":"2026-11-22T07:59:00.250Z"}', [CELSIUS], [[NOW - 59_750, { celsius: 21.5 }]]],
    ['{"celsius":21.5,"at":"2026-11-22T08:59:00+01:00"}', [CELSIUS], [[NOW - 60_000, { celsius: 21.5 }]]],
    [`{"celsius":21.5,"at":${NOW - 5}}`, [CELSIUS], [[NOW - 5, { celsius: 21.5 }]]],
    [`{"celsius":21.5,"at":${NOW + 59_000}}`, [CELSIUS], [[NOW + 59_000, { celsius: 21.5 }]]],
    [`{"celsius":21.5,"at":${NOW + 61_000}}`, [CELSIUS], [[NOW, { celsius: 21.5 }]]],
    [
      `[1, {"celsius":2,"at":${NOW - 9}}]`,
      [CELSIUS],
      [
        [NOW, { celsius: 1 }],
        [NOW - 9, { celsius: 2 }],
      ],
    ],
    ['[]', [CELSIUS], []],
    ['"on"', [field('state', 'string')], [[NOW, { state: 'on' }]]],
    ['true', [field('open', 'boolean')], [[NOW, { open: true }]]],
    ['{"celsius":1,"humidity":2,"raining":false}', WEATHER, [[NOW, { celsius: 1, humidity: 2, raining: false }]]],
    ['{"a":1,"at":3}', [field('a', 'number'), field('at', 'number')], [[NOW, { a: 1, at: 3 }]]],
    ['{"value":5}', [field('value', 'number')], [[NOW, { value: 5 }]]],
    ['{"lat":1,"lon":2}', [field('place', 'object')], [[NOW, { place: { lat: 1, lon: 2 } }]]],
    [`{"place":{"lat":1},"at":${NOW}}`, [field('place', 'object')], [[NOW, { place: { lat: 1 } }]]],
  ])('%s', (text, fields, expected) => {
    const found = read(text, fields);
    expect(found.misfits).toEqual([]);
    expect(found.fitting).toEqual(expected.map(([at, values]) => ({ at, values })));
  });
});

describe('what is refused, and why', () => {
  it.each<[string, readonly SensorField[], string]>([
    ['', [CELSIUS], 'it is empty'],
    ['21,5', [CELSIUS], 'it is not JSON'],
    ['"21.5"', [CELSIUS], 'celsius: "21.5" instead of a number from -40 to 85 (°C)'],
    ['null', [CELSIUS], 'celsius: null instead of a number from -40 to 85 (°C)'],
    ['86', [CELSIUS], 'celsius: 86 instead of a number from -40 to 85 (°C)'],
    ['1e999', [CELSIUS], 'celsius: null instead of a number from -40 to 85 (°C)'],
    ['{"celsius":1,"extra":2}', [CELSIUS], 'extra: a value instead of one of the fields celsius'],
    ['{"at":5}', [CELSIUS], "at: 5 lies too far back; look at the device's clock, or leave the time out"],
    ['{"celsius":1,"at":"yesterday"}', [CELSIUS], 'at: "yesterday" instead of a time such as'],
    ['21.5', WEATHER, '21.5 instead of an object with all fields of its type'],
    ['{"celsius":1,"humidity":2}', WEATHER, 'raining: nothing instead of true or false'],
    ['{"celsius":1,"humidity":2.5,"raining":true}', WEATHER, 'humidity: 2.5 instead of a whole number from 0 to 100'],
    ['{"__proto__":{"celsius":1}}', [CELSIUS], 'celsius: nothing instead of'],
    ['{"constructor":1}', [field('constructor', 'string')], 'constructor: 1 instead of a text'],
  ])('%s', (text, fields, fault) => {
    const found = read(text, fields);
    expect(found.fitting).toEqual([]);
    expect(found.misfits).toHaveLength(1);
    expect(found.misfits[0]?.fault).toContain(fault);
  });

  it('those of a list that fit are taken, and the others told one by one', () => {
    const found = read('[1, "x", 99, 2]');
    expect(found.fitting.map(({ values }) => values.celsius)).toEqual([1, 2]);
    expect(found.misfits.map(({ text }) => text)).toEqual(['"x"', '99']);
  });

  it('more than a thousand at once are refused as a whole', () => {
    const found = read(JSON.stringify(Array.from({ length: MOST_READINGS + 1 }, () => 1)));
    expect(found).toMatchObject({ fitting: [], misfits: [{ fault: '1001 readings at once instead of at most 1000' }] });
  });
});

it('whatever comes is taken or refused, never thrown, and what is taken fits', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.string(),
        fc.uint8Array().map((bytes) => Buffer.from(bytes).toString()),
      ),
      (text) => {
        const { fitting, misfits } = read(text, WEATHER);
        expect(fitting.length + misfits.length).toBeLessThanOrEqual(MOST_READINGS);
        for (const { values, at } of fitting) {
          expect(typeof values.celsius).toBe('number');
          expect(at).toBeLessThanOrEqual(NOW + 60_000);
        }
      },
    ),
  );
});
