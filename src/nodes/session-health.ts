// The health of one node over time: silence counted from our own punctual ticks, what failed connections show, and the state that
// follows from both; each change is stored and told.
import type { NodeState } from '../model/node.ts';
import type { Cancel } from '../ports/clock.ts';
import { decideNodeState } from './decide-node-state.ts';
import { findingOf, type NodeFinding } from './node-finding.ts';
import { readyInWords, silenceInWords } from './node-state-words.ts';
import type { NodeStatusBook } from './node-status-book.ts';
import type { SessionParts } from './session-parts.ts';
import { silenceAfterTick } from './session-silence.ts';

/** Whose health, where it is written, and who is told. */
export interface HealthOf {
  readonly node: string;
  readonly book: NodeStatusBook;
  /** Called at each tick of a node that is silent for so long that a second connection should be tried. */
  readonly onQuiet: () => void;
  /** Tracks work that the session waits for at its end. */
  readonly inBackground: (work: Promise<void>) => void;
}

const TICK_MS = 250;

/** Judges one node from `start` to `stop`. */
export class SessionHealth {
  readonly #parts: SessionParts;
  readonly #of: HealthOf;
  #silenceMs = 0;
  #wasReached = false;
  #finding: NodeFinding | undefined;
  #tickedAtMs: number;
  #cancelTick: Cancel | undefined;

  constructor(parts: SessionParts, of: HealthOf) {
    this.#parts = parts;
    this.#of = of;
    this.#tickedAtMs = parts.clock.monotonic();
  }

  /** Begins to count silence. */
  start(): void {
    this.#tickedAtMs = this.#parts.clock.monotonic();
    this.#tick();
  }

  stop(): void {
    this.#cancelTick?.();
  }

  get state(): NodeState {
    return this.#of.book.state;
  }

  /** Whether nothing was heard since the last tick. */
  get isSilent(): boolean {
    return this.#silenceMs > 0;
  }

  /** The node's engine answered. */
  heard(): void {
    this.#silenceMs = 0;
    this.#finding = undefined;
  }

  /** The node answers and can be used. */
  ready(): void {
    const silentMs = this.#silenceMs;
    this.#silenceMs = 0;
    this.#wasReached = true;
    this.#finding = undefined;
    this.#become('ready', silentMs);
  }

  /** A connection failed; resolves to what that shows. */
  found(error: unknown): NodeFinding {
    const finding = findingOf(error);
    this.#finding = finding;
    this.#parts.log.info('A node could not be connected', { node: this.#of.node, error });
    // While it answers on another connection, a failure of this one says nothing of it, unless only a person can help.
    if (this.state !== 'ready' || finding.needsPerson) this.#judge();
    return finding;
  }

  /** Rearms itself until `stop`. */
  #tick(): void {
    const nowMs = this.#parts.clock.monotonic();
    this.#silenceMs = silenceAfterTick(this.#silenceMs, nowMs - this.#tickedAtMs, TICK_MS);
    this.#tickedAtMs = nowMs;
    if (this.#silenceMs >= this.#parts.settings.freshPathAfterMs) this.#of.onQuiet();
    this.#judge();
    this.#cancelTick = this.#parts.clock.after(TICK_MS, () => this.#tick());
  }

  #judge(): void {
    const { settings } = this.#parts;
    const needsPerson = this.#finding?.needsPerson ?? false;
    const silent = { present: this.state, silenceMs: this.#silenceMs, wasReached: this.#wasReached, needsPerson };
    const state = decideNodeState(silent, settings);
    if (state !== 'ready') this.#become(state, this.#silenceMs);
  }

  #become(state: NodeState, silentMs: number): void {
    const { book, node } = this.#of;
    const finding = this.#finding;
    const told = book.become({ state, reason: this.#reason(state), trouble: finding?.trouble });
    if (told === 'nothing') return;
    const isState = told === 'state';
    const text = isState ? `Node ${node} is ${state}: ${book.reason}` : `Node ${node}: ${book.reason}`;
    this.#parts.log[state === 'ready' ? 'info' : 'warn'](text);
    const evidence = {
      silentMs: Math.round(silentMs),
      trouble: finding?.trouble ?? null,
      error: finding?.code ?? null,
    };
    const kind = isState ? `node.${state}` : 'node.trouble';
    this.#of.inBackground(this.#parts.recordEvent({ kind, subject: `node:${node}`, text, evidence }));
  }

  #reason(state: NodeState): string {
    const { settings, clock } = this.#parts;
    if (state === 'ready') return readyInWords(this.#of.book.lostAt, clock.now());
    return silenceInWords({ state, wasReached: this.#wasReached, finding: this.#finding }, settings);
  }
}
