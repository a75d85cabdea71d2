// Hears of containers that start on one engine, so that nobody has to ask again and again while something is measured.
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';

const KEPT = 1000;

/** The part of an event that is read (Docker Engine API 1.41, GET /events). */
interface StartEvent {
  readonly Actor: { readonly Attributes: { readonly name?: string } };
}

/** Listens from `open` to `close`. */
export class ContainerStarts {
  readonly #events: Readable;
  readonly #started = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #failure: Error | undefined;

  private constructor(events: Readable) {
    this.#events = events;
    let rest = '';
    events.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') this.#heard(JSON.parse(line) as StartEvent);
    });
    const over = (error?: Error) => {
      this.#failure = error ?? new Error('the engine ended its events');
      this.#tell();
    };
    events.on('error', over).on('end', over).on('close', over);
  }

  static async open(docker: Docker): Promise<ContainerStarts> {
    const filters = JSON.stringify({ type: ['container'], event: ['start'] });
    return new ContainerStarts((await docker.getEvents({ filters })) as Readable);
  }

  /** Resolves when the container of a name has started, even if that was before. */
  async started(name: string, withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!this.#started.has(name)) {
      if (this.#failure) throw this.#failure;
      if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for container ${name} to start`);
      await this.#next(deadline - performance.now());
    }
  }

  close(): void {
    this.#events.destroy();
  }

  #heard({ Actor }: StartEvent): void {
    this.#started.add(Actor.Attributes.name ?? '');
    const [oldest] = this.#started;
    if (this.#started.size > KEPT && oldest !== undefined) this.#started.delete(oldest);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #next(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#listeners.delete(done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, withinMs) + 1);
      this.#listeners.add(done);
    });
  }
}
