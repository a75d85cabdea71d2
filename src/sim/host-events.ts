// What a simulated machine tells of its containers: to whoever is connected, and later to whoever asks for what was.
import type { Instant } from '../model/instant.ts';
import type { ContainerEvent } from '../ports/machine.ts';

/** Told of what happens to a machine. */
export interface HostListener {
  /** Connections to it break. */
  broken(reason: string): void;
  /** A container event. */
  event(event: ContainerEvent): void;
}

const MOST_EVENTS = 256;

/** The events of one machine. */
export class HostEvents {
  readonly #listeners = new Set<HostListener>();
  readonly #events: ContainerEvent[] = [];

  /** Adds a listener until the returned function is called. */
  listen(listener: HostListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** From an instant of the machine's clock on. */
  since(at: Instant): readonly ContainerEvent[] {
    return this.#events.filter((event) => event.at >= at);
  }

  add(event: ContainerEvent): void {
    this.#events.push(event);
    if (this.#events.length > MOST_EVENTS) this.#events.shift();
    for (const listener of [...this.#listeners]) listener.event(event);
  }

  /** Connections break. */
  break(reason: string): void {
    for (const listener of [...this.#listeners]) listener.broken(reason);
  }
}
