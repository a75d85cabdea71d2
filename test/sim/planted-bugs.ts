// Bugs that are planted to see that the rules of the simulated world bite: each is one that a programmer could write, and each must be
// found by some seed.
import type { Controller } from '../../src/engine/controller.ts';
import type { Documents, Kind } from '../../src/model/kinds.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Machine } from '../../src/ports/machine.ts';
import type { Provider } from '../../src/ports/provider.ts';
import { type AnyDocument, type Store, StoreConflict, type Stored } from '../../src/ports/store.ts';
import type { Mutation } from './mutation.ts';
import { overridden } from './overridden.ts';

/** Every planted bug by its name, said as what goes wrong. */
export const PLANTED_BUGS: Readonly<Record<string, Mutation>> = {
  'a stop is undone when the job is closed': { store: (store) => changing(store, 'job', stopUndone) },
  'a stale write is accepted': { store: staleWritesAccepted },
  'only the first alarm rings': { clock: firstAlarmOnly },
  'a container that is there is not seen by a new process': { machine: blindAtFirst },
  'room is promised without looking at what is there': { rules: (rules) => ({ ...rules, cpuOvercommit: 1000 }) },
  "a job's id is not derived from its occurrence": { store: jobIdsNotDerived },
  'room is never given back': { store: (store) => ignoring(store, 'ledger', givesBack) },
  'SIGKILL is not sent after the grace time': { machine: neverKills },
  'a task is assigned before its room is reserved': { store: (store, clock) => late(store, clock, 'ledger') },
  'the cursor is written before the job': { store: (store, clock) => late(store, clock, 'job') },
  'what was missed is not recorded': { store: (store) => changing(store, 'gap', withoutReason) },
  'a task counts as failed while its node is away': { store: awayIsFailed },
  'nothing is read at the start': { controller: (controller) => overridden(controller, { sweep: noSweep }) },
  'a job that waits looks again at once': { controller: impatient },
  'a successor does not wait for the lease before it': { store: leasesSeenRunOut },
  'a predecessor is stopped before its successor runs': { store: startsSeenAsRuns },
  'a machine that was made is made again': { provider: makesAnew },
  'replacements are not counted': { store: (store) => ignoring(store, 'recoveryBudget', () => true) },
  "an ended task's container is forgotten": { store: (store) => changing(store, 'taskStatus', containerForgotten) },
};

type Change<K extends Kind> = (doc: Documents[K]) => Documents[K];

function changing<K extends Kind>(store: Store, changed: K, change: Change<K>): Store {
  const apply = (kind: Kind, doc: AnyDocument): AnyDocument => (kind === changed ? change(doc as Documents[K]) : doc);
  // What comes out is of the kind that went in.
  return overridden(store, {
    create: (kind, doc) => store.create(kind, apply(kind, doc) as typeof doc),
    update: (kind, doc, version) => store.update(kind, apply(kind, doc) as typeof doc, version),
  });
}

function stopUndone(job: Documents['job']): Documents['job'] {
  return job.open === 0 ? { ...job, stop: null } : job;
}

function withoutReason(gap: Documents['gap']): Documents['gap'] {
  return { ...gap, reason: '' };
}

function containerForgotten(status: Documents['taskStatus']): Documents['taskStatus'] {
  return status.endedAt === null ? status : { ...status, nextAt: null };
}

function staleWritesAccepted(store: Store): Store {
  return overridden(store, {
    update: async (kind, doc, version) => {
      const present = await store.get(kind, doc.id);
      return store.update(kind, doc, present?.version ?? version);
    },
  });
}

/** A timer at an instant is not set anew for an earlier one: whatever is asked for while one waits is forgotten. */
function firstAlarmOnly(clock: Clock): Clock {
  let isWaiting = false;
  return overridden(clock, {
    at: (at, ring) => {
      if (isWaiting) return () => {};
      isWaiting = true;
      clock.at(at, () => {
        isWaiting = false;
        ring();
      });
      return () => {};
    },
  });
}

function blindAtFirst(machine: Machine): Machine {
  const seen = new Set<string>();
  return overridden(machine, {
    inspectContainer: async (name) => {
      const view = await machine.inspectContainer(name);
      const isNew = !seen.has(name);
      seen.add(name);
      return isNew ? undefined : view;
    },
  });
}

function neverKills(machine: Machine): Machine {
  return overridden(machine, {
    signalContainer: async (name, signal) => {
      if (signal !== 'SIGKILL') await machine.signalContainer(name, signal);
    },
  });
}

function jobIdsNotDerived(store: Store): Store {
  let count = 0;
  return overridden(store, {
    create: (kind, doc) => store.create(kind, kind === 'job' ? { ...doc, id: `${doc.id}${count++}` } : doc),
  });
}

type Given<K extends Kind> = (present: Documents[K] | undefined, next: Documents[K]) => boolean;

/** Writes that a test of the present and the next document picks are answered and not done. */
function ignoring<K extends Kind>(store: Store, ignored: K, test: Given<K>): Store {
  const isIgnored = async (kind: Kind, doc: AnyDocument) =>
    kind === ignored && test((await store.get(ignored, doc.id))?.doc, doc as Documents[K]);
  return overridden(store, {
    create: async (kind, doc) => ((await isIgnored(kind, doc)) ? { doc, version: 0 } : store.create(kind, doc)),
    update: async (kind, doc, version) =>
      (await isIgnored(kind, doc)) ? { doc, version } : store.update(kind, doc, version),
  });
}

function givesBack(present: Documents['ledger'] | undefined, next: Documents['ledger']): boolean {
  return (present?.reservations.length ?? 0) > next.reservations.length;
}

/** Writes of a kind are answered at once and done a moment later. */
function late(store: Store, clock: Clock, delayed: Kind): Store {
  const behind = (write: () => Promise<unknown>) => {
    clock.after(20, () => void write().catch(ignoreConflict));
  };
  return overridden(store, {
    create: async <K extends Kind>(kind: K, doc: Documents[K]): Promise<Stored<Documents[K]>> => {
      if (kind !== delayed) return store.create(kind, doc);
      behind(() => store.create(kind, doc));
      return { doc, version: 0 };
    },
    update: async (kind, doc, version) => {
      if (kind !== delayed) return store.update(kind, doc, version);
      behind(() => store.update(kind, doc, version));
      return { doc, version };
    },
    apply: async (writes) => {
      for (const write of writes) if (write.kind === delayed) behind(() => store.apply([write]));
      const inTime = await store.apply(writes.filter(({ kind }) => kind !== delayed));
      const answers = inTime.values();
      return writes.map(
        ({ kind }) => (kind === delayed ? undefined : answers.next().value) ?? { ok: true, version: 0 },
      );
    },
  });
}

function ignoreConflict(error: unknown): void {
  if (!(error instanceof StoreConflict)) return;
}

function awayIsFailed(store: Store): Store {
  const isAway = async (status: Documents['taskStatus']) =>
    (await store.get('nodeStatus', status.node))?.doc.state === 'unreachable';
  return overridden(store, {
    getMany: async <K extends Kind>(kind: K, ids: readonly string[]) => {
      const found = await store.getMany(kind, ids);
      if (kind !== 'taskStatus') return found;
      const changed = found.map(async (stored) => {
        // Only statuses of tasks come here, which the comparison of kinds does not tell the compiler.
        const doc = stored.doc as Documents['taskStatus'];
        return doc.endedAt === null && (await isAway(doc))
          ? { ...stored, doc: { ...stored.doc, state: 'failed' } }
          : stored;
      });
      return Promise.all(changed);
    },
  });
}

/** Several documents are read at a time by decisions about jobs alone. */
function readingMany<K extends Kind>(store: Store, changed: K, change: Change<K>): Store {
  const apply = (kind: Kind, doc: AnyDocument): AnyDocument => (kind === changed ? change(doc as Documents[K]) : doc);
  return overridden(store, {
    getMany: async <A extends Kind>(kind: A, ids: readonly string[]) => {
      const found = await store.getMany(kind, ids);
      // What comes out is of the kind that went in.
      return found.map(({ doc, version }) => ({ doc: apply(kind, doc) as typeof doc, version }));
    },
  });
}

function leasesSeenRunOut(store: Store): Store {
  return readingMany(store, 'lease', (lease) => ({ ...lease, untilAt: 0 }));
}

function startsSeenAsRuns(store: Store): Store {
  return readingMany(store, 'taskStatus', (status) => {
    return status.state === 'preparing' || status.state === 'starting' ? { ...status, state: 'running' } : status;
  });
}

/** Every ask names another act, and nothing is found by its act. */
function makesAnew(provider: Provider): Provider {
  let asks = 0;
  return overridden(provider, {
    create: (wanted) => provider.create({ ...wanted, act: `${wanted.act}-${++asks}` }),
    findMade: async () => undefined,
  });
}

async function* noSweep() {}

function impatient(controller: Controller): Controller {
  if (controller.prefix !== 'job') return controller;
  return overridden(controller, {
    reconcile: async (id, now) => ((await controller.reconcile(id, now)) === null ? null : now),
  });
}
