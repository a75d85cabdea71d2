// Counts what becomes of occurrences and jobs from the documents that are written anyway.
import type { Instant } from '../model/instant.ts';
import { type Job, type JobStatus, jobEnded } from '../model/job.ts';
import type { Kind } from '../model/kinds.ts';
import type { Gap } from '../model/schedule.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { AnyDocument } from '../ports/store.ts';
import type { MetricName } from './metric-table.ts';

/** Jobs that are remembered, at most; the oldest are forgotten. */
const MOST_REMEMBERED = 100_000;
/** What is older was counted by whoever ran before. */
const NEWS_MS = 60_000;

/** How far a job was when it was last counted. `dueAt` is null for jobs of no occurrence. */
interface Counted {
  readonly dueAt: Instant | null;
  readonly isStarted: boolean;
  readonly isEnded: boolean;
}

const UNKNOWN: Counted = { dueAt: null, isStarted: false, isEnded: false };

/** Counts for one process. */
export class WrittenMetrics {
  readonly #metrics: Metrics<MetricName>;
  readonly #clock: Clock;
  readonly #jobs = new Map<string, Counted>();

  constructor(metrics: Metrics<MetricName>, clock: Clock) {
    this.#metrics = metrics;
    this.#clock = clock;
  }

  /** A document was written, by whichever process: a job is made by one and started by another. */
  written(kind: Kind, doc: AnyDocument | undefined): void {
    if (kind === 'job' && doc) this.#awaitStart(doc as Job);
  }

  /** A document was written by this process. */
  writtenHere(kind: Kind, doc: AnyDocument | undefined): void {
    if (kind === 'jobStatus' && doc) this.#follow(doc as JobStatus);
    if (kind === 'gap' && doc) this.#countGap(doc as Gap);
  }

  #awaitStart({ id, origin, startsAt, createdAt }: Job): void {
    if (origin.kind !== 'occurrence' || this.#jobs.has(id) || !this.#isNews(createdAt)) return;
    this.#remember(id, { ...UNKNOWN, dueAt: startsAt });
  }

  #follow({ id, state, startedAt, endedAt }: JobStatus): void {
    const counted = this.#jobs.get(id) ?? UNKNOWN;
    const starts = startedAt !== null && !counted.isStarted;
    const ends = jobEnded(state) && endedAt !== null && !counted.isEnded;
    if (starts && counted.dueAt !== null) this.#countStart(startedAt - counted.dueAt);
    if (ends && this.#isNews(endedAt)) this.#metrics.add('berth_jobs_ended_total', { state }, 1);
    if (starts || ends)
      this.#remember(id, { ...counted, isStarted: counted.isStarted || starts, isEnded: counted.isEnded || ends });
  }

  #countStart(lateMs: number): void {
    this.#metrics.add('berth_occurrences_started_total', {}, 1);
    this.#metrics.observe('berth_occurrence_lateness_seconds', {}, Math.max(0, lateMs) / 1000);
  }

  #countGap({ outcome, count, recordedAt }: Gap): void {
    if (this.#isNews(recordedAt)) this.#metrics.add('berth_occurrences_not_run_total', { outcome }, count);
  }

  #isNews(at: Instant): boolean {
    return this.#clock.now() - at < NEWS_MS;
  }

  #remember(id: string, counted: Counted): void {
    this.#jobs.delete(id);
    this.#jobs.set(id, counted);
    if (this.#jobs.size <= MOST_REMEMBERED) return;
    const [oldest] = this.#jobs.keys();
    if (oldest !== undefined) this.#jobs.delete(oldest);
  }
}
