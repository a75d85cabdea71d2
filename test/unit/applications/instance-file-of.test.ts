// The file of an instance: applied again it changes nothing.
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyInstance } from '../../../src/applications/apply-requests.ts';
import { durationMs, durationText } from '../../../src/applications/duration-text.ts';
import { instanceFileOf } from '../../../src/applications/instance-file-of.ts';
import { createInstance } from '../../../src/applications/instance-requests.ts';
import { pushPackage } from '../../../src/applications/package-requests.ts';
import { upstreamNames } from '../../../src/applications/upstream-reads.ts';
import { openRepository, type Repository, zipStream } from './repository.ts';

let repository: Repository;
beforeEach(async () => {
  repository = await openRepository();
  await pushPackage(repository.parts, zipStream());
});
afterEach(() => repository.end());

const sent = (value: object) => ({ name: 'a.json', contents: { value } });
const FILE = {
  name: 'hourly',
  application: 'weather',
  algorithm: 'report',
  schedule: { kind: 'interval', every: '1h' },
};

const FILES: Readonly<Record<string, object>> = {
  'with nothing but what it must say': {},
  'that is due at once': { schedule: { kind: 'now', duration: '90s' } },
  'by cron, in a zone, in windows, with jitter': {
    schedule: {
      ...{ kind: 'cron', expression: '0 8 * * 1', zone: 'Europe/Berlin', jitter: '1m30s', duration: '2h' },
      windows: [{ days: 'weekdays', from: '07:00', to: '24:00' }],
    },
  },
  'with several triggers and bounds': {
    schedule: {
      triggers: [
        { kind: 'interval', every: 'P1M' },
        { kind: 'cron', expression: '5 4 * * *' },
      ],
      ...{ start: '2035-01-01T00:00:00Z', end: '2036-01-01T00:00:00Z' },
    },
  },
  'that runs all the time': { schedule: { kind: 'continuous' } },
  'with policies of its own': {
    ...{ missed: { policy: 'run-all', max: 3, maxAge: '2h' }, overlap: { policy: 'queue', max: 4 }, priority: -3 },
    restart: { tasks: 9, backoff: '2s', maxBackoff: '90s' },
    ...{ grace: '1m', lead: '3s', copies: 2 },
  },
  'with a place, values and resources': {
    place: { labels: { gpu: 'yes' }, location: 'campus/b' },
    ...{ parameters: { n: 3, on: true }, environment: { LEVEL: 'debug' }, resources: { cpus: 0.5, memoryMiB: 128 } },
    machine: 'standalone',
  },
};

test.each(Object.entries(FILES))('an instance %s is a file that changes nothing', async (_, over) => {
  const instance = await createInstance(repository.parts, sent({ ...FILE, ...over }));
  const names = await upstreamNames(repository.parts.store, [instance]);
  const file = instanceFileOf(instance, names);
  expect(await applyInstance(repository.parts, sent(file))).toMatchObject({ outcome: 'unchanged', changes: [] });
});

test('an instance that follows another names it', async () => {
  await createInstance(repository.parts, sent(FILE));
  const after = { name: 'later', schedule: { kind: 'after', instance: 'hourly', on: 'any' } };
  const instance = await createInstance(repository.parts, sent({ ...FILE, ...after }));
  const file = instanceFileOf(instance, await upstreamNames(repository.parts.store, [instance]));
  expect(file).toEqual({ ...FILE, ...after });
  expect(await applyInstance(repository.parts, sent(file))).toMatchObject({ outcome: 'unchanged' });
});

test('what it does not say is the default', async () => {
  const instance = await createInstance(repository.parts, sent(FILE));
  expect(instanceFileOf(instance, new Map())).toEqual(FILE);
});

test('a length of time is read back as it was', () => {
  fc.assert(fc.property(fc.nat(400_000_000), (ms) => durationMs(durationText(ms)) === ms));
});
