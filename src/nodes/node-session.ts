// The platform's relation to one node over time: connects, keeps one connection, judges silence, reconnects, and stores how the
// node is. Health is judged on a monotonic clock and only from our own punctual ticks.
import { backoffMs } from '../engine/backoff.ts';
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Node, NodeState } from '../model/node.ts';
import type { Cancel } from '../ports/clock.ts';
import type { Machine } from '../ports/machine.ts';
import { NodeStatusBook } from './node-status-book.ts';
import { SessionConnection } from './session-connection.ts';
import { sessionDial } from './session-dial.ts';
import { SessionImages } from './session-images.ts';
import type { LiveNode } from './session-live.ts';
import type { SessionParts } from './session-parts.ts';
import { sessionPause } from './session-pause.ts';
import { silenceAfterTick } from './session-silence.ts';
import { waitingTasks } from './session-sweep.ts';
import { SessionTurns } from './session-turns.ts';

const TICK_MS = 250;
/** A connection that lasted this long forgives the failures before it. */
const STABLE_MS = 5000;
/** Failures after which nothing is tried again. */
const FOR_GOOD = Number.POSITIVE_INFINITY;

/** What a refused connection means: `refused` needs a person; everything else may pass by itself. */
type Trouble = { readonly state: Extract<NodeState, 'refused' | 'unreachable'>; readonly isFinal: boolean };

/** One node's session, from `open` to `close`. */
export class NodeSession {
  readonly node: Node;
  readonly #parts: SessionParts;
  readonly #book: NodeStatusBook;
  readonly #images: SessionImages;
  readonly #turns: SessionTurns;
  readonly #abort = new AbortController();
  #connection: SessionConnection | undefined;
  /** A second connection that answered while the kept one was silent. */
  #fresh: Machine | undefined;
  #isTryingFresh = false;
  #failures = 0;
  #trouble = '';
  #silenceMs = 0;
  #tickedAtMs: number;
  #cancelTick: Cancel | undefined;
  #lastEventAt: Instant | null = null;
  #running: Promise<void> = Promise.resolve();
  readonly #background = new Set<Promise<void>>();

  constructor(parts: SessionParts, node: Node) {
    this.#parts = parts;
    this.node = node;
    this.#book = new NodeStatusBook(parts, node);
    const wakeTask = (task: string) => parts.wake(`task:${task}`);
    this.#images = new SessionImages(parts.settings.pullsAtOnce, wakeTask);
    this.#turns = new SessionTurns(parts.settings.actsAtOnce, wakeTask);
    this.#tickedAtMs = parts.clock.monotonic();
  }

  /** What may be used of the node, while it is ready. */
  live(): LiveNode | undefined {
    if (!this.#connection || this.#book.state !== 'ready') return undefined;
    const { machine, imagePort, clockOffsetMs } = this.#connection;
    const [images, turns] = [this.#images, this.#turns];
    return { node: this.node.id, machine, imagePort, clockOffsetMs, images, turns };
  }

  /** Begins to connect; resolves when that is stored. */
  async open(): Promise<void> {
    await this.#book.open();
    this.#tick();
    this.#running = this.#run();
  }

  /** Ends everything; resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#cancelTick?.();
    this.#connection?.replace('The session was closed.');
    await this.#running;
    await Promise.all(this.#background);
    await this.#fresh?.close();
    await this.#book.settle();
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const connection = await this.#connect();
      if (connection) await this.#keep(connection);
      if (this.#failures > 0) await this.#pauseAfterFailure(signal);
    }
  }

  async #pauseAfterFailure(signal: AbortSignal): Promise<void> {
    const { clock, random, settings } = this.#parts;
    if (this.#failures === FOR_GOOD) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      return;
    }
    await sessionPause(clock, backoffMs(this.#failures, settings.reconnect, random.fraction()), signal);
  }

  async #connect(): Promise<SessionConnection | undefined> {
    let machine: Machine | undefined;
    try {
      machine = this.#takeFresh() ?? (await sessionDial(this.#parts, this.node.access, this.#abort.signal));
      return await this.#serve(machine);
    } catch (error) {
      this.#failures++;
      if (!this.#abort.signal.aborted) this.#note(error);
      await this.#closeQuietly(machine);
      return undefined;
    }
  }

  #takeFresh(): Machine | undefined {
    const fresh = this.#fresh;
    this.#fresh = undefined;
    return fresh;
  }

  #serve(machine: Machine): Promise<SessionConnection> {
    return SessionConnection.open(this.#parts, {
      node: this.node.id,
      isLocal: this.node.access.kind === 'local',
      machine,
      lastEventAt: this.#lastEventAt,
      listener: {
        heard: () => this.#heard(),
        vitals: (load, clockOffsetMs) => this.#book.saw(load, clockOffsetMs),
        eventSeen: (at) => {
          this.#lastEventAt = at;
        },
      },
    });
  }

  async #keep(connection: SessionConnection): Promise<void> {
    const sinceMs = this.#parts.clock.monotonic();
    this.#connection = connection;
    this.#book.learn(connection.facts, connection.clockOffsetMs);
    this.#silenceMs = 0;
    this.#become('ready', 'It answers.');
    this.#inBackground(this.#wakeTasks());
    if (this.#abort.signal.aborted) connection.replace('The session was closed.');
    this.#trouble = await connection.over;
    this.#connection = undefined;
    this.#parts.evidence.lost(this.node.id);
    await connection.close();
    if (this.#failures !== FOR_GOOD) this.#failures = this.#lastedSince(sinceMs) ? 0 : this.#failures + 1;
  }

  #lastedSince(sinceMs: number): boolean {
    return this.#parts.clock.monotonic() - sinceMs >= STABLE_MS;
  }

  async #closeQuietly(machine: Machine | undefined): Promise<void> {
    try {
      await machine?.close();
    } catch (error) {
      this.#parts.log.debug('A connection did not close cleanly', { node: this.node.id, error });
    }
  }

  #heard(): void {
    this.#silenceMs = 0;
    const connection = this.#connection;
    if (connection && this.#book.state !== 'ready' && !this.#abort.signal.aborted) this.#recover(connection);
  }

  /** The kept connection answers again: what happened behind our back meanwhile is looked for at once. */
  #recover(connection: SessionConnection): void {
    this.#become('ready', 'It answers.');
    this.#inBackground(this.#wakeTasks());
    this.#inBackground(connection.sweep());
  }

  async #wakeTasks(): Promise<void> {
    for (const task of await waitingTasks(this.#parts, this.node.id)) this.#parts.wake(`task:${task}`);
  }

  /** Counts silence; rearms itself until the session is closed. */
  #tick(): void {
    const nowMs = this.#parts.clock.monotonic();
    this.#silenceMs = silenceAfterTick(this.#silenceMs, nowMs - this.#tickedAtMs, TICK_MS);
    this.#tickedAtMs = nowMs;
    this.#judgeSilence();
    this.#cancelTick = this.#parts.clock.after(TICK_MS, () => this.#tick());
  }

  #judgeSilence(): void {
    const { freshPathAfterMs, unreachableAfterMs } = this.#parts.settings;
    const isSettled = this.#book.state === 'unreachable' || this.#book.state === 'refused';
    if (this.#silenceMs >= unreachableAfterMs && !isSettled) this.#become('unreachable', this.#silenceInWords());
    const wantsFresh = this.#connection !== undefined && !this.#isTryingFresh && !this.#fresh;
    if (this.#silenceMs >= freshPathAfterMs && wantsFresh) this.#inBackground(this.#tryFreshPath(this.#connection));
  }

  #silenceInWords(): string {
    const seconds = Math.round(this.#parts.settings.unreachableAfterMs / 1000);
    return `It has not answered for ${seconds} s.${this.#trouble === '' ? '' : ` ${this.#trouble}`}`;
  }

  /** A kept connection can be dead without knowing it: one that is answered takes its place. */
  async #tryFreshPath(silent: SessionConnection | undefined): Promise<void> {
    this.#isTryingFresh = true;
    try {
      const machine = await sessionDial(this.#parts, this.node.access, this.#abort.signal);
      if (this.#abort.signal.aborted || this.#connection !== silent || this.#silenceMs === 0) {
        await machine.close();
        return;
      }
      this.#fresh = machine;
      silent?.replace('It was silent while a second connection was answered.');
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#note(error);
      await sessionPause(this.#parts.clock, this.#parts.settings.reconnect.firstMs, this.#abort.signal);
    } finally {
      this.#isTryingFresh = false;
    }
  }

  /** Remembers why the node could not be had, and tells at once when only a person can help. */
  #note(error: unknown): void {
    this.#trouble = inWords(error);
    const trouble = troubleOf(error);
    this.#parts.log.info('A node could not be connected', { node: this.node.id, error });
    if (trouble.state === 'refused') this.#become('refused', this.#trouble);
    else if (this.#book.state === 'unreachable') this.#become('unreachable', this.#silenceInWords());
    if (!trouble.isFinal) return;
    this.#failures = FOR_GOOD;
    this.#connection?.replace(this.#trouble);
  }

  #become(state: NodeState, reason: string): void {
    if (!this.#book.become(state, reason)) return;
    const { id } = this.node;
    const text = `Node ${id} is ${state}: ${reason}`;
    this.#parts.log[state === 'ready' ? 'info' : 'warn'](text);
    this.#inBackground(this.#parts.recordEvent({ kind: `node.${state}`, subject: `node:${id}`, text }));
  }

  /** Awaited by `close`, so that nothing outlives the session. */
  #inBackground(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#parts.log.warn('Work of a session failed', { node: this.node.id, error }))
      .finally(() => this.#background.delete(tracked));
    this.#background.add(tracked);
  }
}

/** What will not pass by itself needs a person; after a changed host key nothing more is sent there until the node is added anew. */
function troubleOf(error: unknown): Trouble {
  const needsPerson = error instanceof BerthError && !error.retryable;
  const isFinal = error instanceof BerthError && error.code === 'machine.host-key-changed';
  return { state: needsPerson ? 'refused' : 'unreachable', isFinal };
}

function inWords(error: unknown): string {
  if (error instanceof BerthError) return `${error.message} ${error.remedy}`;
  return error instanceof Error ? error.message : String(error);
}
