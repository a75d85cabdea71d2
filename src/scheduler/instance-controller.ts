// The scheduler's part of the loop: reads an instance and its open jobs, decides what is due, makes jobs and asks for their end.
import { changeDocument } from '../engine/change-document.ts';
import type { Controller, Unsettled } from '../engine/controller.ts';
import type { NewEvent, RecordEvent } from '../engine/event-recorder.ts';
import { pages, positionPages, sweepByNextAt } from '../engine/shard-sweep.ts';
import { type Executors, runSteps } from '../engine/steps.ts';
import type { Instance, InstanceStatus } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Gap } from '../model/schedule.ts';
import { SHARDS } from '../model/shard.ts';
import type { Bus } from '../ports/bus.ts';
import { type Store, StoreConflict, type Write, type WriteResult } from '../ports/store.ts';
import { decideInstance, type InstanceDecision, type InstanceStep } from './decide-instance.ts';
import { publishKill, publishStart } from './deploy-messages.ts';
import { forgetStates } from './forget-states.ts';
import { KnownPackages } from './known-packages.ts';
import { loadInstance } from './load-instance.ts';
import { upstreamsOf } from './upstream-ends.ts';

/** What the instance controller works with. */
export interface InstanceControllerParts {
  readonly store: Store;
  readonly bus: Pick<Bus, 'publish'>;
  readonly recordEvent: RecordEvent;
  readonly newEvent: NewEvent;
}

/** What was decided, and what it was decided on as far as carrying it out needs it: very many wait for the disk at a time. */
interface Decided extends InstanceDecision {
  readonly subject: Pick<Instance, 'id' | 'name' | 'application'>;
  readonly instanceVersion: number;
  /** Null: there was no status. */
  readonly statusVersion: number | null;
}

/** What is written together at the end of a decision, and the jobs that it makes. */
interface Batch {
  readonly writes: Write[];
  readonly jobs: Job[];
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
    const decided = await this.#decide(id, now);
    if (!decided) return null;
    const batch: Batch = { writes: [], jobs: [] };
    await runSteps(decided.steps, this.#executors(decided, batch, now));
    await this.#write(batch, now);
    return decided.wakeAt;
  }

  async #decide(id: string, now: Instant): Promise<Decided | undefined> {
    const { store } = this.#parts;
    const instance = await store.get('instance', id);
    if (!instance) return undefined;
    this.#noteFollower(instance.doc);
    const status = await store.get('instanceStatus', id);
    const sources = { store, packages: this.#packages };
    const snapshot = await loadInstance(sources, { instance: instance.doc, status: status?.doc ?? null }, now);
    const { name, application } = instance.doc;
    return {
      ...decideInstance(snapshot, now),
      subject: { id, name, application },
      instanceVersion: instance.version,
      statusVersion: status?.version ?? null,
    };
  }

  /** Instances with an alarm, those that were written after the scheduler last saw them, and those with jobs that it may have to end. */
  async *sweep(): AsyncIterable<Unsettled> {
    const { store } = this.#parts;
    for await (const alarm of sweepByNextAt(store, 'instanceStatus')) yield alarm;
    for (let shard = 0; shard < SHARDS; shard++) {
      for (const id of await unseen(store, shard)) yield { id, at: 0 };
    }
    for await (const job of pages(store, 'job', { where: { open: 1 }, orderBy: 'startsAt', limit: 1000 })) {
      if (job.stop === null) yield { id: job.instance, at: job.endsAt ?? 0 };
    }
  }

  #noteFollower(instance: Instance): void {
    for (const upstream of upstreamsOf(instance)) {
      const followers = this.#followers.get(upstream) ?? new Set();
      this.#followers.set(upstream, followers.add(instance.id));
    }
  }

  #executors(decided: Decided, { writes, jobs }: Batch, now: Instant): Executors<InstanceStep> {
    const { bus, newEvent } = this.#parts;
    return {
      'make-job': async ({ job }) => {
        const { id, application, why: text } = job;
        writes.push({ do: 'create', kind: 'job', doc: job });
        const event = newEvent({ kind: 'job.made', subject: `job:${id}`, application, text });
        writes.push({ do: 'create', kind: 'event', doc: event });
        jobs.push(job);
      },
      'kill-job': ({ job, reason }) => publishKill(bus, job, reason, now),
      'record-gap': ({ gap }) => this.#recordGap(gap, decided.subject),
      record: async ({ status }) => {
        writes.push(statusWrite(status, decided.statusVersion));
      },
      forget: () => this.#forget(decided),
    };
  }

  /**
   * One wait for the disk: each write is done only after those before it, so the cursor never goes past a job that is not there. That a job
   * exists already means that an earlier run of this decision made it: its id is derived from the occurrence.
   */
  async #write({ writes, jobs }: Batch, now: Instant): Promise<void> {
    const { store, bus } = this.#parts;
    if (writes.length === 0) return;
    let results: readonly WriteResult[];
    try {
      results = await store.apply(writes);
    } finally {
      // What failed may have made them all the same. Whoever is asked to start a job looks first whether it is there.
      for (const job of jobs) await publishStart(bus, job, now);
    }
    const stale = writes.find(({ kind }, index) => kind === 'instanceStatus' && results[index]?.ok === false);
    if (stale?.do === 'update' || stale?.do === 'create') throw new StoreConflict(stale.kind, stale.doc.id);
  }

  /** One that was begun before a crash may have become longer since. */
  async #recordGap(gap: Gap, { name, application }: Decided['subject']): Promise<void> {
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

  async #forget({ subject: { id, name, application }, instanceVersion, statusVersion }: Decided): Promise<void> {
    const { store, recordEvent } = this.#parts;
    const held = await store.get('instanceName', name);
    if (held?.doc.instance === id) await store.delete('instanceName', name, held.version);
    if (statusVersion !== null) await store.delete('instanceStatus', id, statusVersion);
    await forgetStates(store, id);
    await store.delete('instance', id, instanceVersion);
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

function statusWrite(doc: InstanceStatus, version: number | null): Write {
  if (version === null) return { do: 'create', kind: 'instanceStatus', doc };
  return { do: 'update', kind: 'instanceStatus', doc, version };
}
