// The controllers of sensors and of jobs over a real store, woken by their writes as in the program.
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { FleetView } from '../../../src/deployment/fleet-view.ts';
import { JobController } from '../../../src/deployment/job-controller.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import type { JobBinding, JobSensorNeeds } from '../../../src/model/binding.ts';
import type { Job, JobStatus } from '../../../src/model/job.ts';
import type { SensorState } from '../../../src/model/sensor.ts';
import { BindingController } from '../../../src/sensors/binding-controller.ts';
import { RegistrationController } from '../../../src/sensors/registration-controller.ts';
import type { SensorParts } from '../../../src/sensors/sensor-parts.ts';
import { aStatusIn } from '../../builders/bindings.ts';
import { aJob, aNode, aNodeStatus, aSpec } from '../../builders/jobs.ts';
import { silentLog as log } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { until } from '../../world/until.ts';
import { readyImage } from '../deployment/job-story.ts';

/** A platform with one node, whose jobs and sensors are written by the test. */
export interface SensorPlatform {
  readonly parts: SensorParts & { readonly store: WatchedStore };
  readonly engine: Engine;
  /** Kinds and texts of the events. */
  readonly told: { readonly kind: string; readonly text: string }[];
  /** Makes a job that needs sensors; `over` may say more of it. */
  run(needs: JobSensorNeeds, over?: Partial<Job>): Promise<Job>;
  /** Observes a sensor. */
  observe(id: string, state: SensorState): Promise<void>;
  bindingIn(job: Job, state: JobBinding['state']): Promise<JobBinding>;
  statusIn(job: Job, state: JobStatus['state']): Promise<JobStatus>;
}

/** Starts one; it ends with the test. `hears` false: no write wakes anybody. */
export async function openSensorPlatform({ hears = true, sweepEveryMs = 60_000 } = {}): Promise<SensorPlatform> {
  const clock = new SystemClock();
  const random = new SystemRandom();
  const path = join(await temporaryDirectory(), 'berth.sqlite');
  const store = new WatchedStore(SqliteStore.open({ path, clock, log }));
  const engine = new Engine({
    clock,
    random,
    log,
    concurrency: 16,
    sweepEveryMs,
    backoff: { firstMs: 50, maxMs: 500 },
  });
  const fleet = new FleetView();
  const told: { kind: string; text: string }[] = [];
  const recordEvent = async ({ kind, text }: { readonly kind: string; readonly text: string }) =>
    void told.push({ kind, text });
  const rules = { cpuOvercommit: 100, memoryHeadroomBytes: 0, diskHeadroomBytes: 0 };
  engine.register(new JobController({ store, fleet, rules, recordEvent, wake: (key) => engine.wake(key) }));
  engine.register(new BindingController({ store, recordEvent }));
  engine.register(new RegistrationController({ store, recordEvent }));
  store.onWritten((kind, id, doc) => {
    fleet.written(kind, id, doc);
    if (hears) engine.written(kind, doc);
  });
  await store.create('node', aNode('n1'));
  await store.create('nodeStatus', aNodeStatus('n1'));
  await store.create('image', readyImage);
  await engine.start();
  onTestFinished(async () => {
    await engine.stop();
    await store.close();
  });
  return { parts: { store, clock, random, recordEvent }, engine, told, ...actsOn(store) };
}

function actsOn(store: WatchedStore): Pick<SensorPlatform, 'run' | 'observe' | 'bindingIn' | 'statusIn'> {
  return {
    run: async (needs, over = {}) => {
      const job = aJob({ spec: aSpec({ sensorNeeds: needs }), ...over });
      return (await store.create('job', job)).doc;
    },
    observe: async (id, state) => {
      const before = await store.get('sensorStatus', id);
      if (before) await store.update('sensorStatus', { ...before.doc, state }, before.version);
      else await store.create('sensorStatus', aStatusIn(id, state));
    },
    bindingIn: (job, state) =>
      until(`a binding of ${job.id} that is ${state}`, 5000, async () => {
        const found = (await store.get('jobBinding', job.id))?.doc;
        if (found?.state === state) return found;
        throw new Error(`it is ${found?.state}: ${found?.reason}`);
      }),
    statusIn: (job, state) =>
      until(`job ${job.id} to be ${state}`, 5000, async () => {
        const found = (await store.get('jobStatus', job.id))?.doc;
        if (found?.state === state) return found;
        throw new Error(`it is ${found?.state}: ${found?.reason}`);
      }),
  };
}
