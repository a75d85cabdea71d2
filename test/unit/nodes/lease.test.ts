import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import type { BerthError } from '../../../src/model/errors.ts';
import type { Documents, Kind } from '../../../src/model/kinds.ts';
import type { TaskStatus } from '../../../src/model/task.ts';
import { decideTask } from '../../../src/nodes/decide-task.ts';
import { type LeaseSnapshot, leaseRefusal } from '../../../src/nodes/lease-refusal.ts';
import { forgetLease, renewLease } from '../../../src/nodes/lease-requests.ts';
import type { TaskSnapshot } from '../../../src/nodes/task-step.ts';
import { type Store, StoreConflict } from '../../../src/ports/store.ts';
import { aJob, aSpec, aTask, aTaskStatus } from '../../builders/jobs.ts';
import { InterleavedStore } from '../applications/interleaved-store.ts';
import { aJobStatus } from './a-job-status.ts';
import { logParts } from './log-world.ts';
import { aSnapshot, aStatus, exited, NOW, SETTINGS, theTask } from './task-snapshots.ts';

const LEASE_MS = 1000;
const job = aJob({ spec: aSpec({ exactlyOne: true }) });
const task = aTask(job, 0, 1, 'n');
const successor = aTask(job, 0, 2, 'm');
const entitled: LeaseSnapshot = {
  task,
  status: aTaskStatus(task),
  job: aJobStatus(task),
  lease: { id: task.id, untilAt: 5, isRevoked: false },
};

describe('a lease', () => {
  test('is given to the task that its slot names, the first time and again, also long after it ran out', () => {
    expect(leaseRefusal(entitled)).toBe(undefined);
    expect(leaseRefusal({ ...entitled, lease: undefined, status: undefined })).toBe(undefined);
  });

  const refused: [string, Partial<LeaseSnapshot>][] = [
    ['its lease was revoked', { lease: { id: task.id, untilAt: 5, isRevoked: true } }],
    ['its slot was given to another task', { job: aJobStatus(successor) }],
    ['its slot was given to another task', { job: undefined }],
    ['it is to stop', { task: { ...task, stop: { reason: 'asked by ann', at: 1 } } }],
    ['its job is over', { job: aJobStatus(task, { state: 'stopped' }) }],
    ['it is over', { status: aTaskStatus(task, { state: 'lost' }) }],
    ['its algorithm does not ask to run exactly once', { task: aTask(aJob(), 0, 1, 'n') }],
  ];
  test.each(refused)('is refused because %s', (reason, change) => {
    expect(leaseRefusal({ ...entitled, ...change })).toBe(reason);
  });
});

/** Whoever uses it takes turns with the others, one call a turn, in an order that the scheduler chooses. */
class TurnStore extends WatchedStore {
  readonly #turn: () => Promise<unknown>;
  /** The last lease that was written through it. */
  leasedUntilAt = 0;

  constructor(store: Store, turn: () => Promise<unknown>) {
    super(store);
    this.#turn = turn;
  }

  override async get<K extends Kind>(kind: K, id: string) {
    await this.#turn();
    return super.get(kind, id);
  }

  override async create<K extends Kind>(kind: K, doc: Documents[K]) {
    await this.#turn();
    return this.#noted(await super.create(kind, doc));
  }

  override async update<K extends Kind>(kind: K, doc: Documents[K], version: number) {
    await this.#turn();
    return this.#noted(await super.update(kind, doc, version));
  }

  override async delete(kind: Kind, id: string, version: number) {
    await this.#turn();
    return super.delete(kind, id, version);
  }

  #noted<S extends { doc: object }>(stored: S): S {
    if ('untilAt' in stored.doc) this.leasedUntilAt = Number(stored.doc.untilAt);
    return stored;
  }
}

/** As deployment does: revokes the lease, or makes one that is revoked; resolves to when it ended. */
async function revoke(store: Store, id: string): Promise<number> {
  for (;;) {
    const known = await store.get('lease', id);
    const untilAt = known?.doc.untilAt ?? 0;
    try {
      if (known) await store.update('lease', { id, untilAt, isRevoked: true }, known.version);
      else await store.create('lease', { id, untilAt, isRevoked: true });
      return untilAt;
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
    }
  }
}

/** As deployment and nodes do once the lease is over: the successor is named, the old task is lost, its container settled. */
async function replaceAndSettle(store: Store): Promise<void> {
  const table = await store.get('jobStatus', task.job);
  if (table) await store.update('jobStatus', { ...aJobStatus(successor), id: task.job }, table.version);
  const status = await store.get('taskStatus', task.id);
  if (status) await store.update('taskStatus', { ...status.doc, state: 'lost' }, status.version);
  await forgetLease(store, task.id);
}

test('however renewals and a revocation interleave, no lease outlives what the revocation saw, and none is given after it', async () => {
  const { store } = await logParts();
  const asked = fc.record({
    renewals: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
    scheduler: fc.scheduler(),
  });
  let clock = 0;
  await fc.assert(
    fc.asyncProperty(asked, async ({ renewals, scheduler }) => {
      await begin(store);
      const turn = () => scheduler.schedule(Promise.resolve());
      const granted: number[] = [];
      let seenUntilAt: number | undefined;
      const renewing = renewals.map(async (times) => {
        const mine = new TurnStore(store, turn);
        for (let time = 0; time < times; time++) {
          const revokedBefore = seenUntilAt !== undefined;
          const given = await renewed(mine, () => ++clock);
          if (!given) continue;
          expect(revokedBefore).toBe(false);
          granted.push(mine.leasedUntilAt);
        }
      });
      const revoking = revoke(new TurnStore(store, turn), task.id).then(async (untilAt) => {
        seenUntilAt = untilAt;
        await replaceAndSettle(new TurnStore(store, turn));
      });
      await scheduler.waitFor(Promise.all([...renewing, revoking]));
      expect(Math.max(0, ...granted)).toBeLessThanOrEqual(seenUntilAt ?? 0);
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('a first lease is not given when meanwhile one was revoked, its task replaced and the lease forgotten', async () => {
  const { store } = await logParts();
  await begin(store);
  const stalled = new InterleavedStore(store, 'create', 'lease', async () => {
    await revoke(store, task.id);
    await replaceAndSettle(store);
  });
  expect(await renewed(stalled, () => 1)).toBe(false);
  expect(await store.get('lease', task.id)).toBeUndefined();
});

test('a lease is forgotten just before the record with which nothing of its task is left to do, and no sooner', () => {
  const over = { ...aStatus({ state: 'lost', endedAt: NOW - 1000 }), containerId: 'c1', container: 'kept' } as const;
  const after = (exactlyOne: boolean, status: TaskStatus, container: TaskSnapshot['container']) =>
    decideTask(aSnapshot({ task: { ...theTask(), spec: aSpec({ exactlyOne }) }, status, container }), NOW).steps;
  const past = { ...over, endedAt: NOW - SETTINGS.keepEndedMs };
  expect(after(true, past, exited(202)).map((step) => step.do)).toEqual(['gather', 'remove', 'forgetLease', 'record']);
  expect(after(false, past, exited(202)).map((step) => step.do)).toEqual(['gather', 'remove', 'record']);
  expect(after(true, over, exited(202)).map((step) => step.do)).not.toContain('forgetLease');
  expect(after(true, aStatus({ state: 'running' }), exited(202)).map((step) => step.do)).not.toContain('forgetLease');
});

describe('the lease of a task whose end nobody saw', () => {
  const theLease = { id: theTask().id, untilAt: NOW + LEASE_MS, isRevoked: true };
  const spec = aSpec({ exactlyOne: true, graceMs: 500 });
  const overAt = NOW + LEASE_MS + 500 + 2000;
  const lost = { ...aStatus({ state: 'lost', endedAt: NOW, nextAt: NOW }), container: 'kept' } as const;
  const ofNode = { node: 'forgotten', container: 'unknown' } as const;
  const decided = (over: Partial<TaskSnapshot>, now: number) =>
    decideTask(aSnapshot({ task: { ...theTask(), spec }, lease: theLease, status: lost, ...ofNode, ...over }), now);

  test('is kept until it can not run any more, and the task is looked at again then', () => {
    const early = decided({}, NOW);
    expect(early.wakeAt).toBe(overAt);
    expect(early.steps).toEqual([{ do: 'record', change: { container: 'removed', nextAt: overAt } }]);
    const meanwhile = { ...lost, container: 'removed', nextAt: overAt } as const;
    expect(decided({ status: meanwhile }, overAt - 1)).toMatchObject({ steps: [], wakeAt: overAt });
    expect(decided({ status: meanwhile }, overAt).steps.map((step) => step.do)).toEqual(['forgetLease', 'record']);
  });

  test('is kept too when a new machine took the place of its own and knows nothing of it', () => {
    const running = { ...aStatus({ state: 'running' }), containerId: 'c1', container: 'kept' } as const;
    const replaced = decided({ status: running, node: 'ready', container: 'none' }, NOW);
    expect(replaced.steps.map((step) => step.do)).toEqual(['collect', 'remove', 'record']);
    expect(replaced.steps.at(-1)).toMatchObject({ change: { state: 'failed', nextAt: overAt } });
    expect(replaced.wakeAt).toBe(overAt);
  });

  test('is forgotten at once when its end was seen after all, or it never had a container', () => {
    const first = { status: { ...lost, exitCode: 202 } };
    expect(decided(first, NOW).steps.map((step) => step.do)).toEqual(['forgetLease', 'record']);
    const never = { status: { ...lost, container: 'none' } } as const;
    expect(decided(never, NOW).steps.map((step) => step.do)).toEqual(['forgetLease', 'record']);
  });
});

async function renewed(store: Store, now: () => number): Promise<boolean> {
  try {
    await renewLease({ store, clock: { now }, leaseMs: LEASE_MS }, task.id);
    return true;
  } catch (error) {
    expect(['sdk.lease-refused', 'sdk.lease-busy']).toContain((error as BerthError).code);
    return false;
  }
}

/** A task that runs, without a lease. */
async function begin(store: Store): Promise<void> {
  await forgetLease(store, task.id);
  for (const [kind, doc] of [
    ['task', task],
    ['jobStatus', aJobStatus(task)],
    ['taskStatus', aTaskStatus(task)],
  ] as const) {
    const known = await store.get(kind, doc.id);
    if (known) await store.delete(kind, doc.id, known.version);
    await store.create(kind, doc);
  }
}
