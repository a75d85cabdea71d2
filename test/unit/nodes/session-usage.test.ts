// What tasks use, on its way into the series.
import { expect, onTestFinished, test } from 'vitest';
import { LoadHistory, usageSeries } from '../../../src/nodes/load-history.ts';
import { SessionUsage } from '../../../src/nodes/session-usage.ts';
import type { ContainerUsage } from '../../../src/ports/machine.ts';
import { SimSeries } from '../../../src/sim/sim-series.ts';
import { aJob, aTask, aTaskStatus } from '../../builders/jobs.ts';
import { silentLog as log } from '../../contracts/silent-log.ts';
import { ManualClock } from '../engine/manual-clock.ts';
import { logParts } from './log-world.ts';

async function world() {
  const { store } = await logParts();
  const clock = new ManualClock();
  const series = new SimSeries(clock);
  const history = new LoadHistory({ series, clock, log });
  onTestFinished(() => history.close());
  const asked: (readonly string[])[] = [];
  let answers: readonly ContainerUsage[] = [];
  const machine = {
    usage: async (containers: readonly string[]) => {
      asked.push(containers);
      return answers;
    },
  };
  const usage = new SessionUsage({ store, clock, history }, { node: 'n1', machine });
  const job = aJob({ id: 'room-abc123.o1' });
  const kept = async (measure: 'cpu' | 'memory') => {
    await clock.advance(5000);
    const range = { fromAt: clock.now() - 60_000, toAt: clock.now() + 1, mostPoints: 100 };
    const { points } = await series.range({ series: usageSeries(job.id, 3, measure), ...range });
    return points.map(({ mean }) => mean);
  };
  return { store, clock, usage, asked, job, kept, answer: (next: typeof answers) => (answers = next) };
}

test('the first reading tells memory, the second also how many cores were used between them', async () => {
  const { store, clock, usage, asked, job, kept, answer } = await world();
  await store.create('taskStatus', aTaskStatus(aTask(job, 3, 2, 'n1'), { containerId: 'c' }));
  answer([{ id: 'c', cpuMs: 1000, memoryBytes: 10 }]);
  await usage.read();
  expect([await kept('cpu'), await kept('memory')]).toEqual([[], [10]]);
  answer([{ id: 'c', cpuMs: 16_000, memoryBytes: 30 }]);
  await usage.read();
  expect(asked).toEqual([['c'], ['c']]);
  expect((await kept('cpu')).at(-1)).toBeCloseTo(15_000 / (2 * 5000), 5);
  void clock;
});

test('a node without running tasks is not asked, and another node has its own', async () => {
  const { store, usage, asked, job } = await world();
  await store.create('taskStatus', aTaskStatus(aTask(job, 3, 1, 'n1'), { containerId: 'c', state: 'completed' }));
  await store.create('taskStatus', aTaskStatus(aTask(job, 3, 2, 'n2'), { containerId: 'd' }));
  await usage.read();
  expect(asked).toEqual([]);
});

test('a container that began anew counts from its second reading on', async () => {
  const { store, usage, job, kept, answer } = await world();
  await store.create('taskStatus', aTaskStatus(aTask(job, 3, 2, 'n1'), { containerId: 'c' }));
  answer([{ id: 'c', cpuMs: 9000, memoryBytes: 10 }]);
  await usage.read();
  answer([]);
  await usage.read();
  answer([{ id: 'c', cpuMs: 10, memoryBytes: 10 }]);
  await usage.read();
  expect(await kept('cpu')).toEqual([]);
});
