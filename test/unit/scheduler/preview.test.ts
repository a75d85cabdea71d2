// What is to come, of one instance and of the whole platform.
import { expect, test } from 'vitest';
import type { Instance } from '../../../src/model/instance.ts';
import { EarliestOccurrences } from '../../../src/scheduler/earliest-occurrences.ts';
import { previewInstance, previewSchedules } from '../../../src/scheduler/preview-reads.ts';
import { aJob, aNode, anInstance, aSchedule, aSpec, T0 } from '../../builders/jobs.ts';
import { keep, openStore } from './reads-world.ts';

const HOUR_MS = 3_600_000;
const every = (everyMs: number) => aSchedule({ triggers: [{ kind: 'interval', everyMs }] });
const hourly = (over: Partial<Instance> = {}) => anInstance({ schedule: every(HOUR_MS), ...over });
const wish = { fromAt: T0, untilAt: T0 + 3 * HOUR_MS, limit: 100 };

test('the next occurrences of an instance, with when its jobs end and who has one skipped', async () => {
  const schedule = { ...every(HOUR_MS), durationMs: 60_000 };
  const instance = anInstance({ schedule, skips: [{ at: T0 + HOUR_MS, by: 'ana' }] });
  const found = await previewInstance(await openStore(), instance, { after: T0, count: 2 });
  expect(found).toEqual([
    { at: T0 + HOUR_MS, startsAt: T0 + HOUR_MS, endsAt: T0 + HOUR_MS + 60_000, note: 'ana asked that it be skipped' },
    { at: T0 + 2 * HOUR_MS, startsAt: T0 + 2 * HOUR_MS, endsAt: T0 + 2 * HOUR_MS + 60_000, note: null },
  ]);
});

test('jitter moves the start, and a pause, a disabled instance and calendars are told', async () => {
  const store = await openStore();
  const event = { summary: 'x', kind: 'exact', fromAt: T0 + HOUR_MS, toAt: T0 + HOUR_MS + 1 } as const;
  await keep(store, 'calendar', {
    id: 'c',
    source: '',
    events: [event],
    knownUntilAt: T0,
    createdAt: T0,
    updatedAt: T0,
  });
  const instance = hourly({ schedule: { ...every(HOUR_MS), jitterMs: 60_000, calendars: ['c'] } });
  const [first] = await previewInstance(store, instance, { after: T0, count: 1 });
  expect(first).toMatchObject({ at: T0 + 2 * HOUR_MS, note: null });
  expect(first?.startsAt).toBeGreaterThan(T0 + 2 * HOUR_MS);
  await keep(store, 'schedulePause', { id: 'all', fromAt: T0, untilAt: null, by: 'ben', reason: '' });
  expect(await previewInstance(store, instance, { after: T0, count: 1 })).toMatchObject([
    { note: 'ben has paused all schedules' },
  ]);
  expect(await previewInstance(store, { ...instance, enabled: false }, { after: T0, count: 1 })).toMatchObject([
    { note: 'its instance is disabled' },
  ]);
});

test('all instances together, by time; those that are disabled or end before are not there', async () => {
  const store = await openStore();
  const off = every(90 * 60_000);
  await keep(
    store,
    'instance',
    hourly({ id: 'a', name: 'alpha' }),
    anInstance({ id: 'b', name: 'beta', schedule: off }),
  );
  await keep(store, 'instance', hourly({ id: 'c', name: 'off', enabled: false }));
  const found = await previewSchedules(store, wish);
  const minutes = found.occurrences.map(({ name, at }) => `${name} ${(at - T0) / 60_000}`);
  expect(minutes).toEqual(['alpha 0', 'beta 0', 'alpha 60', 'beta 90', 'alpha 120']);
  expect(found).toMatchObject({ total: 5, isWhole: true, coveredUntilAt: wish.untilAt });
  expect(found.occurrences[0]).toMatchObject({ instance: 'a', zone: 'UTC', note: null });
  expect(await previewSchedules(store, { ...wish, limit: 2 })).toMatchObject({ total: 5, isWhole: false });
});

test('jobs that begin within the same second collide, unless they are of the same instance or will not be', async () => {
  const store = await openStore();
  const late = { ...every(HOUR_MS), startAt: T0 + 900 };
  await keep(
    store,
    'instance',
    hourly({ id: 'a', name: 'alpha', copies: 3 }),
    anInstance({ id: 'b', name: 'beta', schedule: late }),
  );
  await keep(store, 'instance', hourly({ id: 'c', name: 'gamma', skips: [{ at: T0, by: 'ana' }] }));
  const { collisions } = await previewSchedules(store, { ...wish, untilAt: T0 + HOUR_MS + 500 });
  expect(collisions).toEqual([
    {
      ...{ at: T0, count: 2, copies: 4, instances: ['alpha', 'beta'] },
      sentence: '2 jobs begin within the same second, 4 containers together: alpha, beta.',
    },
    {
      ...{ at: T0 + HOUR_MS, count: 2, copies: 4, instances: ['alpha', 'gamma'] },
      sentence: '2 jobs begin within the same second, 4 containers together: alpha, gamma.',
    },
  ]);
});

test('standalone jobs that need more machines than can take them are told, with those that run', async () => {
  const store = await openStore();
  await keep(store, 'node', aNode('n1', { labels: { gpu: 'yes' } }), aNode('n2'), aNode('n3', { draining: true }));
  const alone = { machine: 'standalone', schedule: { ...every(HOUR_MS), durationMs: 1_800_000 } } as const;
  await keep(store, 'instance', hourly({ id: 'a', name: 'alpha', ...alone, labels: { gpu: 'yes' } }));
  const before = wish.untilAt - 2 * HOUR_MS;
  expect((await previewSchedules(store, { ...wish, untilAt: before })).standalone).toEqual([]);
  const running = aJob({
    instance: 'delta-1',
    startsAt: T0 - 1,
    endsAt: T0 + 60_000,
    machine: 'standalone',
    spec: aSpec({ labels: { gpu: 'yes' } }),
  });
  await keep(store, 'job', running);
  await keep(store, 'instance', hourly({ id: 'b', name: 'beta', ...alone, copies: 2 }));
  const { standalone } = await previewSchedules(store, { ...wish, untilAt: before });
  expect(
    standalone.map(({ at, toAt, needed, machines, instances }) => ({
      at: at - T0,
      toAt: toAt - T0,
      needed,
      machines,
      instances,
    })),
  ).toEqual([
    { at: 0, toAt: 60_000, needed: 2, machines: 1, instances: ['alpha', 'delta-1'] },
    { at: 0, toAt: 1_800_000, needed: 4, machines: 2, instances: ['alpha', 'beta', 'delta-1'] },
  ]);
});

test('where too much is due, everything before some instant is there', () => {
  const earliest = new EarliestOccurrences(1000, 5);
  for (let at = 0; at < 2000; at += 7) earliest.add({ at: (at * 391) % 1400 });
  const all = Array.from({ length: 286 }, (_, index) => (index * 7 * 391) % 1400).toSorted((a, b) => a - b);
  expect(earliest.untilAt).toBeLessThan(1000);
  expect(earliest.sorted().map(({ at }) => at)).toEqual(all.filter((at) => at < earliest.untilAt));
});

test('many at the same instant are all there', () => {
  const earliest = new EarliestOccurrences<{ readonly at: number }>(1000, 5);
  for (let index = 0; index < 50; index++) earliest.add({ at: 10 });
  earliest.add({ at: 11 });
  expect([earliest.untilAt, earliest.sorted().length]).toEqual([11, 50]);
});

test('a thousand instances that run every second are looked at as far as they are held', async () => {
  const store = await openStore();
  const busy = Array.from({ length: 1000 }, (_, index) =>
    anInstance({ id: `i${index}`, name: `i${index}`, schedule: every(1000) }),
  );
  await keep(store, 'instance', ...busy);
  const found = await previewSchedules(store, { fromAt: T0, untilAt: T0 + 24 * HOUR_MS, limit: 10 });
  expect(found.isWhole).toBe(false);
  expect(found.occurrences.map(({ at }) => at)).toEqual(Array.from({ length: 10 }, () => T0));
  expect(found.coveredUntilAt).toBeGreaterThan(T0 + 15_000);
  expect(found.total).toBe(Math.ceil((found.coveredUntilAt - T0) / 1000) * 1000);
});
