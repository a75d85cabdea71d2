// Whatever is forgotten and whenever the platform stops: no occurrence ever makes its job twice.
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { acceptedStatus } from '../../../src/deployment/decide-job.ts';
import { HistorySweepController } from '../../../src/deployment/history-sweep-controller.ts';
import type { Kind } from '../../../src/model/kinds.ts';
import type { AnyDocument, Store, Write, WriteResult } from '../../../src/ports/store.ts';
import { GapSweep } from '../../../src/scheduler/gap-sweep.ts';
import { InstanceController } from '../../../src/scheduler/instance-controller.ts';
import { newEvent } from '../../builders/events.ts';
import { anInstance, aPackage, T0 } from '../../builders/jobs.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from '../engine/manual-clock.ts';

const MINUTE_MS = 60_000;
const bus = { publish: async () => {} };
const recordEvent = async () => {};

type Act =
  | { readonly do: 'wait'; readonly minutes: number }
  /** Writes that succeed before the platform stops. */
  | { readonly do: 'schedule'; readonly writes: number }
  /** The same after some minutes; and before it comes up again, what it made has ended and is swept. */
  | { readonly do: 'crash'; readonly writes: number }
  | { readonly do: 'end-jobs' }
  | { readonly do: 'sweep' };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ do: fc.constant('schedule' as const), writes: fc.oneof(fc.constant(1000), fc.nat(4)) }),
  fc.record({ do: fc.constant('crash' as const), writes: fc.nat(6) }),
  fc.record({ do: fc.constant('end-jobs' as const) }),
  fc.record({ do: fc.constant('sweep' as const) }),
);

/** The store, until so many writes; `made` counts how often each job was created. */
function failing(store: Store, writes: number, made: Map<string, number>): Store {
  let left = writes;
  const counted = async <T>(kind: Kind, doc: AnyDocument, write: () => Promise<T>): Promise<T> => {
    if (left-- <= 0) throw new Error('the platform stopped');
    const written = await write();
    if (kind === 'job') made.set(doc.id, (made.get(doc.id) ?? 0) + 1);
    return written;
  };
  const applied = async (batch: readonly Write[]): Promise<readonly WriteResult[]> => {
    const results: WriteResult[] = [];
    for (const write of batch) {
      const doc = write.do === 'delete' ? undefined : write.doc;
      results.push(...(await (doc ? counted(write.kind, doc, () => store.apply([write])) : store.apply([write]))));
    }
    return results;
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === 'create') return (kind: Kind, doc: never) => counted(kind, doc, () => target.create(kind, doc));
      if (name === 'update')
        return (kind: Kind, doc: never, version: number) =>
          counted('event', doc, () => target.update(kind, doc, version));
      if (name === 'apply') return (batch: readonly Write[]) => applied(batch);
      return Reflect.get(target, name).bind(target);
    },
  });
}

async function endJobs(store: Store, now: number): Promise<void> {
  const { items } = await store.list('job', { where: { instance: 'room-abc123', open: 1 }, limit: 1000 });
  for (const { doc, version } of items) {
    const ended = { state: 'succeeded', startedAt: now, endedAt: now, nextAt: null } as const;
    await store.create('jobStatus', { ...acceptedStatus(doc, now), ...ended });
    await store.update('job', { ...doc, open: 0 }, version);
  }
}

async function schedule(store: Store, now: number): Promise<void> {
  try {
    await new InstanceController({ store, bus, recordEvent, newEvent }).reconcile('room-abc123', now);
  } catch (error) {
    if (!(error instanceof Error) || error.message !== 'the platform stopped') throw error;
  }
}

async function sweep(store: Store, now: number): Promise<void> {
  const limits = { maxAgeMs: 3 * MINUTE_MS, jobsPerInstance: 1 };
  const controller = new HistorySweepController({ store, log: silentLog, limits, everyMs: 1000 });
  while ((await controller.reconcile('all', now)) <= now);
  await new GapSweep(store, { maxAgeMs: 3 * MINUTE_MS, perInstance: 1, everyMs: 1000 }).reconcile('all', now);
}

async function story(store: Store, acts: readonly Act[]): Promise<ReadonlyMap<string, number>> {
  const made = new Map<string, number>();
  let now = T0;
  for (const each of [...acts, { do: 'schedule', writes: 1000 } as const]) {
    if (each.do === 'wait') now += each.minutes * MINUTE_MS;
    else if (each.do === 'schedule') await schedule(failing(store, each.writes, made), now);
    else if (each.do === 'crash') {
      now += 2 * MINUTE_MS;
      await schedule(failing(store, each.writes, made), now);
      await endJobs(store, now);
      await sweep(store, now + 4 * MINUTE_MS);
    } else if (each.do === 'end-jobs') await endJobs(store, now);
    else await sweep(store, now);
  }
  return made;
}

test('no occurrence makes its job twice, though jobs are forgotten as early as can be', async () => {
  let forgotten = 0;
  const path = join(await temporaryDirectory(), 'berth');
  let stores = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 15 }), fc.boolean(), async (acts, queues) => {
      const store = SqliteStore.open({ path: `${path}${stores++}`, clock: new ManualClock(T0), log: silentLog });
      const packageDoc = aPackage();
      await store.create('package', packageDoc);
      await store.create('application', {
        id: 'room',
        description: '',
        currentPackage: packageDoc.id,
        createdAt: T0,
        updatedAt: T0,
      });
      const missed = { kind: 'run-all', max: 10, maxAgeMs: 60 * MINUTE_MS } as const;
      const overlap = queues ? ({ kind: 'queue', max: 5 } as const) : ({ kind: 'allow' } as const);
      await store.create('instance', anInstance({ missed, overlap }));
      const made = await story(store, acts);
      forgotten += made.size - (await store.count('job', {}));
      await store.close();
      expect([...made].filter(([, times]) => times > 1)).toEqual([]);
    }),
    { numRuns: 60 },
  );
  expect(forgotten).toBeGreaterThan(20);
}, 60_000);
