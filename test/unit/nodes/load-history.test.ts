// The load of nodes on its way into the series.
import { expect, test } from 'vitest';
import type { NodeFacts } from '../../../src/model/node.ts';
import { LoadHistory } from '../../../src/nodes/load-history.ts';
import { SimSeries } from '../../../src/sim/sim-series.ts';
import { silentLog as log } from '../../contracts/silent-log.ts';
import { ManualClock } from '../engine/manual-clock.ts';

const FACTS: NodeFacts = {
  architecture: 'amd64',
  cpus: 2,
  memoryBytes: 1000,
  diskBytes: 1000,
  engineVersion: '20.10',
  apiVersion: '1.41',
  operatingSystem: 'Debian',
  bootId: 'b',
  engineId: 'e',
};

function history() {
  const clock = new ManualClock();
  const series = new SimSeries(clock);
  const read = async (measure: string) => {
    const query = {
      series: `node/n1/${measure}`,
      fromAt: clock.now() - 60_000,
      toAt: clock.now() + 1,
      mostPoints: 100,
    };
    return (await series.range(query)).points.map(({ mean }) => mean);
  };
  const at = () => clock.now();
  return { clock, series, read, at, kept: new LoadHistory({ series, clock, log }) };
}

test('readings are gathered for five seconds and appended at once, with the harmonic load and the used disk', async () => {
  const { clock, kept, read, at } = history();
  kept.add('n1', { at: at(), cpu: 0.5, memory: 0.25, diskFreeBytes: 400 }, FACTS);
  await clock.advance(4900);
  expect(await read('cpu')).toEqual([]);
  await clock.advance(100);
  expect(await read('cpu')).toEqual([0.5]);
  expect(await read('memory')).toEqual([0.25]);
  expect(await read('disk')).toEqual([0.6]);
  expect((await read('load'))[0]).toBeCloseTo((2 * 0.5 * 0.25) / 0.75, 10);
  expect(clock.pending).toBe(0);
});

test('an idle CPU does not make a full memory no load at all, and an unknown disk has no share', async () => {
  const { clock, kept, read, at } = history();
  kept.add('n1', { at: at(), cpu: 0, memory: 0.99, diskFreeBytes: 400 }, null);
  await clock.advance(5000);
  expect((await read('load'))[0]).toBeCloseTo((2 * 0.01 * 0.99) / 1, 10);
  expect(await read('disk')).toEqual([]);
});

test('what waits is appended when the history is closed, and nothing is taken after it', async () => {
  const { clock, kept, read, at } = history();
  kept.add('n1', { at: at(), cpu: 0.5, memory: 0.5, diskFreeBytes: 1 }, FACTS);
  await kept.close();
  expect(await read('cpu')).toEqual([0.5]);
  kept.add('n1', { at: at(), cpu: 0.9, memory: 0.5, diskFreeBytes: 1 }, FACTS);
  expect(clock.pending).toBe(0);
});

test('a series that fails disturbs nothing, and the next readings are kept', async () => {
  const { clock, series, read, at } = history();
  let failures = 1;
  const append: SimSeries['append'] = async (readings) => {
    if (failures-- > 0) throw new Error('the disk is full');
    await series.append(readings);
  };
  const failing = {
    append,
    merge: series.merge.bind(series),
    range: series.range.bind(series),
    close: async () => undefined,
  };
  const told: string[] = [];
  const warn = (message: string) => void told.push(message);
  const kept = new LoadHistory({ series: failing, clock, log: { ...log, warn } });
  kept.add('n1', { at: at(), cpu: 0.1, memory: 0.5, diskFreeBytes: 1 }, FACTS);
  await clock.advance(5000);
  kept.add('n1', { at: at(), cpu: 0.9, memory: 0.5, diskFreeBytes: 1 }, FACTS);
  await clock.advance(5000);
  expect(told).toEqual(['The load of nodes and the usage of tasks could not be kept']);
  expect(await read('cpu')).toEqual([0.9]);
});
