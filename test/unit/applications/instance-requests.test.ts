import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { removeApplication } from '../../../src/applications/application-requests.ts';
import { findInstance, listInstances, showInstance } from '../../../src/applications/instance-reads.ts';
import {
  createInstance,
  disableInstance,
  enableInstance,
  type InstanceParts,
  removeInstance,
} from '../../../src/applications/instance-requests.ts';
import { pushPackage } from '../../../src/applications/package-requests.ts';
import { shardOf } from '../../../src/model/shard.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { InterleavedStore } from './interleaved-store.ts';
import { openRepository, type Repository, refusal, zipStream } from './repository.ts';

let repository: Repository;
beforeEach(async () => {
  repository = await openRepository();
  await pushPackage(repository.parts, zipStream());
});
afterEach(() => repository.end());

const FILE = { name: 'hourly', application: 'weather', algorithm: 'report', schedule: { kind: 'now' } };

const create = (fields: object = {}, parts: InstanceParts = repository.parts) =>
  createInstance(parts, { name: 'hourly.json', contents: { value: { ...FILE, ...fields } } });

async function problemsOf(fields: object): Promise<string[]> {
  const error = await refusal(create(fields));
  expect(error.code).toBe('instance.invalid');
  const { store } = repository.parts;
  expect([await store.count('instance', {}), await store.count('instanceName', {})]).toEqual([0, 0]);
  return error.problems.map(({ path, found, expected }) => `${path}: ${found} → ${expected}`);
}

describe('an instance file', () => {
  test('becomes an instance with the defaults filled in', async () => {
    const before = repository.parts.clock.now();
    const instance = await create();
    const now = instance.createdAt;
    expect(now).toBeGreaterThanOrEqual(before);
    expect(instance.id).toMatch(/^hourly-[a-z0-9]{6}$/);
    expect(instance).toEqual({
      id: instance.id,
      name: 'hourly',
      application: 'weather',
      algorithm: 'report',
      package: 'current',
      schedule: {
        ...{ triggers: [{ kind: 'now' }], startAt: now, zone: 'UTC', windows: [], calendars: [], jitterMs: 0 },
      },
      earlier: [],
      missed: { kind: 'run-latest' },
      overlap: { kind: 'skip' },
      priority: 0,
      leadMs: 15_000,
      skips: [],
      copies: 1,
      machine: 'shared',
      labels: {},
      location: null,
      parameters: {},
      environment: {},
      resources: {},
      restart: { runsPerTask: 5, tasks: 3, backoffMs: 1000, maxBackoffMs: 60_000, stableAfterMs: 60_000 },
      graceMs: 10_000,
      enabled: true,
      enabledAt: now,
      removing: false,
      createdAt: now,
      updatedAt: now,
      shard: shardOf(instance.id),
    });
    expect((await repository.parts.store.get('instance', instance.id))?.doc).toEqual(instance);
    expect((await repository.parts.store.get('instanceName', 'hourly'))?.doc.instance).toBe(instance.id);
  });

  test('may say everything', async () => {
    const { id } = (await repository.parts.store.list('package', { limit: 1 })).items[0]?.doc ?? { id: '' };
    const instance = await create({
      package: '1.0.0',
      copies: 3,
      machine: 'standalone',
      place: { labels: { 'room/floor': '2' }, location: 'campus/building-a/room-12' },
      priority: -3,
      parameters: { threshold: 21.5, unit: 'C', verbose: true },
      environment: { TZ: 'Europe/Berlin' },
      resources: { cpus: 1, memoryMiB: 256 },
      restart: { tasks: 10, backoff: '2s', maxBackoff: 'PT5M' },
      grace: '30s',
      schedule: {
        kind: 'interval',
        every: '1h30m',
        start: '2030-01-01T00:00:00+01:00',
        end: '2031-01-01T00:00:00Z',
        duration: 'PT10M',
      },
    });
    expect(instance).toMatchObject({
      package: id,
      copies: 3,
      machine: 'standalone',
      labels: { 'room/floor': '2' },
      location: 'campus/building-a/room-12',
      priority: -3,
      leadMs: 0,
      parameters: { threshold: '21.5', unit: 'C', verbose: 'true' },
      environment: { TZ: 'Europe/Berlin' },
      resources: { cpus: 1, memoryMiB: 256 },
      restart: { runsPerTask: 5, tasks: 10, backoffMs: 2000, maxBackoffMs: 300_000, stableAfterMs: 60_000 },
      graceMs: 30_000,
      schedule: {
        triggers: [{ kind: 'interval', everyMs: 5_400_000 }],
        startAt: Date.parse('2029-12-31T23:00:00Z'),
        endAt: Date.parse('2031-01-01T00:00:00Z'),
        durationMs: 600_000,
      },
    });
  });

  test('may be sent as bytes, and its text is read as strictly as that of a package', async () => {
    const contents = Buffer.from(JSON.stringify(FILE).replace('"schedule"', '"name": "b", "schedule"'));
    const error = await refusal(createInstance(repository.parts, { name: 'a.json', contents }));
    expect(error.problems).toEqual([
      {
        ...{ file: 'a.json', line: 1, path: '$.name', expected: 'each key once' },
        found: expect.stringContaining('a second time'),
      },
    ]);
  });
});

describe('an instance file that does not fit', () => {
  test.each<[string, object, string]>([
    [
      'an unknown application',
      { application: 'climate' },
      '$.application: "climate" → one of the applications weather',
    ],
    [
      'an unknown algorithm',
      { algorithm: 'repot' },
      '$.algorithm: "repot" → an algorithm of weather (version 1.0.0): report',
    ],
    ['an unknown package', { package: '9.9.9' }, '$.package: "9.9.9" → "current", or a package of weather'],
    [
      'an instant in the past',
      { schedule: { kind: 'once', at: '2020-01-01T00:00:00Z' } },
      '$.schedule.at: 2020-01-01T00:00:00.000Z → an instant after now',
    ],
    [
      'an instant without a zone',
      { schedule: { kind: 'once', at: '2030-01-01T00:00:00' } },
      '$.schedule.at: "2030-01-01T00:00:00" → an instant of ISO 8601 with a zone',
    ],
    [
      'a day that does not exist',
      { schedule: { kind: 'once', at: '2030-02-30T00:00:00Z' } },
      '$.schedule.at: "2030-02-30T00:00:00Z" → an instant',
    ],
    [
      'an end before the start',
      { schedule: { kind: 'continuous', start: '2031-01-01T00:00:00Z', end: '2030-01-01T00:00:00Z' } },
      '$.schedule.end: 2030-01-01T00:00:00Z → an end after the start',
    ],
    [
      'an end in the past',
      { schedule: { kind: 'interval', every: '10s', end: '2020-01-01T00:00:00Z' } },
      '$.schedule.end: 2020-01-01T00:00:00.000Z → an instant after now',
    ],
    [
      'an interval below a second',
      { schedule: { kind: 'interval', every: '500ms' } },
      '$.schedule.every: "500ms" → a length of time',
    ],
    [
      'an interval of months and hours together',
      { schedule: { kind: 'interval', every: 'P1MT1H' } },
      '$.schedule.every: "P1MT1H" → a length of time',
    ],
    [
      'a duration of nothing',
      { schedule: { kind: 'now', duration: '0s' } },
      '$.schedule.duration: "0s" → a length of time',
    ],
    ['a number for a duration', { schedule: { kind: 'now', duration: 10 } }, '$.schedule.duration: 10 → a string'],
    [
      'an unknown schedule',
      { schedule: { kind: 'daily' } },
      '$.schedule.kind: "daily" → one of "now", "once", "interval", "cron", "continuous", "after"',
    ],
    [
      'a field of another schedule',
      { schedule: { kind: 'now', every: '10s' } },
      '$.schedule.every: an unknown field → one of the fields kind, duration',
    ],
    ['no copies', { copies: 0 }, '$.copies: 0 → at least 1'],
    ['too many copies', { copies: 1001 }, '$.copies: 1001 → at most 1000'],
    [
      'more than any fleet has',
      { copies: 1000, resources: { cpus: 1000 } },
      '$.copies: 1000 copies with 1000 cpus each → at most 100000 cpus together',
    ],
    [
      'a backoff above its bound',
      { restart: { backoff: '2m' } },
      '$.restart.maxBackoff: 60000 ms → at least as long as backoff',
    ],
    ['a parameter that is a list', { parameters: { a: [] } }, '$.parameters.a: [] → a string, a number, true or false'],
    ['a name that is not plain', { name: 'Hourly' }, '$.name: "Hourly" → a plain name'],
  ])('%s', async (_, fields, expected) => {
    expect(await problemsOf(fields)).toEqual([expect.stringContaining(expected)]);
  });

  test('has all its problems told at once', async () => {
    const problems = await problemsOf({
      algorithm: 'x',
      restart: { backoff: '2m' },
      schedule: { kind: 'once', at: '2020-01-01T00:00:00Z' },
    });
    expect(problems.map((text) => text.split(':')[0])).toEqual([
      '$.algorithm',
      '$.schedule.at',
      '$.restart.maxBackoff',
    ]);
  });

  test('is told which application to push first when there is none', async () => {
    const empty = await openRepository();
    const error = await refusal(createInstance(empty.parts, { name: 'a', contents: { value: FILE } }));
    await empty.end();
    expect(error.problems[0]?.expected).toBe('an application; none was pushed yet');
  });
});

describe('a name', () => {
  test('belongs to one instance', async () => {
    await create();
    expect((await refusal(create())).code).toBe('instance.name-taken');
    expect(await repository.parts.store.count('instance', {})).toBe(1);
  });

  test('that many ask for at once goes to one of them', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => create()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await repository.parts.store.count('instance', {})).toBe(1);
  });

  test('whose creator crashed before it wrote the instance goes to the next who asks', async () => {
    const { parts } = repository;
    await parts.store.create('instanceName', { id: 'hourly', instance: 'hourly-crash1' });
    const instance = await create({}, { ...parts, clock: clockOn(async () => undefined) });
    expect((await parts.store.get('instanceName', 'hourly'))?.doc.instance).toBe(instance.id);
    expect((await findInstance(parts.store, 'hourly')).id).toBe(instance.id);
  });

  test('whose creator is only slow stays with that creator', async () => {
    const { parts } = repository;
    const slow = await create({ name: 'other' });
    await parts.store.create('instanceName', { id: 'hourly', instance: 'hourly-slow01' });
    const clock = clockOn(() => parts.store.create('instance', { ...slow, id: 'hourly-slow01', name: 'hourly' }));
    expect((await refusal(create({}, { ...parts, clock }))).code).toBe('instance.name-taken');
    expect((await findInstance(parts.store, 'hourly')).id).toBe('hourly-slow01');
  });

  test('that two find abandoned goes to one of them', async () => {
    const { parts } = repository;
    await parts.store.create('instanceName', { id: 'hourly', instance: 'hourly-crash1' });
    const clock = clockOn(async () => undefined);
    const both = await Promise.allSettled([create({}, { ...parts, clock }), create({}, { ...parts, clock })]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await parts.store.count('instance', {})).toBe(1);
  });

  test('that was taken over from a creator who slept too long makes that creator withdraw', async () => {
    const { parts } = repository;
    const store = new InterleavedStore(parts.store, 'create', 'instance', async () => {
      const held = await parts.store.get('instanceName', 'hourly');
      await parts.store.update('instanceName', { id: 'hourly', instance: 'hourly-other1' }, held?.version ?? 0);
    });
    expect((await refusal(create({}, { ...parts, store }))).code).toBe('instance.name-taken');
    expect(await parts.store.count('instance', {})).toBe(0);
    expect((await parts.store.get('instanceName', 'hourly'))?.doc.instance).toBe('hourly-other1');
  });

  test('is free again when the application was removed in the instant of the creation', async () => {
    const { parts } = repository;
    const store = new InterleavedStore(parts.store, 'create', 'instance', () => removeApplication(parts, 'weather'));
    expect((await refusal(create({}, { ...parts, store }))).code).toBe('request.not-found');
    expect(await parts.store.count('instance', {})).toBe(0);
    expect(await parts.store.count('instanceName', {})).toBe(0);
  });
});

/** The real clock, but for waits: they end when `meanwhile` has happened. */
function clockOn(meanwhile: () => Promise<unknown>): Clock {
  const { clock } = repository.parts;
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    at: (at, ring) => clock.at(at, ring),
    after: (_, ring) => {
      void meanwhile().then(ring);
      return () => undefined;
    },
  };
}

describe('an instance', () => {
  test('is found by its name and by its id, and listed with its status', async () => {
    const { store } = repository.parts;
    const instance = await create();
    expect(await showInstance(store, 'hourly')).toEqual({ instance, status: null });
    expect(await showInstance(store, instance.id)).toEqual({ instance, status: null });
    await create({ name: 'second' });
    const first = await listInstances(store, 'weather', { limit: 1 });
    expect(first.items.map((view) => view.instance.name)).toEqual(['hourly']);
    const second = await listInstances(store, null, { limit: 1, after: first.next ?? '' });
    expect(second.items).toHaveLength(1);
    expect((await refusal(showInstance(store, 'nobody'))).code).toBe('request.not-found');
  });

  test('is disabled and enabled, and its schedule counts from then', async () => {
    const { parts } = repository;
    const created = await create();
    const disabled = await disableInstance(parts, 'hourly');
    expect(disabled).toMatchObject({ enabled: false, enabledAt: created.enabledAt });
    expect(disabled.updatedAt).toBeGreaterThan(created.updatedAt);
    expect(await disableInstance(parts, 'hourly')).toEqual(disabled);
    const enabled = await enableInstance(parts, 'hourly');
    expect(enabled.enabled).toBe(true);
    expect(enabled.enabledAt).toBeGreaterThanOrEqual(created.enabledAt);
    expect(enabled.updatedAt).toBeGreaterThan(disabled.updatedAt);
  });

  test('is on its way out once it is removed, and never comes back', async () => {
    const { parts } = repository;
    await create();
    expect(await removeInstance(parts, 'hourly')).toMatchObject({ enabled: false, removing: true });
    expect(await removeInstance(parts, 'hourly')).toMatchObject({ removing: true });
    expect((await refusal(enableInstance(parts, 'hourly'))).code).toBe('instance.removing');
    const { items } = await parts.store.list('event', { orderBy: 'at', limit: 10 });
    expect(items.map(({ doc }) => doc.kind)).toEqual(['package.accepted', 'instance.created', 'instance.removing']);
  });
});
