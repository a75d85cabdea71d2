// The load of a machine from two readings.
import { expect, test } from 'vitest';
import { loadDiffers } from '../../../src/nodes/load-differs.ts';
import { loadFromVitals } from '../../../src/nodes/load-from-vitals.ts';
import type { Vitals } from '../../../src/ports/machine.ts';

const GIB = 1024 ** 3;

function vitals(over: Partial<Vitals> = {}): Vitals {
  return {
    cpuBusy: 1000,
    cpuTotal: 10_000,
    memoryTotalBytes: 4 * GIB,
    memoryAvailableBytes: 3 * GIB,
    diskTotalBytes: 100 * GIB,
    diskFreeBytes: 60 * GIB,
    bootId: 'one',
    machineClockAt: 0,
    ...over,
  };
}

test.each([
  ['an idle machine', { cpuBusy: 1000, cpuTotal: 10_200 }, 0],
  ['a machine that was busy for a quarter of the time', { cpuBusy: 1050, cpuTotal: 10_200 }, 0.25],
  ['a machine that was busy all the time', { cpuBusy: 1200, cpuTotal: 10_200 }, 1],
  ['a reading that says busier than the time that passed', { cpuBusy: 1300, cpuTotal: 10_200 }, 1],
])('%s', (_, after, cpu) => {
  expect(loadFromVitals(vitals(), vitals(after), 7)).toEqual({ at: 7, cpu, memory: 0.25, diskFreeBytes: 60 * GIB });
});

test.each([
  ['two equal readings', {}],
  ['counters that went back', { cpuBusy: 5, cpuTotal: 50 }],
  ['busy time that went back alone, as iowait on some kernels', { cpuBusy: 990, cpuTotal: 10_200 }],
  ['a machine that restarted in between', { cpuBusy: 1100, cpuTotal: 10_200, bootId: 'two' }],
])('%s give no load', (_, after) => {
  expect(loadFromVitals(vitals(), vitals(after), 7)).toBeUndefined();
});

test.each([
  ['all memory in use', { memoryAvailableBytes: 0 }, 1],
  ['no memory in use', { memoryAvailableBytes: 4 * GIB }, 0],
  ['a machine that does not tell its memory', { memoryTotalBytes: 0 }, 1],
])('%s', (_, after, memory) => {
  const load = loadFromVitals(vitals(), vitals({ cpuTotal: 10_200, ...after }), 7);
  expect(load?.memory).toBe(memory);
});

test('a load is stored early only when it changed by more than a twentieth', () => {
  const load = { at: 0, cpu: 0.2, memory: 0.2, diskFreeBytes: 1 };
  expect(loadDiffers(null, load)).toBe(true);
  expect(loadDiffers(load, { ...load, at: 9, cpu: 0.24, diskFreeBytes: 2 })).toBe(false);
  expect(loadDiffers(load, { ...load, cpu: 0.26 })).toBe(true);
  expect(loadDiffers(load, { ...load, memory: 0.1 })).toBe(true);
});
