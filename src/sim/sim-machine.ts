// The Machine port over one connection to a simulated machine: what is asked travels there, is done there, and its answer travels back;
// each of the three may be late or lost.
import type { Duplex, Readable } from 'node:stream';
import { BerthError, type ErrorCode } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { NodeFacts } from '../model/node.ts';
import type {
  ContainerEvent,
  ContainerSpec,
  ContainerUsage,
  ContainerView,
  ImageView,
  LogFrame,
  Machine,
  Opened,
  Vitals,
} from '../ports/machine.ts';
import { EventStream } from './event-stream.ts';
import { type LeaseAnswer, LeaseCall } from './lease-call.ts';
import type { SimHost } from './sim-host.ts';
import type { SimProcess } from './sim-process.ts';
import type { SimRandom } from './sim-random.ts';
import type { Weather } from './weather.ts';

/** Who is connected with what. */
export interface SimMachineParts {
  readonly process: SimProcess;
  readonly host: SimHost;
  readonly weather: Readonly<Weather>;
  readonly random: SimRandom;
}

/** `look`: the engine is asked; `act`: the engine changes something; `sign`: the machine itself answers, whatever its engine does. */
type Kind = 'look' | 'act' | 'sign';

const CALL_LIMIT_MS = 30_000;
const PULL_LIMIT_MS = 120_000;
const SLOW_MS = 8000;
const KEEPALIVE_MS = 5000;
const KEEPALIVES = 4;

/** One connection, from its opening until it is closed or lost. */
export class SimMachine implements Machine {
  readonly closed: Promise<string>;
  readonly #parts: SimMachineParts;
  readonly #waiting = new Set<(error: Error) => void>();
  readonly #streams = new Set<EventStream<ContainerEvent>>();
  readonly #stopListening: () => void;
  #tellClosed: (reason: string) => void = () => {};
  #closeSocket: () => void = () => {};
  #gone: string | undefined;
  #unanswered = 0;
  #ports = 40_000;

  constructor(parts: SimMachineParts) {
    this.#parts = parts;
    this.closed = new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
    this.#stopListening = parts.host.listen({
      broken: (reason) => this.#travel(() => this.#end(reason)),
      event: (event) => this.#sendEvent(event),
    });
    parts.process.onDeath(() => this.#closeSocket());
    this.#keepAlive();
  }

  facts(): Promise<NodeFacts> {
    return this.#ask('tell what it is', 'look', () => this.#parts.host.facts());
  }

  vitals(): Promise<Vitals> {
    return this.#ask('tell its vital signs', 'sign', () => this.#parts.host.vitals());
  }

  /** Its containers are lists of lines: they use nothing. */
  async usage(): Promise<readonly ContainerUsage[]> {
    return [];
  }

  ping(): Promise<void> {
    return this.#ask('answer a ping', 'look', () => undefined);
  }

  hasImage(reference: string): Promise<boolean> {
    return this.#ask('look for an image', 'look', () => this.#parts.host.images.has(reference));
  }

  pullImage({ tag }: { readonly tag: string }): Promise<void> {
    const workMs = this.#parts.random.between(100, 4000);
    return this.#ask(`pull ${tag}`, 'act', () => this.#addImage(tag), { workMs, limitMs: PULL_LIMIT_MS });
  }

  pullPublicImage(reference: string): Promise<void> {
    return this.#ask(`pull ${reference}`, 'act', () => this.#addImage(reference));
  }

  async listImages(): Promise<readonly ImageView[]> {
    return this.#ask('list images', 'look', () => {
      return [...this.#parts.host.images].map((tag) => ({
        id: tag,
        tags: [tag],
        sizeBytes: 1,
        labels: {},
        createdAt: 0,
      }));
    });
  }

  removeImage(reference: string): Promise<void> {
    return this.#ask(`remove image ${reference}`, 'act', () => void this.#parts.host.images.delete(reference));
  }

  saveImage(): Promise<Readable> {
    return Promise.reject(noFiles());
  }

  importImage(): Promise<void> {
    return Promise.reject(noFiles());
  }

  commitContainer(): Promise<void> {
    return Promise.reject(noFiles());
  }

  createContainer(spec: ContainerSpec): Promise<string> {
    return this.#ask(`create ${spec.name}`, 'act', () => this.#parts.host.create(spec), { workMs: this.#workMs() });
  }

  putArchive(): Promise<void> {
    return Promise.reject(noFiles());
  }

  async getArchive(): Promise<Readable | undefined> {
    return undefined;
  }

  startContainer(name: string, input?: Buffer): Promise<void> {
    const sentMs = this.#parts.process.world.elapsedMs;
    const act = () => {
      if (input) this.#parts.host.putTaskFile(name, JSON.parse(input.toString()));
      this.#parts.host.start(name, sentMs);
    };
    return this.#ask(`start ${name}`, 'act', act, { workMs: this.#workMs() });
  }

  signalContainer(name: string, signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<void> {
    return this.#ask(`${signal} to ${name}`, 'act', () => this.#parts.host.signal(name, signal));
  }

  removeContainer(name: string): Promise<void> {
    return this.#ask(`remove ${name}`, 'act', () => this.#parts.host.remove(name));
  }

  inspectContainer(name: string): Promise<ContainerView | undefined> {
    return this.#ask(`inspect ${name}`, 'look', () => this.#parts.host.containers.get(name)?.view());
  }

  listContainers(label: string): Promise<readonly ContainerView[]> {
    return this.#ask('list containers', 'look', () => {
      const all = [...this.#parts.host.containers.values()];
      return all.filter(({ spec }) => carries(spec.labels, label)).map((container) => container.view());
    });
  }

  listVolumes(label: string): Promise<readonly string[]> {
    return this.#ask('list volumes', 'look', () => {
      return [...this.#parts.host.volumes].filter(([, labels]) => carries(labels, label)).map(([name]) => name);
    });
  }

  removeVolume(name: string): Promise<void> {
    return this.#ask(`remove volume ${name}`, 'act', () => void this.#parts.host.volumes.delete(name));
  }

  async *events(label: string, sinceAt: Instant, signal: AbortSignal): AsyncGenerator<ContainerEvent, void, undefined> {
    const stream = new EventStream<ContainerEvent>();
    const stop = () => stream.end(undefined);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const past = await this.#ask('send events', 'look', () => {
        this.#streams.add(stream);
        return this.#parts.host.eventsSince(sinceAt);
      });
      for (const event of past) if (carries(event.labels, label)) yield event;
      for await (const event of stream.read()) if (carries(event.labels, label)) yield event;
    } finally {
      this.#streams.delete(stream);
      signal.removeEventListener('abort', stop);
    }
  }

  async *logs(): AsyncGenerator<readonly LogFrame[], void, undefined> {}

  listenSocket(_directory: string, _name: string, accept: (connection: Duplex) => void): Promise<Opened> {
    return this.#ask('listen on a socket', 'sign', () => {
      // Asked for before the connection ended, and done after: its SSH server closes it with the connection.
      if (this.#gone !== undefined || !this.#parts.process.isAlive) throw this.#error('machine.disconnected', 'listen');
      this.#closeSocket = this.#parts.host.openSocket((call) => this.#deliver(call, accept));
      return { close: async () => this.#closeSocket() };
    });
  }

  /** From a container to the platform and back; with the connection both are lost. */
  #deliver({ task, answer }: LeaseCall, accept: (connection: Duplex) => void): void {
    const back = (reply: LeaseAnswer) => {
      this.#parts.process.world.schedule(this.#latencyMs(), () => {
        if (this.#gone === undefined) this.#parts.host.carry(() => answer(reply));
      });
    };
    this.#travel(() => {
      if (this.#gone === undefined) accept(new LeaseCall(task, back));
    });
  }

  listenLoopback(_accept: (connection: Duplex) => void): Promise<Opened & { readonly port: number }> {
    return this.#ask('listen on a port', 'sign', () => ({ port: this.#ports++, close: async () => undefined }));
  }

  async close(): Promise<void> {
    this.#end('closed by the platform');
    await new Promise<void>((resolve) => this.#parts.process.later(0.1, resolve));
  }

  /** Something on its way to the machine, or from it. */
  #travel(arrive: () => void): void {
    const { process, host } = this.#parts;
    process.world.schedule(this.#latencyMs(), () => host.carry(() => process.run(arrive)));
  }

  #ask<T>(what: string, kind: Kind, act: () => T, { workMs = 0, limitMs = CALL_LIMIT_MS } = {}): Promise<T> {
    const { process, host, weather, random } = this.#parts;
    if (this.#gone !== undefined) return Promise.reject(this.#error('machine.disconnected', what));
    return new Promise((resolve, reject) => {
      if (kind === 'act' && process.diesBefore(what)) return;
      const waiting = this.#waitFor(reject, what, limitMs);
      if (kind !== 'sign' && random.chance(weather.machineRefused)) {
        process.later(this.#latencyMs(), () => waiting(() => reject(this.#error('machine.engine-error', what))));
        return;
      }
      const isLost = kind === 'act' && random.chance(weather.machineLost);
      process.world.schedule(this.#latencyMs() + workMs, () => {
        host.carry(() => {
          const happen = () => {
            const outcome = this.#attempt(act, what, kind);
            if (kind === 'act' && process.diesAfter(what)) return;
            this.#travel(() => waiting(() => answer(isLost ? this.#lost(what) : outcome, resolve, reject)));
          };
          if (kind === 'sign') happen();
          else host.engineAct(happen);
        });
      });
    });
  }

  /** Ends a wait at its limit or with the connection; what it gives runs an answer if the wait is not over. */
  #waitFor(reject: (error: Error) => void, what: string, limitMs: number): (answer: () => void) => void {
    const cancel = this.#parts.process.later(limitMs, () => give(this.#error('machine.timeout', what)));
    const give = (error: Error) => {
      cancel();
      if (this.#waiting.delete(give)) reject(error);
    };
    this.#waiting.add(give);
    return (answer) => {
      cancel();
      if (this.#waiting.delete(give)) answer();
    };
  }

  #attempt<T>(act: () => T, what: string, kind: Kind): Outcome<T> {
    if (kind !== 'sign' && this.#parts.host.engine === 'down') return { error: this.#error('machine.no-engine', what) };
    try {
      return { value: act() };
    } catch (error) {
      if (error instanceof Error) return { error };
      throw error;
    }
  }

  #lost(what: string): { readonly error: Error } {
    this.#parts.process.world.tell(this.#parts.host.address, `the answer to '${what}' is lost`);
    return { error: this.#error('machine.timeout', what) };
  }

  #addImage(tag: string): void {
    this.#parts.host.assertRoom();
    this.#parts.host.images.add(tag);
  }

  #sendEvent(event: ContainerEvent): void {
    if (this.#parts.random.chance(this.#parts.weather.eventLost)) return;
    for (const stream of this.#streams) this.#travel(() => stream.push(event));
  }

  /** Four signs of life that are not answered end a connection. */
  #keepAlive(): void {
    if (this.#gone !== undefined) return;
    this.#unanswered = this.#parts.host.isResponsive ? 0 : this.#unanswered + 1;
    if (this.#unanswered > KEEPALIVES) this.#end('it has not answered signs of life');
    else this.#parts.process.later(KEEPALIVE_MS, () => this.#keepAlive());
  }

  #end(reason: string): void {
    if (this.#gone !== undefined) return;
    this.#gone = reason;
    this.#stopListening();
    this.#closeSocket();
    for (const give of [...this.#waiting]) give(this.#error('machine.disconnected', 'it waited'));
    for (const stream of this.#streams) stream.end(this.#error('machine.disconnected', 'send events'));
    this.#tellClosed(reason);
  }

  #error(code: ErrorCode, act: string): BerthError {
    const { address } = this.#parts.host;
    const reason = this.#gone ?? 'simulated';
    return new BerthError(code, {
      address,
      act,
      reason,
      seconds: CALL_LIMIT_MS / 1000,
      words: reason,
      socket: 'docker',
    });
  }

  #latencyMs(): number {
    const { random, weather } = this.#parts;
    return random.between(0.2, random.chance(weather.machineSlow) ? SLOW_MS : 3);
  }

  #workMs(): number {
    return this.#parts.random.between(20, 150);
  }
}

type Outcome<T> = { readonly value: T } | { readonly error: Error };

function answer<T>(outcome: Outcome<T>, resolve: (value: T) => void, reject: (error: Error) => void): void {
  if ('error' in outcome) reject(outcome.error);
  else resolve(outcome.value);
}

function carries(labels: Readonly<Record<string, string>>, label: string): boolean {
  const [key = '', value] = label.split('=');
  return value === undefined ? labels[key] !== undefined : labels[key] === value;
}

function noFiles(): BerthError {
  return new BerthError('machine.engine-refused', { act: 'move files', words: 'simulated machines have none' });
}
