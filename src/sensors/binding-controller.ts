// Sensors' part of the loop for jobs: decides which devices the names of a job stand for as it starts, and again while any is missing.
import type { Controller, Unsettled } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { positionPages } from '../engine/shard-sweep.ts';
import type { JobBinding, JobSensorNeeds } from '../model/binding.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { RegistrationRequest, Sensor, SensorState, SensorStatus, SensorType } from '../model/sensor.ts';
import type { Store, Stored } from '../ports/store.ts';
import { loadBindingSnapshot } from './binding-candidates.ts';
import { BindingLine } from './binding-line.ts';
import type { BindingSnapshot } from './binding-snapshot.ts';
import { decideBinding, endedBinding, lookAgainAt } from './decide-binding.ts';

/** What the controller works with. */
export interface BindingControllerParts {
  readonly store: Store;
  readonly recordEvent: RecordEvent;
}

/** Of a job that waits, so many devices are kept in mind; what the others do is seen when it is looked at again. */
const MOST_IN_MIND = 1000;

/** Writes one binding for each job that needs sensors (keys `binding:<job>`). */
export class BindingController implements Controller {
  readonly prefix = 'binding';
  readonly watches = {
    job: ({ id, spec }: Job) => (spec.sensorNeeds ? [id] : []),
    sensor: ({ id, type }: Sensor) => [...this.#line.ofType(type), ...this.#line.arrived(id)],
    sensorStatus: ({ id, state }: SensorStatus) => (state === 'online' ? this.#line.arrived(id) : []),
    sensorType: ({ id }: SensorType) => this.#line.ofType(id),
    registrationRequest: ({ wish }: RegistrationRequest) =>
      this.#line.ofType(wish.kind === 'type' ? wish.type.id : wish.sensor.type),
  };
  readonly #parts: BindingControllerParts;
  readonly #line = new BindingLine();

  constructor(parts: BindingControllerParts) {
    this.#parts = parts;
  }

  async reconcile(id: string, now: Instant): Promise<Instant | null> {
    const { store } = this.#parts;
    const [job, before] = await Promise.all([store.get('job', id), store.get('jobBinding', id)]);
    const needs = job?.doc.spec.sensorNeeds;
    if (!job || !needs || job.doc.open !== 1 || job.doc.stop !== null) return this.#end(id, before, now);
    if (before && before.doc.state !== 'waiting') return this.#leave(id);
    const decided = await this.#decide(job.doc, needs, before, now);
    return decided.state === 'waiting' ? lookAgainAt(decided, now) : this.#leave(id);
  }

  /** Those that wait, whatever they wait for: it may have come unheard. That a job has no binding yet is seen by whoever waits for that. */
  async *sweep(): AsyncIterable<Unsettled> {
    const waiting = positionPages(this.#parts.store, 'jobBinding', { where: { state: 'waiting' } });
    for await (const page of waiting) for (const { id } of page) yield { id, at: 0 };
  }

  async #decide(
    job: Job,
    needs: JobSensorNeeds,
    before: Stored<JobBinding> | undefined,
    now: Instant,
  ): Promise<JobBinding> {
    this.#line.look(job.id, typesOf(needs));
    const snapshot = await loadBindingSnapshot(this.#parts.store, job, needs, before?.doc ?? null);
    const decided = decideBinding(snapshot, now);
    if (decided !== before?.doc) await this.#write(job, decided, before);
    this.#line.wait(job.id, statesIn(snapshot));
    return decided;
  }

  async #write(job: Job, decided: JobBinding, before: Stored<JobBinding> | undefined): Promise<void> {
    const { store, recordEvent } = this.#parts;
    if (before) await store.update('jobBinding', decided, before.version);
    else await store.create('jobBinding', decided);
    if (decided.state === before?.doc.state) return;
    await recordEvent({
      kind: `job.sensors-${decided.state}`,
      subject: `job:${job.id}`,
      application: job.application,
      text: `Sensors of job ${job.id}: ${decided.reason}.`,
    });
  }

  async #end(id: string, before: Stored<JobBinding> | undefined, now: Instant): Promise<null> {
    if (before?.doc.state === 'waiting')
      await this.#parts.store.update('jobBinding', endedBinding(before.doc, now), before.version);
    return this.#leave(id);
  }

  #leave(id: string): null {
    this.#line.leave(id);
    return null;
  }
}

function typesOf({ sensors, controls }: JobSensorNeeds): ReadonlySet<string> {
  return new Set([...sensors, ...controls].map(({ type }) => type));
}

function statesIn({ devices }: BindingSnapshot): ReadonlyMap<string, SensorState> {
  return new Map([...devices].slice(0, MOST_IN_MIND).map(([id, { state }]) => [id, state]));
}
