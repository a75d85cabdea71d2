// Tells the other processes of the platform that this one lives: a document that is written again every few seconds, and a message on the bus.
import type { Component } from '../model/component.ts';
import type { Instant } from '../model/instant.ts';
import type { HeartbeatMessage } from '../model/message.ts';
import type { Bus } from '../ports/bus.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type Store, StoreConflict } from '../ports/store.ts';

/** Between two heartbeats, milliseconds. */
export const HEARTBEAT_MS = 2500;

/** Who this process is. */
export type ComponentIdentity = Pick<Component, 'id' | 'run' | 'roles' | 'machine' | 'address' | 'version' | 'pid'>;

/** How it is, at one look. */
export type ComponentLook = Pick<
  Component,
  'state' | 'sentence' | 'backlog' | 'memoryBytes' | 'heldUpMs' | 'shards' | 'disk' | 'supervised'
>;

/** What registering needs. */
export interface RegistrarParts {
  readonly store: Store;
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly identity: ComponentIdentity;
  readonly look: () => ComponentLook;
}

/** Registers this process, and takes it out when it is closed. A heartbeat that fails is followed by the next. */
export class ComponentRegistrar {
  readonly #parts: RegistrarParts;
  readonly #startedAt: Instant;
  #version: number | undefined;
  #beating: Promise<void> = Promise.resolve();
  #timer: Cancel = () => undefined;
  #state: 'open' | 'superseded' | 'closed' = 'open';
  #isStopping = false;
  #isFailing = false;

  constructor(parts: RegistrarParts) {
    this.#parts = parts;
    this.#startedAt = parts.clock.now();
  }

  /** Takes the place of a process of the same name, and goes on telling until `close`. */
  async start(): Promise<void> {
    await this.#register();
    this.#later();
  }

  /** Tells that this process ends as it was asked to; while it ends, it goes on telling. */
  async stopping(): Promise<void> {
    this.#isStopping = true;
    await this.#beat();
  }

  /** Tells nothing more, and leaves no word that could be taken for a process that died. */
  async close(): Promise<void> {
    this.#timer();
    await this.#beating;
    const { store, identity, log } = this.#parts;
    const wasOurs = this.#state === 'open';
    this.#state = 'closed';
    if (!wasOurs) return;
    try {
      const stored = await store.get('component', identity.id);
      if (stored?.doc.run === identity.run) await store.delete('component', identity.id, stored.version);
    } catch (error) {
      log.warn('This component could not be taken out of the list of components', { error });
    }
  }

  async #register(): Promise<void> {
    const { store, identity } = this.#parts;
    const doc = this.#document();
    for (;;) {
      const stored = await store.get('component', identity.id);
      try {
        this.#version = (
          await (stored ? store.update('component', doc, stored.version) : store.create('component', doc))
        ).version;
        return await this.#publish(doc);
      } catch (error) {
        if (!(error instanceof StoreConflict)) throw error;
      }
    }
  }

  #later(): void {
    if (this.#state !== 'open') return;
    this.#timer = this.#parts.clock.after(HEARTBEAT_MS, () => {
      this.#beating = this.#beat().finally(() => this.#later());
    });
  }

  async #beat(): Promise<void> {
    if (this.#state !== 'open') return;
    const doc = this.#document();
    const written = this.#write(doc);
    // Each is tried whatever becomes of the other: a platform whose database stands still is still told of by its bus.
    const outcomes = await Promise.allSettled([written, this.#publish(doc)]);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed && !this.#isFailing)
      this.#parts.log.warn('A heartbeat failed; the next follows', { error: failed.reason });
    this.#isFailing = failed !== undefined;
  }

  async #write(doc: Component): Promise<void> {
    const { store } = this.#parts;
    try {
      if (this.#version === undefined) throw new StoreConflict('component', doc.id);
      this.#version = (await store.update('component', doc, this.#version)).version;
    } catch (error) {
      this.#version = undefined;
      if (!(error instanceof StoreConflict)) throw error;
      await this.#writeAnew(doc);
    }
  }

  /** The document is gone, or another process has the same name: the one that was started later keeps it. */
  async #writeAnew(doc: Component): Promise<void> {
    const { store, log } = this.#parts;
    const stored = await store.get('component', doc.id);
    if (stored && stored.doc.run !== doc.run && stored.doc.startedAt >= doc.startedAt) {
      this.#state = 'superseded';
      log.error('Another process has the name of this component: give each a name of its own (BERTH_COMPONENT)', {
        component: doc.id,
        pid: stored.doc.pid,
        machine: stored.doc.machine,
      });
      return;
    }
    this.#version = (
      await (stored ? store.update('component', doc, stored.version) : store.create('component', doc))
    ).version;
  }

  #publish({ id, ...rest }: Component): Promise<void> {
    const { run, roles, machine, version, state, backlog, memoryBytes, heldUpMs, heartbeatAt } = rest;
    const told = { component: id, run, roles, machine, version, state, backlog, memoryBytes, heldUpMs };
    const message: HeartbeatMessage = { ...told, at: heartbeatAt };
    return this.#parts.bus.publish('berth.heartbeats', id, message);
  }

  #document(): Component {
    const { identity, clock, look } = this.#parts;
    const seen = look();
    const stopping = { state: 'stopping', sentence: 'It ends as it was asked to.' } as const;
    return {
      ...{ ...identity, ...seen, ...(this.#isStopping ? stopping : {}) },
      ...{ startedAt: this.#startedAt, heartbeatAt: clock.now() },
    };
  }
}
