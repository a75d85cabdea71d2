// Upkeep of the store: done once at the start and then every so often, a part at a time where it is much.
import type { Instant } from '../model/instant.ts';
import type { Controller, Unsettled } from './controller.ts';

/** One turn of a round. */
export interface UpkeepTurn {
  readonly now: Instant;
  /** When the round before it began; null: this is the first. */
  readonly lookedAt: Instant | null;
}

/** `more`: others have their turn, then this goes on. */
export type UpkeepProgress = 'done' | 'more';

/** A controller with one key, `<prefix>:all`. A turn that fails is tried again; a new process begins a round at once. */
export abstract class Upkeep implements Controller {
  abstract readonly prefix: string;
  readonly watches = {};
  readonly #everyMs: number;
  #lookedAt: Instant | null = null;
  #begunAt: Instant | null = null;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** Does a round, or a part of it. */
  protected abstract work(turn: UpkeepTurn): Promise<UpkeepProgress>;

  async reconcile(_: string, now: Instant): Promise<Instant> {
    if (this.#begunAt === null && now < this.#nextAt()) return this.#nextAt();
    const begunAt = this.#begunAt ?? now;
    this.#begunAt = begunAt;
    const progress = await this.work({ now, lookedAt: this.#lookedAt });
    if (progress === 'more') return now;
    this.#lookedAt = begunAt;
    this.#begunAt = null;
    return this.#nextAt();
  }

  async *sweep(): AsyncIterable<Unsettled> {
    yield { id: 'all', at: this.#nextAt() };
  }

  #nextAt(): Instant {
    return this.#lookedAt === null ? 0 : this.#lookedAt + this.#everyMs;
  }
}
