// The scheduler's part of the loop: reads an instance and its open jobs, decides what is due, makes jobs and asks for their end.
import type { Controller, Unsettled } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { pages, positionPages, sweepByNextAt } from '../engine/shard-sweep.ts';
import { type Executors, runSteps } from '../engine/steps.ts';
import type { Instance, InstanceStatus } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import { SHARDS } from '../model/shard.ts';
import type { Bus } from '../ports/bus.ts';
import { type Store, StoreConflict, type Stored } from '../ports/store.ts';
import { cursorOf, decideInstance, type InstanceSnapshot, type InstanceStep, type OpenJob } from './decide-instance.ts';
import { publishKill, publishStart } from './deploy-messages.ts';
import { type DueOccurrences, dueOccurrences } from './occurrences.ts';
import { findRunnable } from './runnable.ts';

/** What the instance controller works with. */
export interface InstanceControllerParts {
  readonly store: Store;
  readonly bus: Bus;
  readonly recordEvent: RecordEvent;
}

/** At most so many jobs of an instance are looked at together: more than one is open only for runs by hand. */
const OPEN_JOBS = 1000;

/** Makes and ends the jobs of instances (keys `instance:<id>`). */
export class InstanceController implements Controller {
  readonly prefix = 'instance';
  readonly watches = {
    instance: (doc: Instance) => [doc.id],
    job: (doc: Job) => [doc.instance],
    jobStatus: (doc: { readonly instance: string; readonly endedAt: Instant | null }) =>
      doc.endedAt === null ? [] : [doc.instance],
  };
  readonly #parts: InstanceControllerParts;

  constructor(parts: InstanceControllerParts) {
    this.#parts = parts;
  }

  async reconcile(id: string, now: Instant): Promise<Instant | null> {
    const instance = await this.#parts.store.get('instance', id);
    if (!instance) return null;
    const status = await this.#parts.store.get('instanceStatus', id);
    const snapshot = await this.#load(instance.doc, status?.doc ?? null, now);
    const decision = decideInstance(snapshot, now);
    await runSteps(decision.steps, this.#executors(instance, status, now));
    return decision.wakeAt;
  }

  /** Instances with an alarm, those that were written after the scheduler last saw them, and those with jobs that it may have to end. */
  async *sweep(): AsyncIterable<Unsettled> {
    const { store } = this.#parts;
    for await (const alarm of sweepByNextAt(store, 'instanceStatus')) yield alarm;
    for (let shard = 0; shard < SHARDS; shard++) {
      for (const id of await unseen(store, shard)) yield { id, at: 0 };
      for await (const job of pages(store, 'job', { where: { shard, open: 1 }, limit: 1000 })) {
        if (job.stop === null) yield { id: job.instance, at: job.endsAt ?? 0 };
      }
    }
  }

  async #load(instance: Instance, status: InstanceStatus | null, now: Instant): Promise<InstanceSnapshot> {
    const { store } = this.#parts;
    const [open, madeAt, runnable] = await Promise.all([
      store.list('job', { where: { instance: instance.id, open: 1 }, limit: OPEN_JOBS }),
      this.#madeAt(instance, dueOccurrences(instance, cursorOf({ instance, status }), now)),
      findRunnable(store, instance),
    ]);
    return { instance, status, openJobs: await this.#withStates(open.items.map(({ doc }) => doc)), madeAt, runnable };
  }

  async #madeAt({ id }: Instance, due: DueOccurrences | null): Promise<ReadonlySet<Instant>> {
    if (due === null) return new Set();
    const stretch = { orderBy: 'startsAt', from: due.firstAt, below: due.lastAt + 1, limit: OPEN_JOBS };
    const { items } = await this.#parts.store.list('job', { where: { instance: id }, ...stretch });
    return new Set(items.flatMap(({ doc }) => (doc.origin.kind === 'occurrence' ? [doc.origin.at] : [])));
  }

  async #withStates(jobs: readonly Job[]): Promise<OpenJob[]> {
    const statuses = await this.#parts.store.getMany(
      'jobStatus',
      jobs.map(({ id }) => id),
    );
    const states = new Map(statuses.map(({ doc }) => [doc.id, doc.state]));
    return jobs.map((job) => ({ job, state: states.get(job.id) ?? null }));
  }

  #executors(
    instance: Stored<Instance>,
    status: Stored<InstanceStatus> | undefined,
    now: Instant,
  ): Executors<InstanceStep> {
    const { store, bus, recordEvent } = this.#parts;
    return {
      'make-job': async ({ job }) => {
        await createIfAbsent(store, job);
        await publishStart(bus, job, now);
        await recordEvent({ kind: 'job.made', subject: `job:${job.id}`, application: job.application, text: job.why });
      },
      'kill-job': ({ job, reason }) => publishKill(bus, job, reason, now),
      record: async (step) => {
        if (status) await store.update('instanceStatus', step.status, status.version);
        else await store.create('instanceStatus', step.status);
      },
      forget: () => this.#forget(instance, status),
    };
  }

  async #forget(instance: Stored<Instance>, status: Stored<InstanceStatus> | undefined): Promise<void> {
    const { store, recordEvent } = this.#parts;
    const { id, name, application } = instance.doc;
    const held = await store.get('instanceName', name);
    if (held?.doc.instance === id) await store.delete('instanceName', name, held.version);
    if (status) await store.delete('instanceStatus', id, status.version);
    await store.delete('instance', id, instance.version);
    await recordEvent({
      kind: 'instance.removed',
      subject: `instance:${id}`,
      application,
      text: `Instance ${name} was removed.`,
    });
  }
}

/** Instances of a shard that are not as the scheduler last saw them. What it saw is read first: an instance that it sees meanwhile is looked at once more. */
async function unseen(store: Store, shard: number): Promise<readonly string[]> {
  const seen = new Map<string, unknown>();
  for await (const page of positionPages(store, 'instanceStatus', { where: { shard }, orderBy: 'seenUpdatedAt' })) {
    for (const { id, value } of page) seen.set(id, value);
  }
  const found: string[] = [];
  for await (const page of positionPages(store, 'instance', { where: { shard }, orderBy: 'updatedAt' })) {
    for (const { id, value } of page) if (seen.get(id) !== value) found.push(id);
  }
  return found;
}

async function createIfAbsent(store: Store, job: Job): Promise<void> {
  try {
    await store.create('job', job);
  } catch (error) {
    // The id is derived from the occurrence: that it exists means that an earlier run of this decision made it.
    if (!(error instanceof StoreConflict)) throw error;
  }
}
