// All schedules are paused and resumed under a running loop: what comes after the resume comes at its time, without waiting for a sweep.
import { expect, onTestFinished, test } from 'vitest';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import type { Instance } from '../../../src/model/instance.ts';
import type { Instant } from '../../../src/model/instant.ts';
import type { JobStatus } from '../../../src/model/job.ts';
import { shardOf } from '../../../src/model/shard.ts';
import { InstanceController } from '../../../src/scheduler/instance-controller.ts';
import { PauseController } from '../../../src/scheduler/pause-controller.ts';
import { pauseSchedules, resumeSchedules } from '../../../src/scheduler/pause-requests.ts';
import { newEvent } from '../../builders/events.ts';
import { anInstance, aPackage, aSchedule, T0 } from '../../builders/jobs.ts';
import { until } from '../../world/until.ts';
import { engineWorld } from '../engine/engine-world.ts';
import { keep, listener, openStore } from './reads-world.ts';

const SECOND = 1000;
const ID = 'room-abc123';
const bus = { publish: async () => {} };

/** A loop with one instance, from `T0` on. It sweeps every minute. */
async function loop(over: Partial<Instance>) {
  const store = new WatchedStore(await openStore());
  const application = { id: 'room', description: '', currentPackage: aPackage().id, createdAt: T0, updatedAt: T0 };
  await keep(store, 'package', aPackage());
  await keep(store, 'application', application);
  await keep(store, 'instance', anInstance({ id: ID, shard: shardOf(ID), overlap: { kind: 'allow' }, ...over }));
  const { engine, clock } = engineWorld();
  clock.jump(T0 - clock.now());
  const { recordEvent } = listener();
  const wake = (key: string) => engine.wake(key);
  engine.register(new InstanceController({ store, bus, recordEvent, newEvent }));
  engine.register(new PauseController(store, wake));
  store.onWritten((kind, _, doc) => engine.written(kind, doc));
  const rest = () =>
    until('the loop to rest', 5000, () => {
      const { waiting, running } = engine.backlog();
      return waiting + running === 0 || undefined;
    });
  await engine.start();
  onTestFinished(() => engine.stop());
  await rest();

  return {
    store,
    /** Lets time pass until an instant. */
    async goTo(at: Instant): Promise<void> {
      while (clock.now() < at) {
        await clock.advance(SECOND);
        await rest();
      }
    },
    pause: () => pauseSchedules({ store, recordEvent }, { by: 'ana', reason: '' }, clock.now()).then(rest),
    resume: () => resumeSchedules({ store, recordEvent }, { by: 'ana' }, clock.now()).then(rest),
    /** A person changes something of it, so that it is looked at. */
    async change(): Promise<void> {
      const stored = await store.get('instance', ID);
      if (!stored) throw new Error('the instance is gone');
      await store.update('instance', { ...stored.doc, updatedAt: clock.now() }, stored.version);
      await rest();
    },
    /** Begins of its jobs, in seconds after `T0`. */
    async begins(): Promise<readonly number[]> {
      const { items } = await store.list('job', { where: { instance: ID }, orderBy: 'startsAt', limit: 100 });
      return items.map(({ doc }) => (doc.startsAt - T0) / SECOND);
    },
    async gaps(): Promise<readonly string[]> {
      const { items } = await store.list('gap', { where: { instance: ID }, limit: 100 });
      return items.map(({ doc }) => doc.reason);
    },
  };
}

function every(seconds: number, endAt?: Instant) {
  const schedule = aSchedule({ triggers: [{ kind: 'interval', everyMs: seconds * SECOND }] });
  return endAt === undefined ? schedule : { ...schedule, endAt };
}

function endedJob(id: string, instance: string, endedAt: Instant): JobStatus {
  const rest = { reason: '', slots: [], notes: [], lastLines: [], rank: 0, nextAt: null };
  const times = { createdAt: T0, startedAt: T0, endedAt };
  return { id, instance, application: 'room', state: 'succeeded', shard: shardOf(id), ...times, ...rest };
}

test('an occurrence after the resume runs on time, though its instance was looked at during the pause', async () => {
  const world = await loop({ schedule: every(20) });
  await world.goTo(T0 + 5 * SECOND);
  await world.pause();
  await world.change();
  await world.goTo(T0 + 10 * SECOND);
  await world.resume();
  await world.goTo(T0 + 21 * SECOND);
  expect(await world.begins()).toEqual([0, 20]);
});

test('a container that is to wait for its time comes ahead after the resume, though it was due to come during the pause', async () => {
  const world = await loop({ schedule: every(30), leadMs: 10 * SECOND });
  await world.goTo(T0 + 5 * SECOND);
  await world.pause();
  await world.change();
  await world.goTo(T0 + 22 * SECOND);
  expect(await world.begins()).toEqual([0]);
  await world.resume();
  await world.goTo(T0 + 23 * SECOND);
  expect(await world.begins()).toEqual([0, 30]);
});

test('an occurrence that waited for its turn before the pause runs at the resume, though nothing more is due', async () => {
  const world = await loop({ schedule: every(20, T0 + 25 * SECOND), overlap: { kind: 'queue', max: 2 } });
  await world.goTo(T0 + 21 * SECOND);
  await world.pause();
  const [first] = (await world.store.list('job', { where: { instance: ID }, limit: 10 })).items;
  if (!first) throw new Error('nothing runs');
  await world.store.create('jobStatus', endedJob(first.doc.id, ID, T0 + 22 * SECOND));
  await world.store.update('job', { ...first.doc, open: 0 }, first.version);
  await world.goTo(T0 + 30 * SECOND);
  expect(await world.begins()).toEqual([0]);
  await world.resume();
  await world.goTo(T0 + 31 * SECOND);
  expect(await world.begins()).toHaveLength(2);
});

test('what would have followed another instance during the pause is told at the resume', async () => {
  const world = await loop({ schedule: aSchedule({ triggers: [{ kind: 'after', instance: 'up-1', on: 'success' }] }) });
  await world.pause();
  await world.goTo(T0 + 5 * SECOND);
  await world.store.create('jobStatus', endedJob('up-1.m1', 'up-1', T0 + 5 * SECOND));
  await world.goTo(T0 + 10 * SECOND);
  expect(await world.gaps()).toEqual([]);
  await world.resume();
  await world.goTo(T0 + 11 * SECOND);
  expect(await world.gaps()).toEqual(['ana had paused all schedules']);
});
