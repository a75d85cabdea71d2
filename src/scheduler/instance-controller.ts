// The scheduler's part of the loop: reads an instance and its open jobs, decides what is due, makes jobs and asks for their end.
import { changeDocument } from '../engine/change-document.ts';
import type { Controller, Unsettled } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { pages, positionPages, sweepByNextAt } from '../engine/shard-sweep.ts';
import { type Executors, runSteps } from '../engine/steps.ts';
import type { Instance, InstanceStatus } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Gap } from '../model/schedule.ts';
import { SHARDS } from '../model/shard.ts';
import type { Bus } from '../ports/bus.ts';
import { type Store, StoreConflict, type Stored } from '../ports/store.ts';
import { decideInstance, type InstanceStep } from './decide-instance.ts';
import { publishKill, publishStart } from './deploy-messages.ts';
import { forgetStates } from './forget-states.ts';
import { KnownPackages } from './known-packages.ts';
import { loadInstance } from './load-instance.ts';
import { upstreamsOf } from './upstream-ends.ts';

/** What the instance controller works with. */
export interface InstanceControllerParts {
  readonly store: Store;
  readonly bus: Bus;
  readonly recordEvent: RecordEvent;
}

/** Makes and ends the jobs of instances (keys `instance:<id>`). */
export class InstanceController implements Controller {
  readonly prefix = 'instance';
  readonly watches = {
    instance: (doc: Instance) => [doc.id],
    job: (doc: Job) => (isOwnNews(doc) ? [] : [doc.instance]),
    jobStatus: (doc: { readonly instance: string; readonly endedAt: Instant | null }) =>
      doc.endedAt === null ? [] : [doc.instance, ...(this.#followers.get(doc.instance) ?? [])],
  };
  readonly #parts: InstanceControllerParts;
  readonly #packages: KnownPackages;
  /** Instances that follow the jobs of another one, as far as they were looked at; those that were not are looked at every minute. */
  readonly #followers = new Map<string, Set<string>>();

  constructor(parts: InstanceControllerParts) {
    this.#parts = parts;
    this.#packages = new KnownPackages(parts.store);
  }

  async reconcile(id: string, now: Instant): Promise<Instant | null> {
    const instance = await this.#parts.store.get('instance', id);
    if (!instance) return null;
    this.#noteFollower(instance.doc);
    const status = await this.#parts.store.get('instanceStatus', id);
    const sources = { store: this.#parts.store, packages: this.#packages };
    const snapshot = await loadInstance(sources, { instance: instance.doc, status: status?.doc ?? null }, now);
    const decision = decideInstance(snapshot, now);
    const told: Promise<void>[] = [];
    try {
      await runSteps(decision.steps, this.#executors(instance, status, { now, told }));
    } finally {
      await Promise.all(told);
    }
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

  #noteFollower(instance: Instance): void {
    for (const upstream of upstreamsOf(instance)) {
      const followers = this.#followers.get(upstream) ?? new Set();
      this.#followers.set(upstream, followers.add(instance.id));
    }
  }

  #executors(
    instance: Stored<Instance>,
    status: Stored<InstanceStatus> | undefined,
    { now, told }: { readonly now: Instant; readonly told: Promise<void>[] },
  ): Executors<InstanceStep> {
    const { store, bus, recordEvent } = this.#parts;
    return {
      'make-job': async ({ job }) => {
        await createIfAbsent(store, job);
        await publishStart(bus, job, now);
        // Beside the steps that follow: both are on disk with one wait for it.
        const { id, application, why: text } = job;
        told.push(recordEvent({ kind: 'job.made', subject: `job:${id}`, application, text }));
      },
      'kill-job': ({ job, reason }) => publishKill(bus, job, reason, now),
      'record-gap': ({ gap }) => this.#recordGap(gap, instance.doc),
      record: async (step) => {
        if (status) await store.update('instanceStatus', step.status, status.version);
        else await store.create('instanceStatus', step.status);
      },
      forget: () => this.#forget(instance, status),
    };
  }

  /** One that was begun before a crash may have become longer since. */
  async #recordGap(gap: Gap, { name, application }: Instance): Promise<void> {
    const { store, recordEvent } = this.#parts;
    const kept = await changeDocument(store, 'gap', gap.id, (before) =>
      before && before.toAt >= gap.toAt ? before : gap,
    );
    if (kept !== gap) return;
    const [from, to] = [gap.fromAt, gap.toAt].map((at) => new Date(at).toISOString());
    const when =
      gap.count === 1
        ? `The occurrence of ${name} at ${from}`
        : `${gap.count} occurrences of ${name} from ${from} to ${to}`;
    const text = `${when} made no job: ${gap.reason}.`;
    const evidence = { outcome: gap.outcome, count: gap.count };
    await recordEvent({
      kind: `occurrence.${gap.outcome}`,
      subject: `instance:${gap.instance}`,
      application,
      text,
      evidence,
    });
  }

  async #forget(instance: Stored<Instance>, status: Stored<InstanceStatus> | undefined): Promise<void> {
    const { store, recordEvent } = this.#parts;
    const { id, name, application } = instance.doc;
    const held = await store.get('instanceName', name);
    if (held?.doc.instance === id) await store.delete('instanceName', name, held.version);
    if (status) await store.delete('instanceStatus', id, status.version);
    await forgetStates(store, id);
    await store.delete('instance', id, instance.version);
    for (const followers of this.#followers.values()) followers.delete(id);
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

/** A job that was just made by the decision which knows of it already: looking again would cost as much as making it. */
function isOwnNews({ origin, stop, open }: Job): boolean {
  return (origin.kind === 'occurrence' || origin.kind === 'after') && stop === null && open === 1;
}

async function createIfAbsent(store: Store, job: Job): Promise<void> {
  try {
    await store.create('job', job);
  } catch (error) {
    // The id is derived from the occurrence: that it exists means that an earlier run of this decision made it.
    if (!(error instanceof StoreConflict)) throw error;
  }
}
