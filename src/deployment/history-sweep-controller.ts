// Keeps the past bounded: forgets closed jobs that are too old or too many, the oldest first, a few at a time.
import { pages, positionPages } from '../engine/shard-sweep.ts';
import { Upkeep, type UpkeepProgress, type UpkeepTurn } from '../engine/upkeep.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import { type HistoryLimits, isTooOld, type PastJob, whyKept } from './decide-history.ts';
import { forgetJob } from './forget-job.ts';
import { readPastJob } from './past-job-reads.ts';

/** What the sweep works with. */
export interface HistorySweepParts {
  readonly store: Store;
  readonly log: Log;
  readonly limits: HistoryLimits;
  readonly everyMs: number;
}

/** Jobs that are looked at before others have their turn. */
const AT_ONCE = 50;
/** Jobs may be made after the time at which they were to begin. */
const LATE_MS = 3_600_000;

/** A round of the sweep: first by age, then by number, instance by instance. */
interface Round {
  /** Where the look by age goes on; null: it is done. */
  after: string | undefined | null;
  readonly instances: Set<string>;
}

/** Forgets past jobs (key `historysweep:all`). */
export class HistorySweepController extends Upkeep {
  readonly prefix = 'historysweep';
  readonly #parts: HistorySweepParts;
  #round: Round | undefined;

  constructor(parts: HistorySweepParts) {
    super(parts.everyMs);
    this.#parts = parts;
  }

  protected async work({ now, lookedAt }: UpkeepTurn): Promise<UpkeepProgress> {
    const round = this.#round ?? (await this.#begin(lookedAt));
    this.#round = round;
    if (round.after !== null) await this.#forgetOld(round, now);
    else await this.#forgetMany(round);
    if (round.after !== null || round.instances.size > 0) return 'more';
    this.#round = undefined;
    return 'done';
  }

  async #begin(lookedAt: Instant | null): Promise<Round> {
    const { store } = this.#parts;
    const instances = lookedAt === null ? instancesOf(store) : busySince(store, lookedAt - LATE_MS);
    return { after: undefined, instances: new Set(await Array.fromAsync(instances)) };
  }

  async #forgetOld(round: Round, now: Instant): Promise<void> {
    const { store, limits } = this.#parts;
    const { after } = round;
    const query = { where: { open: 0 }, orderBy: 'startsAt', below: now - limits.maxAgeMs, limit: AT_ONCE };
    const page = await store.list('job', typeof after === 'string' ? { ...query, after } : query);
    for (const { doc } of page.items) await this.#forgetIf(doc, (past) => isTooOld(past, limits, now));
    round.after = page.next ?? null;
  }

  async #forgetMany(round: Round): Promise<void> {
    for (const instance of [...round.instances].slice(0, AT_ONCE)) {
      const isDone = await this.#forgetOldest(instance);
      if (!isDone) return;
      round.instances.delete(instance);
    }
  }

  /** False: there is more to forget of this instance. */
  async #forgetOldest(instance: string): Promise<boolean> {
    const { store, limits } = this.#parts;
    const tooMany = (await store.count('job', { where: { instance } })) - limits.jobsPerInstance;
    if (tooMany <= 0) return true;
    const oldest = { where: { instance }, orderBy: 'startsAt', limit: AT_ONCE };
    let [seen, forgotten] = [0, 0];
    for await (const job of pages(store, 'job', oldest)) {
      if (seen >= tooMany) return true;
      if (forgotten >= AT_ONCE) return false;
      seen++;
      if (await this.#forgetIf(job, () => true)) forgotten++;
    }
    return true;
  }

  async #forgetIf(job: Job, isWanted: (past: PastJob) => boolean): Promise<boolean> {
    const { store, log } = this.#parts;
    if (job.open === 1) return false;
    const past = await readPastJob(store, job);
    if (!isWanted(past) || whyKept(past) !== undefined) return false;
    const isForgotten = await forgetJob(store, past);
    if (isForgotten) log.debug('A past job was forgotten', { job: job.id });
    return isForgotten;
  }
}

async function* instancesOf(store: Store): AsyncIterable<string> {
  for await (const page of positionPages(store, 'instance', {})) for (const { id } of page) yield id;
}

/** The instances of jobs that began lately, by the ids of these. */
async function* busySince(store: Store, from: Instant): AsyncIterable<string> {
  for await (const page of positionPages(store, 'job', { orderBy: 'startsAt', from }))
    for (const { id } of page) yield id.slice(0, id.lastIndexOf('.'));
}
