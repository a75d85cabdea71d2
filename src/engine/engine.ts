// The loop. Keys are woken by writes, alarms and sweeps; each is reconciled by its controller, one run per key at a time.
//
// INVARIANTS:
// - A key runs at most once at a time; woken while it runs, it runs once more afterwards.
// - A key has one alarm, the earliest that its last run and later `alarm` calls asked for.
// - Losing any wake-up delays a key at most until the next sweep.
// - Only keys that this process owns are run; those of others are passed on as hints.

import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Documents, Kind } from '../model/kinds.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import { type AnyDocument, StoreConflict } from '../ports/store.ts';
import { type Alarm, AlarmHeap } from './alarm-heap.ts';
import { backoffMs } from './backoff.ts';
import type { Controller } from './controller.ts';
import type { Ownership } from './ownership.ts';

/** What the engine needs, and its bounds. */
export interface EngineParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Runs at a time. */
  readonly concurrency: number;
  readonly sweepEveryMs: number;
  /** After errors that are not conflicts. */
  readonly backoff: { readonly firstMs: number; readonly maxMs: number };
  /** Which keys are this process's; absent: all are. */
  readonly ownership?: Ownership | undefined;
}

/** Runs that are begun before everybody else gets a turn: reads of an embedded database take none, so that runs alone would hold the API up. */
const RUNS_IN_A_TURN = 128;

/** Conflicts in a row after which a key waits like after an error: somebody else is writing as fast as we do. */
const CONFLICTS_IN_A_ROW = 5;

/** Who watches a kind of document: the ids to wake when one was written. */
interface Watcher {
  readonly prefix: string;
  readonly watch: (doc: Documents[Kind]) => readonly string[];
}

/** Runs controllers over their keys until it is stopped. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #controllers = new Map<string, Controller>();
  /** Of each kind that was written, who watches it. */
  readonly #watchers = new Map<Kind, readonly Watcher[]>();
  readonly #alarms = new AlarmHeap();
  readonly #waiting = new Set<string>();
  #walk = this.#waiting.values();
  readonly #running = new Set<string>();
  readonly #dirty = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #idleListeners = new Set<() => void>();
  readonly #endListeners = new Set<() => void>();
  #sweeps = 0;
  #begun = 0;
  #beatAt: Instant | null = null;
  #turn: Cancel | undefined;
  #timer: Cancel | undefined;
  #sweepTimer: Cancel | undefined;
  #state: 'new' | 'running' | 'stopped' = 'new';

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** Adds a controller; before `start`. */
  register(controller: Controller): void {
    this.#controllers.set(controller.prefix, controller);
    this.#watchers.clear();
  }

  /** Looks at a key soon. */
  wake(key: string): void {
    if (this.#owns(key)) this.#wakeOwn(key);
    else this.#parts.ownership?.passOn(key);
  }

  #wakeOwn(key: string): void {
    if (this.#state === 'stopped') return;
    if (this.#running.has(key)) this.#dirty.add(key);
    else this.#waiting.add(key);
    this.#fill();
  }

  /** Looks at a key at an instant, unless its alarm is earlier. */
  alarm(key: string, at: Instant): void {
    if (!this.#owns(key)) return;
    const present = this.#alarms.get(key);
    if (present !== undefined && present <= at) return;
    this.#alarms.set(key, at);
    if (this.#alarms.peek()?.key === key) this.#armTimer();
  }

  /** Wakes whatever is watched for a document that was written. */
  written(kind: Kind, doc: AnyDocument | undefined): void {
    if (!doc) return;
    for (const { prefix, watch } of this.#watchersOf(kind)) {
      for (const id of watch(doc)) {
        // Whoever owns the key hears of the document too.
        if (this.#owns(`${prefix}:${id}`)) this.#wakeOwn(`${prefix}:${id}`);
      }
    }
  }

  /** Forgets keys that are no longer owned; resolves when none of them runs any more. */
  async leave(): Promise<void> {
    for (const key of [...this.#waiting]) if (!this.#owns(key)) this.#waiting.delete(key);
    while ([...this.#running].some((key) => !this.#owns(key))) await this.#runEnds();
  }

  /** Reads everything that is not settled, then runs until `stop`. */
  async start(): Promise<void> {
    this.#state = 'running';
    await this.sweep();
    this.#sweepLater();
    this.#armTimer();
    this.#fill();
  }

  /** Sets alarms for everything that is not settled: enough on its own if every wake-up was lost. */
  async sweep(): Promise<void> {
    this.#sweeps++;
    const sweeps = [...this.#controllers.values()].map((controller) => this.#sweepOne(controller));
    const outcomes = await Promise.allSettled(sweeps);
    this.#sweeps--;
    this.#beatAt = this.#parts.clock.now();
    this.#tellIdle();
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    if (failures.length > 0) throw new AggregateError(failures, 'Not everything that is unsettled could be read');
  }

  /** Starts nothing more and waits for what runs, sweeps included. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#timer?.();
    this.#turn?.();
    this.#sweepTimer?.();
    this.#waiting.clear();
    while (this.#running.size + this.#sweeps > 0) {
      await new Promise<void>((resolve) => this.#idleListeners.add(resolve));
    }
  }

  #owns(key: string): boolean {
    return this.#parts.ownership?.owns(key) ?? true;
  }

  #runEnds(): Promise<void> {
    return new Promise((resolve) => this.#endListeners.add(resolve));
  }

  /** Numbers for status pages. */
  backlog(): { readonly waiting: number; readonly running: number; readonly alarms: number } {
    return { waiting: this.#waiting.size, running: this.#running.size, alarms: this.#alarms.size };
  }

  /** When a run or a sweep last ended; null: none has. */
  get beatAt(): Instant | null {
    return this.#beatAt;
  }

  #watchersOf(kind: Kind): readonly Watcher[] {
    const known = this.#watchers.get(kind);
    if (known) return known;
    const watchers = [...this.#controllers.values()].flatMap(({ prefix, watches }) => {
      const watch = watches[kind] as Watcher['watch'] | undefined;
      return watch ? [{ prefix, watch }] : [];
    });
    this.#watchers.set(kind, watchers);
    return watchers;
  }

  #fill(): void {
    if (this.#state !== 'running') return;
    while (!this.#turn && this.#running.size < this.#parts.concurrency) {
      const key = this.#firstWaiting();
      if (key === undefined) return;
      this.#waiting.delete(key);
      this.#running.add(key);
      if (++this.#begun >= RUNS_IN_A_TURN) this.#giveTurn();
      void this.#run(key);
    }
  }

  #giveTurn(): void {
    this.#begun = 0;
    this.#turn = this.#parts.clock.after(0, () => {
      this.#turn = undefined;
      this.#fill();
    });
  }

  // One walk goes on from call to call: each that began anew would first pass over the places of all that were taken out before.
  #firstWaiting(): string | undefined {
    if (this.#waiting.size === 0) return undefined;
    const next = this.#walk.next();
    if (!next.done) return next.value;
    this.#walk = this.#waiting.values();
    return this.#walk.next().value;
  }

  async #run(key: string): Promise<void> {
    this.#alarms.delete(key);
    const again = this.#owns(key) ? await this.#reconcile(key) : null;
    if (again !== null) this.alarm(key, again);
    this.#running.delete(key);
    for (const listener of this.#endListeners) listener();
    this.#endListeners.clear();
    this.#beatAt = this.#parts.clock.now();
    if (this.#dirty.delete(key)) this.wake(key);
    this.#fill();
    if (this.#running.size === 0) this.#tellIdle();
  }

  async #reconcile(key: string): Promise<Instant | null> {
    const split = key.indexOf(':');
    const controller = this.#controllers.get(key.slice(0, split));
    if (!controller) return null;
    try {
      const again = await controller.reconcile(key.slice(split + 1), this.#parts.clock.now());
      this.#failures.delete(key);
      return again;
    } catch (error) {
      return this.#afterError(key, error);
    }
  }

  #afterError(key: string, error: unknown): Instant {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const now = this.#parts.clock.now();
    if (error instanceof StoreConflict && failures <= CONFLICTS_IN_A_ROW) return now;
    const expected = error instanceof StoreConflict || (error instanceof BerthError && error.retryable);
    this.#parts.log[expected ? 'info' : 'error']('A key failed and is tried again', { key, failures, error });
    return now + backoffMs(failures, this.#parts.backoff, this.#parts.random.fraction());
  }

  #armTimer(): void {
    this.#timer?.();
    const first = this.#alarms.peek();
    if (!first || this.#state !== 'running') return;
    this.#timer = this.#parts.clock.at(first.at, () => this.#ring());
  }

  // Those of one instant go by key: databases write what lies together many times faster than what is spread over their pages.
  #ring(): void {
    const due = [...this.#alarms.due(this.#parts.clock.now())].sort(byTimeAndKey);
    for (const { key } of due) this.#wakeOwn(key);
    this.#armTimer();
  }

  // One controller's sweep that fails does not keep the others from theirs.
  async #sweepOne(controller: Controller): Promise<void> {
    for await (const { id, at } of controller.sweep()) {
      if (this.#state === 'stopped') return;
      this.alarm(`${controller.prefix}:${id}`, at);
    }
  }

  #sweepLater(): void {
    if (this.#state !== 'running') return;
    this.#sweepTimer = this.#parts.clock.after(this.#parts.sweepEveryMs, () => {
      this.sweep()
        .catch((error: unknown) => this.#parts.log.error('A sweep failed; the next one follows', { error }))
        .finally(() => this.#sweepLater());
    });
  }

  #tellIdle(): void {
    for (const listener of this.#idleListeners) listener();
    this.#idleListeners.clear();
  }
}

function byTimeAndKey(a: Alarm, b: Alarm): number {
  return a.at - b.at || (a.key < b.key ? -1 : 1);
}
