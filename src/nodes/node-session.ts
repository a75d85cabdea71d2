// The platform's relation to one node over time: connects, keeps one connection, reconnects, and says what may be used of the node.
import { backoffMs } from '../engine/backoff.ts';
import type { Instant } from '../model/instant.ts';
import type { Node, NodeLoad } from '../model/node.ts';
import type { Machine } from '../ports/machine.ts';
import { NodeStatusBook } from './node-status-book.ts';
import { SessionConnection } from './session-connection.ts';
import { sessionDial } from './session-dial.ts';
import { SessionHealth } from './session-health.ts';
import { SessionImages } from './session-images.ts';
import type { LiveNode } from './session-live.ts';
import type { SessionParts } from './session-parts.ts';
import { sessionPause } from './session-pause.ts';
import { waitingTasks } from './session-sweep.ts';
import { SessionTurns } from './session-turns.ts';

/** A connection that lasted this long forgives the failures before it. */
const STABLE_MS = 5000;
/** Failures after which nothing is tried again. */
const FOR_GOOD = Number.POSITIVE_INFINITY;

/** One node's session, from `open` to `close`. */
export class NodeSession {
  readonly node: Node;
  readonly #parts: SessionParts;
  readonly #book: NodeStatusBook;
  readonly #health: SessionHealth;
  readonly #images: SessionImages;
  readonly #turns: SessionTurns;
  readonly #abort = new AbortController();
  #connection: SessionConnection | undefined;
  /** A second connection that answered while the kept one was silent. */
  #fresh: Machine | undefined;
  #isTryingFresh = false;
  /** Since the node was last ready. */
  #freshFailures = 0;
  #failures = 0;
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
    this.#health = new SessionHealth(parts, {
      node: node.id,
      book: this.#book,
      onQuiet: () => this.#wantFreshPath(),
      inBackground: (work) => this.#inBackground(work),
    });
  }

  /** What may be used of the node, while it is ready. */
  live(): LiveNode | undefined {
    if (!this.#connection || this.#book.state !== 'ready') return undefined;
    const { machine, imagePort, clockOffsetMs } = this.#connection;
    const [images, turns] = [this.#images, this.#turns];
    const { isUnderPressure } = this.#book;
    return { node: this.node.id, machine, imagePort, clockOffsetMs, isUnderPressure, images, turns };
  }

  /** Begins to connect; resolves when that is stored. */
  async open(): Promise<void> {
    await this.#book.open();
    this.#health.start();
    this.#running = this.#run();
  }

  /** Ends everything; resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#health.stop();
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
      if (!this.#abort.signal.aborted) this.#failed(error);
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
        vitals: (load, clockOffsetMs) => this.#saw(load, clockOffsetMs),
        isUnderPressure: () => this.#book.isUnderPressure,
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
    this.#ready();
    if (this.#abort.signal.aborted) connection.replace('The session was closed.');
    const why = await connection.over;
    this.#parts.log.debug('A connection to a node is over', { node: this.node.id, why });
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
    this.#health.heard();
    const connection = this.#connection;
    if (connection && this.#book.state !== 'ready' && !this.#abort.signal.aborted) this.#recover(connection);
  }

  /** The kept connection answers again: what happened behind our back meanwhile is looked for at once. */
  #recover(connection: SessionConnection): void {
    this.#ready();
    this.#inBackground(connection.sweep());
  }

  #ready(): void {
    this.#freshFailures = 0;
    this.#health.ready();
    this.#inBackground(this.#wakeTasks());
  }

  #saw(load: NodeLoad | undefined, clockOffsetMs: number): void {
    const pressureIsNew = this.#book.saw(load, clockOffsetMs);
    if (load) this.#parts.history.add(this.node.id, load, this.#book.facts);
    if (pressureIsNew) this.#inBackground(this.#tellPressure(load));
  }

  async #tellPressure(load: NodeLoad | undefined): Promise<void> {
    const { id } = this.node;
    const isPressed = this.#book.isUnderPressure;
    const freeMebibytes = Math.round((load?.diskFreeBytes ?? 0) / 1_048_576);
    const what = isPressed
      ? 'is short of disk space: nothing is placed there, and what it does not need is removed'
      : 'has enough disk space again';
    await this.#parts.recordEvent({
      kind: isPressed ? 'node.disk-pressure' : 'node.disk-relieved',
      subject: `node:${id}`,
      text: `Node ${id} ${what} (${freeMebibytes} MiB are free).`,
      evidence: { freeMebibytes },
    });
    if (isPressed) await this.#connection?.collect();
  }

  async #wakeTasks(): Promise<void> {
    for (const task of await waitingTasks(this.#parts, this.node.id)) this.#parts.wake(`task:${task}`);
  }

  #wantFreshPath(): void {
    const connection = this.#connection;
    if (connection && !this.#isTryingFresh && !this.#fresh) this.#inBackground(this.#tryFreshPath(connection));
  }

  /** A kept connection can be dead without knowing it: one that is answered takes its place. */
  async #tryFreshPath(silent: SessionConnection): Promise<void> {
    this.#isTryingFresh = true;
    try {
      const machine = await sessionDial(this.#parts, this.node.access, this.#abort.signal);
      if (this.#abort.signal.aborted || this.#connection !== silent || !this.#health.isSilent) {
        await machine.close();
        return;
      }
      this.#fresh = machine;
      silent.replace('It was silent while a second connection was answered.');
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#failed(error);
      await this.#pauseAfterFresh();
    } finally {
      this.#isTryingFresh = false;
    }
  }

  /** Meanwhile the kept connection is asked on: one that is answered again ends the silence without another. */
  async #pauseAfterFresh(): Promise<void> {
    const { clock, random, settings } = this.#parts;
    this.#freshFailures++;
    await sessionPause(
      clock,
      backoffMs(this.#freshFailures, settings.reconnect, random.fraction()),
      this.#abort.signal,
    );
  }

  #failed(error: unknown): void {
    const finding = this.#health.found(error);
    if (!finding.isFinal) return;
    this.#failures = FOR_GOOD;
    this.#connection?.replace(finding.words);
  }

  /** Awaited by `close`, so that nothing outlives the session. */
  #inBackground(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#parts.log.warn('Work of a session failed', { node: this.node.id, error }))
      .finally(() => this.#background.delete(tracked));
    this.#background.add(tracked);
  }
}
