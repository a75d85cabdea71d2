// Acts that go on beside the loop: at most so many of each kind at a time, so that a mail server that hangs holds up no control, and each
// with a deadline, after which its outcome counts as unknown.
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ActNews } from './action-step.ts';
import type { OrderKind } from './ordinary-rules.ts';

/** What the runner needs. */
export interface ActRunnerParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Called for an action whose act has ended, and for one that waited for room and may have it now. */
  readonly wake: (action: string) => void;
}

const AT_ONCE: Readonly<Record<OrderKind, number>> = { email: 4, sms: 4, notify: 8, webhook: 16, control: 128 };
const MINUTE_MS = 60_000;
const DEADLINES: Readonly<Record<OrderKind, number>> = {
  email: 3 * MINUTE_MS,
  sms: 8 * MINUTE_MS,
  notify: MINUTE_MS,
  webhook: MINUTE_MS,
  control: 6 * MINUTE_MS,
};
/** Between the sign that the time is over and the end of waiting for the act. */
const GRACE_MS = 5000;

interface Running {
  readonly kind: OrderKind;
  readonly abort: AbortController;
}

/** Acts by action, with how they ended until somebody takes that. */
export class ActRunner {
  readonly #parts: ActRunnerParts;
  readonly #running = new Map<string, Running>();
  readonly #ended = new Map<string, ActNews>();
  readonly #queues = new Map<OrderKind, Set<string>>();
  readonly #idle = new Set<() => void>();

  constructor(parts: ActRunnerParts) {
    this.#parts = parts;
  }

  /** How the act of an action ended; undefined: none did that this process has begun. */
  news(action: string): ActNews | 'under-way' | undefined {
    return this.#running.has(action) ? 'under-way' : this.#ended.get(action);
  }

  /** Forgets how it ended: that is written. */
  forget(action: string): void {
    this.#ended.delete(action);
  }

  /** Actions whose act has ended and whose outcome nobody has taken. */
  get untaken(): readonly string[] {
    return [...this.#ended.keys()];
  }

  hasRoom(kind: OrderKind): boolean {
    return this.#count(kind) < AT_ONCE[kind];
  }

  /** Wakes an action when there is room for it, in the order in which they came. */
  queue(action: string, kind: OrderKind): void {
    const queue = this.#queues.get(kind) ?? new Set();
    this.#queues.set(kind, queue.add(action));
    if (this.hasRoom(kind)) this.#wakeNext(kind);
  }

  /** Begins an act, unless one of the action is under way. */
  begin(action: string, kind: OrderKind, act: (signal: AbortSignal) => Promise<ActNews>): void {
    if (this.#running.has(action)) return;
    const abort = new AbortController();
    this.#ended.delete(action);
    this.#running.set(action, { kind, abort });
    void this.#run(action, kind, this.#within(action, kind, abort, act));
  }

  /** Resolves when no act is under way any more; after a while they are told to break off. */
  async close(withinMs: number): Promise<void> {
    const cancel = this.#parts.clock.after(withinMs, () => this.#abortAll());
    while (this.#running.size > 0) await new Promise<void>((resolve) => this.#idle.add(resolve));
    cancel();
  }

  #abortAll(): void {
    for (const { abort } of this.#running.values()) abort.abort(new Error('the platform is stopping'));
  }

  #count(kind: OrderKind): number {
    return this.#running.values().reduce((total, running) => total + (running.kind === kind ? 1 : 0), 0);
  }

  #wakeNext(kind: OrderKind): void {
    const queue = this.#queues.get(kind);
    const next = queue?.values().next().value;
    if (next === undefined) return;
    queue?.delete(next);
    this.#parts.wake(next);
  }

  async #run(action: string, kind: OrderKind, act: Promise<ActNews>): Promise<void> {
    const news = await act;
    this.#ended.set(action, news);
    this.#running.delete(action);
    this.#parts.wake(action);
    this.#wakeNext(kind);
    for (const tell of this.#idle) tell();
    this.#idle.clear();
  }

  /** The act, or its end by the deadline; never rejects. */
  #within(
    action: string,
    kind: OrderKind,
    abort: AbortController,
    act: (signal: AbortSignal) => Promise<ActNews>,
  ): Promise<ActNews> {
    const { clock } = this.#parts;
    const { promise, resolve } = Promise.withResolvers<ActNews>();
    const seconds = DEADLINES[kind] / 1000;
    const cancel = clock.after(DEADLINES[kind], () => abort.abort(new Error(`nothing came within ${seconds} s`)));
    let cancelGrace: () => void = () => undefined;
    abort.signal.addEventListener('abort', () => {
      const text = `It was broken off: ${String(abort.signal.reason?.message ?? abort.signal.reason)}.`;
      cancelGrace = clock.after(GRACE_MS, () => resolve({ outcome: 'unknown', text }));
    });
    act(abort.signal).then(resolve, (error: unknown) => resolve(this.#failure(action, error)));
    return promise.finally(() => {
      cancel();
      cancelGrace();
    });
  }

  /** Errors of the registry say that nothing was done; of anything else nobody can tell. */
  #failure(action: string, error: unknown): ActNews {
    if (error instanceof BerthError) return { outcome: 'failed', text: `${error.message} ${error.remedy}` };
    this.#parts.log.error('An act failed for a reason of ours', { action, error });
    return { outcome: 'unknown', text: "It broke off for a reason of the platform's own; see its log." };
  }
}
