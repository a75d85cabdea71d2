// Deployment's part of the loop for jobs: reads a job, its slots' tasks and the fleet, decides, and writes. Touches only the Store.
import type { Controller, Unsettled, Wake } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { positionPages } from '../engine/shard-sweep.ts';
import { type Executors, runSteps } from '../engine/steps.ts';
import type { JobBinding } from '../model/binding.ts';
import type { Instant } from '../model/instant.ts';
import { type Job, type JobStatus, jobEnded, type Slot } from '../model/job.ts';
import type { Ledger } from '../model/node.ts';
import { secretId } from '../model/secret.ts';
import type { Task, TaskStatus } from '../model/task.ts';
import { type Store, StoreConflict, type Stored } from '../ports/store.ts';
import { acceptedStatus, decideJob } from './decide-job.ts';
import type { FleetView } from './fleet-view.ts';
import type { JobSnapshot } from './job-snapshot.ts';
import type { CopyMove, JobDecision, JobStep } from './job-step.ts';
import { LedgerBook } from './ledger-book.ts';
import { type PlacementRules, refusalOf } from './node-filters.ts';
import { WaitingLine } from './waiting-line.ts';

/** What the job controller works with. */
export interface JobControllerParts {
  readonly store: Store;
  readonly fleet: FleetView;
  readonly rules: PlacementRules;
  readonly recordEvent: RecordEvent;
  readonly wake: Wake;
}

/** A status as it is stored, or, with no version, as deployment begins with it: it is stored with the first decision. */
interface KnownStatus {
  readonly doc: JobStatus;
  readonly version: number | null;
}

/** Fills and ends the slots of jobs (keys `job:<id>`). */
export class JobController implements Controller {
  readonly prefix = 'job';
  readonly watches = {
    job: (doc: Job) => (doc.open === 1 ? [doc.id] : []),
    task: (doc: Task) => [doc.job],
    taskStatus: (doc: TaskStatus) => [doc.job],
    jobBinding: (doc: JobBinding) => [doc.id],
  };
  readonly #parts: JobControllerParts;
  readonly #ledgers: LedgerBook;
  readonly #line = new WaitingLine();

  constructor(parts: JobControllerParts) {
    this.#parts = parts;
    this.#ledgers = new LedgerBook(parts.store, parts.fleet);
  }

  async reconcile(id: string, now: Instant): Promise<Instant | null> {
    const job = await this.#parts.store.get('job', id);
    if (job?.doc.open !== 1) {
      this.#line.leave(id);
      return null;
    }
    const stored = await this.#parts.store.get('jobStatus', id);
    const status: KnownStatus = stored ?? { doc: acceptedStatus(job.doc, now), version: null };
    const snapshot = await this.#load(job.doc, status.doc, now);
    const decision = decideJob(snapshot, now);
    await runSteps(decision.steps, this.#executors(job, status, now));
    this.#keepLine(snapshot, decision, now);
    return decision.wakeAt;
  }

  /** Noted when all is written: until then nobody else is to take what this job is getting. */
  #keepLine({ job, status, architecture }: JobSnapshot, { steps }: JobDecision, now: Instant): void {
    const recorded = steps.find((step) => step.do === 'record');
    const hasLeft = this.#line.note({ job, status: recorded?.status ?? status, architecture }, now);
    if (hasLeft && !this.#line.isEmpty) this.#parts.wake('fleet:all');
  }

  /** Every job that is not closed; most are looked at once and found to need nothing. */
  async *sweep(): AsyncIterable<Unsettled> {
    for await (const page of positionPages(this.#parts.store, 'job', { where: { open: 1 }, orderBy: 'startsAt' })) {
      for (const { id } of page) yield { id, at: 0 };
    }
  }

  async #load(job: Job, status: JobStatus, now: Instant): Promise<JobSnapshot> {
    const { store, fleet, rules } = this.#parts;
    const ids = status.slots.flatMap(namedTasks);
    const [image, binding, missingSecrets, tasks, taskStatuses] = await Promise.all([
      store.get('image', job.package),
      job.spec.sensorNeeds ? store.get('jobBinding', job.id) : undefined,
      missingSecretsOf(store, job),
      store.getMany('task', ids),
      store.getMany('taskStatus', ids),
    ]);
    // After the statuses: that a task which was over by then has no lease means that it has none for good.
    const leases = job.spec.exactlyOne ? await store.getMany('lease', ids) : [];
    return {
      job,
      status,
      image: image?.doc ?? null,
      binding: binding?.doc ?? null,
      missingSecrets,
      architecture: image?.doc.architecture ?? null,
      tasks: new Map(tasks.map(({ doc }) => [doc.id, doc])),
      taskStatuses: new Map(taskStatuses.map(({ doc }) => [doc.id, doc])),
      leases: new Map(leases.map((stored) => [stored.doc.id, stored])),
      before: this.#line.before(status, now),
      fleet,
      rules,
    };
  }

  #executors(job: Stored<Job>, status: KnownStatus, now: Instant): Executors<JobStep> {
    const { store, wake } = this.#parts;
    return {
      release: ({ node, task }) => this.#ledgers.release(node, task),
      'revoke-lease': (step) => this.#revoke(step, job.doc),
      reserve: (step) => this.#reserve(step, now),
      record: (step) => this.#record(step.status, status),
      assign: ({ task }) => createIfAbsent(store, task),
      'tell-move': ({ move }) => this.#tellMove(move, job.doc),
      'stop-task': ({ task, stop }) => stopTask(store, task, stop),
      nudge: async ({ task }) => wake(`task:${task}`),
      'ask-sensors': async () => wake(`binding:${job.doc.id}`),
      close: async () => {
        await store.update('job', { ...job.doc, open: 0 }, job.version);
      },
    };
  }

  async #revoke({ lease, version, why }: StepOf<'revoke-lease'>, { application }: Job): Promise<void> {
    const { store, recordEvent } = this.#parts;
    if (version === null) await store.create('lease', lease);
    else await store.update('lease', lease, version);
    const text = `The lease of task ${lease.id} is revoked: ${why}.`;
    const evidence = { untilAt: version === null ? null : lease.untilAt };
    await recordEvent({ kind: 'lease.revoked', subject: `task:${lease.id}`, application, text, evidence });
  }

  async #reserve({ node, demand, ...room }: StepOf<'reserve'>, now: Instant): Promise<void> {
    const { fleet, rules } = this.#parts;
    const view = fleet.get(node);
    if (!view) throw new StoreConflict('ledger', node);
    const refusal = (ledger: Ledger) => refusalOf({ ...view, ledger }, demand, rules, now);
    await this.#ledgers.reserve({ node, ...room, refusalOf: refusal });
  }

  #tellMove({ slot, from, to, cause, text }: CopyMove, { id, application }: Job): Promise<void> {
    const evidence = { slot, cause, from: from.node, to: to.node, task: from.task, successor: to.task };
    return this.#parts.recordEvent({ kind: 'job.copy-moved', subject: `job:${id}`, application, text, evidence });
  }

  async #record(next: JobStatus, before: KnownStatus): Promise<void> {
    const { store } = this.#parts;
    if (before.version === null) await store.create('jobStatus', next);
    else await store.update('jobStatus', next, before.version);
    if (next.state === before.doc.state) return;
    const { id, application, reason, state } = next;
    const text = jobEnded(state) ? `Job ${id} ${state}: ${reason}.` : `Job ${id} is ${state}: ${reason}.`;
    await this.#parts.recordEvent({
      kind: `job.${state}`,
      subject: `job:${id}`,
      application,
      text,
      evidence: { from: before.doc.state },
    });
  }
}

type StepOf<D extends JobStep['do']> = Extract<JobStep, { readonly do: D }>;

function namedTasks({ task, predecessor }: Slot): readonly string[] {
  const filling = task === null ? [] : [task];
  return predecessor ? [...filling, predecessor.task] : filling;
}

async function missingSecretsOf(
  store: Store,
  { application, spec: { secrets = [] } }: Job,
): Promise<readonly string[]> {
  if (secrets.length === 0) return [];
  const found = await store.getMany(
    'secret',
    secrets.map((name) => secretId(application, name)),
  );
  const names = new Set(found.map(({ doc }) => doc.name));
  return secrets.filter((name) => !names.has(name));
}

async function createIfAbsent(store: Store, task: Task): Promise<void> {
  try {
    await store.create('task', task);
  } catch (error) {
    // The id is derived from slot and attempt: that it exists means that an earlier run of this decision assigned it.
    if (!(error instanceof StoreConflict)) throw error;
  }
}

async function stopTask(store: Store, id: string, stop: NonNullable<Task['stop']>): Promise<void> {
  const stored = await store.get('task', id);
  if (stored && stored.doc.stop === null) await store.update('task', { ...stored.doc, stop }, stored.version);
}
