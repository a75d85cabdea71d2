// A simulated machine with its Docker engine: what it holds, how it fails, and how it comes back. It knows nothing of who is connected
// except how to carry bytes to and from them.
//
// INVARIANTS:
// - A container runs only while the machine is on; a frozen machine does nothing until it thaws.
// - What has arrived at a machine is done, whether or not whoever asked still waits.
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { NodeFacts } from '../model/node.ts';
import type { ContainerEvent, ContainerSpec, Vitals } from '../ports/machine.ts';
import { WallClock } from './sim-clock.ts';
import { type Fate, SimContainer, type SimTaskFile } from './sim-container.ts';
import type { SimRandom } from './sim-random.ts';
import type { SimWorld } from './sim-world.ts';
import type { Weather } from './weather.ts';

/** What a machine is made of. */
export interface SimHostParts {
  readonly world: SimWorld;
  readonly weather: Readonly<Weather>;
  readonly address: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly clockOffsetMs: number;
  /** Told of every container that starts, unless its start was long on its way. */
  readonly onStart: (container: SimContainer) => void;
  /** Told of every container whose end the platform asks for, before it is brought about. */
  readonly onEndAsked: (container: SimContainer) => void;
}

/** Told of what happens to a machine. */
export interface HostListener {
  /** Connections to it break. */
  broken(reason: string): void;
  /** A container event. */
  event(event: ContainerEvent): void;
}

const MOST_EVENTS = 256;
/** What Docker writes for containers that it finds dead when it comes up again. */
const ENGINE_LOST_IT = 255;
const KILLED = 137;
/** What the platform knows of a container may be this old while answers are slow. */
const OLD_NEWS_MS = 20_000;
/** The counters of a machine never go back, so its load stays the same; ties are broken by tasks. */
const BUSY_SHARE = 0.1;

/** One machine. */
export class SimHost {
  readonly address: string;
  readonly clock: WallClock;
  readonly containers = new Map<string, SimContainer>();
  readonly volumes = new Map<string, Readonly<Record<string, string>>>();
  readonly images = new Set<string>();
  readonly #parts: SimHostParts;
  readonly #random: SimRandom;
  readonly #listeners = new Set<HostListener>();
  readonly #events: ContainerEvent[] = [];
  readonly #held: (() => void)[] = [];
  #power: 'on' | 'off' = 'on';
  #engine: 'up' | 'hung' | 'down' = 'up';
  #isFrozen = false;
  #isCut = false;
  #isFull = false;
  #boots = 1;
  #ids = 0;

  constructor(parts: SimHostParts) {
    this.#parts = parts;
    this.address = parts.address;
    this.#random = parts.world.random.fork(`machine ${parts.address}`);
    this.clock = new WallClock(parts.world, parts.clockOffsetMs);
  }

  /** Whether the platform could reach it now. */
  get isReachable(): boolean {
    return this.#power === 'on' && this.#engine === 'up' && !this.#isFrozen && !this.#isCut;
  }

  get isOn(): boolean {
    return this.#power === 'on';
  }

  get engine(): 'up' | 'hung' | 'down' {
    return this.#engine;
  }

  /** Adds a listener until the returned function is called. */
  listen(listener: HostListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is on the wire to or from it goes on now, or when it thaws and the network is back. */
  carry(deliver: () => void): void {
    if (this.#power === 'off') return;
    if (this.#isFrozen || this.#isCut) this.#held.push(deliver);
    else deliver();
  }

  /** Whether it would answer a sign of life on a connection. */
  get isResponsive(): boolean {
    return this.#power === 'on' && !this.#isFrozen && !this.#isCut;
  }

  /** Events from an instant of its clock on. */
  eventsSince(at: Instant): readonly ContainerEvent[] {
    return this.#events.filter((event) => event.at >= at);
  }

  facts(): NodeFacts {
    const { cpus, memoryBytes, diskBytes } = this.#parts;
    const versions = { engineVersion: '20.10', apiVersion: '1.41', operatingSystem: 'simulated' };
    return {
      architecture: 'amd64',
      cpus,
      memoryBytes,
      diskBytes,
      ...versions,
      bootId: this.#bootId(),
      engineId: this.address,
    };
  }

  vitals(): Vitals {
    const { cpus, memoryBytes, diskBytes, world } = this.#parts;
    const cpuTotal = Math.floor((world.elapsedMs + 60_000) / 10) * cpus;
    return {
      cpuBusy: Math.floor(cpuTotal * BUSY_SHARE),
      cpuTotal,
      memoryTotalBytes: memoryBytes,
      memoryAvailableBytes: memoryBytes * 0.9 - this.running().length * 1024 * 1024,
      diskTotalBytes: diskBytes,
      diskFreeBytes: diskBytes * 0.5,
      bootId: this.#bootId(),
      machineClockAt: this.clock.now(),
    };
  }

  /** Containers that run. */
  running(): readonly SimContainer[] {
    return [...this.containers.values()].filter(({ state }) => state === 'running');
  }

  create(spec: ContainerSpec): string {
    const present = this.containers.get(spec.name);
    if (present) return adopted(present, spec);
    if (!this.images.has(spec.image)) throw new BerthError('machine.no-image', { reference: spec.image });
    this.assertRoom();
    const around = {
      now: () => this.clock.now(),
      random: this.#random,
      crashes: () => this.#parts.weather.crashes,
    };
    const container = new SimContainer(`${this.address}-${++this.#ids}`, spec, around);
    this.containers.set(spec.name, container);
    if (spec.scratch) this.volumes.set(spec.scratch.volume, spec.labels);
    this.#note(container, 'create');
    return container.id;
  }

  /** What a container will read when it starts. */
  putTaskFile(name: string, file: SimTaskFile): void {
    this.assertRoom();
    this.#find(name).taskFile = file;
  }

  /** An act on its way for long may revive what has ended meanwhile; one that was sent long after the end is a wrong decision. */
  start(name: string, sentMs: number): void {
    const container = this.#find(name);
    if (container.state === 'running') return;
    if (container.state === 'exited' && sentMs > container.endedMs + OLD_NEWS_MS)
      this.#parts.world.fail(`container ${name} ended, and its start was asked for long after`);
    const fates = container.start();
    container.startedMs = this.#parts.world.elapsedMs;
    this.#note(container, 'start');
    if (sentMs > container.startedMs - OLD_NEWS_MS) this.#parts.onStart(container);
    for (const fate of fates) this.#await(container, fate);
  }

  signal(name: string, signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): void {
    const container = this.containers.get(name);
    if (container?.state !== 'running') return;
    this.#parts.onEndAsked(container);
    this.#note(container, 'kill');
    const fate =
      signal === 'SIGKILL' ? { afterMs: this.#random.between(1, 80), exitCode: KILLED } : container.terminated();
    if (fate) this.#await(container, fate);
  }

  remove(name: string): void {
    const container = this.containers.get(name);
    if (container) this.#parts.onEndAsked(container);
    this.#remove(name, container);
  }

  #remove(name: string, container: SimContainer | undefined): void {
    if (container?.state === 'running') this.#end(container, KILLED, false);
    if (container) this.#note(container, 'destroy');
    this.containers.delete(name);
    this.volumes.delete(name);
  }

  /** Somebody, or the kernel, ends a container. */
  strike(name: string, how: 'kill' | 'stop' | 'remove' | 'out-of-memory'): void {
    const container = this.containers.get(name);
    if (!container || !this.isOn || this.#engine !== 'up' || this.#isFrozen) return;
    if (how === 'remove') this.#remove(name, container);
    else if (container.state === 'running')
      this.#end(container, how === 'stop' ? 203 : KILLED, how === 'out-of-memory');
  }

  /** @throws machine.disk-full */
  assertRoom(): void {
    if (this.#isFull) throw new BerthError('machine.disk-full', { words: 'no space left on device' });
  }

  fillDisk(isFull: boolean): void {
    this.#isFull = isFull;
  }

  powerOff(): void {
    this.#power = 'off';
    this.#held.length = 0;
    for (const container of this.running()) container.end(ENGINE_LOST_IT, false);
    this.#parts.world.schedule(this.#random.between(50, 15_000), () => this.#break('the machine went away'));
  }

  powerOn(): void {
    if (this.#power === 'on') return;
    this.#power = 'on';
    this.#boots++;
    this.#engine = 'up';
    this.#break('the machine was restarted');
  }

  /** The engine dies; containers live on when it was set up for that. */
  stopEngine(containersLiveOn: boolean): void {
    this.#engine = 'down';
    if (!containersLiveOn) for (const container of this.running()) container.end(ENGINE_LOST_IT, false);
    this.#break('the engine ended');
  }

  hangEngine(): void {
    this.#engine = 'hung';
  }

  startEngine(): void {
    this.#engine = 'up';
    this.#release();
  }

  freeze(isFrozen: boolean): void {
    this.#isFrozen = isFrozen;
    this.#release();
  }

  cut(isCut: boolean): void {
    this.#isCut = isCut;
    this.#release();
  }

  /** An act of the engine happens now, or when the engine does not hang any more. */
  engineAct(act: () => void): void {
    if (this.#engine === 'hung') this.#held.push(() => this.engineAct(act));
    else act();
  }

  /** Everything is as it should be again. */
  heal(): void {
    this.powerOn();
    this.#isFull = false;
    this.#isCut = false;
    this.#isFrozen = false;
    this.startEngine();
  }

  #bootId(): string {
    return `${this.address}-boot-${this.#boots}`;
  }

  #release(): void {
    if (this.#isFrozen || this.#isCut || this.#power === 'off') return;
    for (const deliver of this.#held.splice(0))
      this.#parts.world.schedule(this.#random.between(0.1, 5), () => this.carry(deliver));
  }

  #break(reason: string): void {
    for (const listener of [...this.#listeners]) listener.broken(reason);
  }

  #find(name: string): SimContainer {
    const container = this.containers.get(name);
    if (!container) throw new BerthError('machine.no-container', { name });
    return container;
  }

  #await(container: SimContainer, fate: Fate): void {
    const { life } = container;
    this.#parts.world.schedule(fate.afterMs, () => this.#carryThrough(container, life, fate.exitCode));
  }

  /** Time stands still in a frozen machine. */
  #carryThrough(container: SimContainer, life: number, exitCode: number): void {
    if (container.life !== life || this.#power === 'off') return;
    if (this.#isFrozen) this.#held.push(() => this.#carryThrough(container, life, exitCode));
    else this.#end(container, exitCode, false);
  }

  #end(container: SimContainer, exitCode: number, oomKilled: boolean): void {
    container.end(exitCode, oomKilled);
    container.endedMs = this.#parts.world.elapsedMs;
    this.#note(container, 'die');
  }

  #note(container: SimContainer, action: ContainerEvent['action']): void {
    const { id, name, exitCode, labels } = container.view();
    const detail = action === 'die' ? ` with ${exitCode}` : '';
    this.#parts.world.tell(this.address, `${action} ${name}${detail}`);
    if (this.#engine === 'down') return;
    const event = { name, id, action, exitCode, at: this.clock.now(), labels };
    this.#events.push(event);
    if (this.#events.length > MOST_EVENTS) this.#events.shift();
    for (const listener of [...this.#listeners]) listener.event(event);
  }
}

function adopted(present: SimContainer, spec: ContainerSpec): string {
  const found = present.spec.labels['berth.spec'];
  if (found !== undefined && found === spec.labels['berth.spec']) return present.id;
  throw new BerthError('machine.name-taken', { name: spec.name });
}
