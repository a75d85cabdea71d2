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
import { HeldActs } from './held-acts.ts';
import { HostEvents, type HostListener } from './host-events.ts';
import { hostFacts, hostVitals } from './host-signs.ts';
import { launch } from './launch.ts';
import type { LeaseCall } from './lease-call.ts';
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
  /** Told of every container whose algorithm begins, or may go on because its machine has thawed. */
  readonly onWork: (container: SimContainer) => void;
  /** Told of every container whose end the platform asks for, before it is brought about. */
  readonly onEndAsked: (container: SimContainer) => void;
}

/** What Docker writes for containers that it finds dead when it comes up again. */
const ENGINE_LOST_IT = 255;
const KILLED = 137;
const THAW_MS = 100;
/** What the platform knows of a container may be this old while answers are slow. */
const OLD_NEWS_MS = 20_000;

/** One machine. */
export class SimHost {
  readonly address: string;
  readonly clock: WallClock;
  readonly containers = new Map<string, SimContainer>();
  readonly volumes = new Map<string, Readonly<Record<string, string>>>();
  readonly images = new Set<string>();
  readonly #parts: SimHostParts;
  readonly #random: SimRandom;
  readonly #events = new HostEvents();
  readonly #onWire: HeldActs;
  /** Of its engine and its containers, whatever the network does. */
  readonly #inside: HeldActs;
  #power: 'on' | 'off' = 'on';
  #engine: 'up' | 'hung' | 'down' = 'up';
  #isFrozen = false;
  #isCut = false;
  #isFull = false;
  #isWrecked = false;
  readonly #sockets = new Set<(call: LeaseCall) => void>();
  #boots = 1;
  #ids = 0;

  constructor(parts: SimHostParts) {
    this.#parts = parts;
    this.address = parts.address;
    this.#random = parts.world.random.fork(`machine ${parts.address}`);
    this.clock = new WallClock(parts.world, parts.clockOffsetMs);
    this.#onWire = new HeldActs(parts.world, this.#random);
    this.#inside = new HeldActs(parts.world, this.#random);
  }

  /** Whether the platform could reach it now. */
  get isReachable(): boolean {
    return this.#power === 'on' && this.#engine === 'up' && !this.#isFrozen && !this.#isCut;
  }

  /** Whether giving it power does nothing. */
  get isWrecked(): boolean {
    return this.#isWrecked;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  get isOn(): boolean {
    return this.#power === 'on';
  }

  get engine(): 'up' | 'hung' | 'down' {
    return this.#engine;
  }

  /** Adds a listener until the returned function is called. */
  listen(listener: HostListener): () => void {
    return this.#events.listen(listener);
  }

  /** What is on the wire to or from it goes on now, or when it thaws and the network is back. */
  carry(deliver: () => void): void {
    if (this.#power === 'off') return;
    if (this.#isFrozen || this.#isCut) this.#onWire.hold(() => this.carry(deliver));
    else deliver();
  }

  /** Whether it would answer a sign of life on a connection. */
  get isResponsive(): boolean {
    return this.#power === 'on' && !this.#isFrozen && !this.#isCut;
  }

  /** Whether packets reach it, though it may be frozen. */
  get isAttached(): boolean {
    return this.#power === 'on' && !this.#isCut;
  }

  /** Events from an instant of its clock on. */
  eventsSince(at: Instant): readonly ContainerEvent[] {
    return this.#events.since(at);
  }

  facts(): NodeFacts {
    return hostFacts(this.#parts, this.#bootId());
  }

  vitals(): Vitals {
    const { world } = this.#parts;
    const signs = { elapsedMs: world.elapsedMs, tasks: this.running().length, isFull: this.#isFull };
    return { ...hostVitals(this.#parts, signs), bootId: this.#bootId(), machineClockAt: this.clock.now() };
  }

  /** Containers that run. */
  running(): readonly SimContainer[] {
    return [...this.containers.values()].filter(({ state }) => state === 'running');
  }

  create(spec: ContainerSpec): string {
    const present = this.containers.get(spec.name);
    if (present) return present.adopt(spec);
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
    const { life } = container;
    launch(container, {
      world: this.#parts.world,
      later: (delayMs, act) => this.#later(container, { life, delayMs }, act),
      ask: (call) => [...this.#sockets].at(-1)?.(call),
      endAt: (fate) => this.#await(container, fate),
      onWork: () => this.#parts.onWork(container),
    });
  }

  /** What containers send goes there until the returned function is called; of several, to the one that was opened last. */
  openSocket(accept: (call: LeaseCall) => void): () => void {
    this.#sockets.add(accept);
    return () => this.#sockets.delete(accept);
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
    this.#onWire.drop();
    this.#inside.drop();
    for (const container of this.running()) container.end(ENGINE_LOST_IT, false);
    this.#parts.world.schedule(this.#random.between(50, 15_000), () => this.#events.break('the machine went away'));
  }

  /** Its power does nothing any more, but a power cycle may help. */
  wreck(): void {
    this.#isWrecked = true;
    this.powerOff();
  }

  /** Nothing that was on it is left. */
  wipe(): void {
    this.containers.clear();
    this.volumes.clear();
    this.images.clear();
  }

  repair(): void {
    this.#isWrecked = false;
  }

  powerOn(): void {
    if (this.#power === 'on' || this.#isWrecked) return;
    this.#sockets.clear();
    this.#power = 'on';
    this.#boots++;
    this.#engine = 'up';
    this.#events.break('the machine was restarted');
  }

  /** The engine dies; containers live on when it was set up for that. */
  stopEngine(containersLiveOn: boolean): void {
    this.#engine = 'down';
    if (!containersLiveOn) for (const container of this.running()) container.end(ENGINE_LOST_IT, false);
    this.#events.break('the engine ended');
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
    // What has run out meanwhile ends an instant after the thaw.
    if (!isFrozen) this.#parts.world.schedule(THAW_MS, () => this.running().forEach(this.#parts.onWork));
  }

  cut(isCut: boolean): void {
    this.#isCut = isCut;
    this.#release();
  }

  /** An act of the engine happens now, or when the engine does not hang any more. */
  engineAct(act: () => void): void {
    if (this.#engine === 'hung') this.#inside.hold(() => this.engineAct(act));
    else act();
  }

  /** Everything but its power is as it should be again. */
  heal(): void {
    this.#isFull = false;
    this.#isCut = false;
    this.#isFrozen = false;
    this.startEngine();
  }

  #bootId(): string {
    return `${this.address}-boot-${this.#boots}`;
  }

  #release(): void {
    if (this.#isFrozen || this.#power === 'off') return;
    this.#inside.letGo();
    if (!this.#isCut) this.#onWire.letGo();
  }

  #find(name: string): SimContainer {
    const container = this.containers.get(name);
    if (!container) throw new BerthError('machine.no-container', { name });
    return container;
  }

  #await(container: SimContainer, { afterMs, exitCode }: Fate): void {
    this.#later(container, { life: container.life, delayMs: afterMs }, () => this.#end(container, exitCode, false));
  }

  /** In one life of a container; time stands still in a frozen machine. */
  #later(container: SimContainer, when: { readonly life: number; readonly delayMs: number }, act: () => void): void {
    const happen = () => {
      if (container.life !== when.life || this.#power === 'off') return;
      if (this.#isFrozen) this.#inside.hold(happen);
      else act();
    };
    this.#parts.world.schedule(when.delayMs, happen);
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
    this.#events.add({ name, id, action, exitCode, at: this.clock.now(), labels });
  }
}
