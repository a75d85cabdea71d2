// A machine with a place before and after each act; what only looks has none.
import type { Duplex, Readable } from 'node:stream';
import type { Instant } from '../../model/instant.ts';
import type { ContainerSpec, Machine } from '../../ports/machine.ts';
import { between, type Point } from './point.ts';

/** Wraps a machine. */
export class FaultMachine implements Machine {
  readonly #machine: Machine;
  readonly #point: Point;

  constructor(machine: Machine, point: Point) {
    this.#machine = machine;
    this.#point = point;
  }

  get closed(): Promise<string> {
    return this.#machine.closed;
  }

  facts() {
    return this.#machine.facts();
  }

  vitals() {
    return this.#machine.vitals();
  }

  usage(containers: readonly string[]) {
    return this.#machine.usage(containers);
  }

  ping(): Promise<void> {
    return this.#machine.ping();
  }

  hasImage(reference: string): Promise<boolean> {
    return this.#machine.hasImage(reference);
  }

  pullImage(request: Parameters<Machine['pullImage']>[0]): Promise<void> {
    return this.#act('pull image', () => this.#machine.pullImage(request));
  }

  pullPublicImage(reference: string, onProgress: (doneBytes: number, totalBytes: number) => void): Promise<void> {
    return this.#act('pull public image', () => this.#machine.pullPublicImage(reference, onProgress));
  }

  listImages(label: string) {
    return this.#machine.listImages(label);
  }

  removeImage(reference: string): Promise<void> {
    return this.#act('remove image', () => this.#machine.removeImage(reference));
  }

  saveImage(reference: string): Promise<Readable> {
    return this.#act('save image', () => this.#machine.saveImage(reference));
  }

  importImage(tar: Readable, tag: string): Promise<void> {
    return this.#act('import image', () => this.#machine.importImage(tar, tag));
  }

  commitContainer(name: string, tag: string): Promise<void> {
    return this.#act('commit installer container', () => this.#machine.commitContainer(name, tag));
  }

  createContainer(spec: ContainerSpec): Promise<string> {
    return this.#act(`create ${whose(spec.name)}`, () => this.#machine.createContainer(spec));
  }

  putArchive(name: string, path: string, tar: Readable | Buffer): Promise<void> {
    return this.#act(`put archive into ${whose(name)}`, () => this.#machine.putArchive(name, path, tar));
  }

  getArchive(name: string, path: string): Promise<Readable | undefined> {
    return this.#machine.getArchive(name, path);
  }

  startContainer(name: string, input?: Buffer): Promise<void> {
    return this.#act(`start ${whose(name)}`, () => this.#machine.startContainer(name, input));
  }

  signalContainer(name: string, signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<void> {
    return this.#act(`send ${signal}`, () => this.#machine.signalContainer(name, signal));
  }

  removeContainer(name: string): Promise<void> {
    return this.#act(`remove ${whose(name)}`, () => this.#machine.removeContainer(name));
  }

  inspectContainer(name: string) {
    return this.#machine.inspectContainer(name);
  }

  listContainers(label: string) {
    return this.#machine.listContainers(label);
  }

  listVolumes(label: string) {
    return this.#machine.listVolumes(label);
  }

  removeVolume(name: string): Promise<void> {
    return this.#act('remove volume', () => this.#machine.removeVolume(name));
  }

  events(label: string, sinceAt: Instant, signal: AbortSignal) {
    return this.#machine.events(label, sinceAt, signal);
  }

  logs(name: string, options: Parameters<Machine['logs']>[1]) {
    return this.#machine.logs(name, options);
  }

  listenSocket(directory: string, name: string, accept: (connection: Duplex) => void) {
    return this.#act('listen on socket', () => this.#machine.listenSocket(directory, name, accept));
  }

  listenLoopback(accept: (connection: Duplex) => void) {
    return this.#act('listen on loopback', () => this.#machine.listenLoopback(accept));
  }

  close(): Promise<void> {
    return this.#machine.close();
  }

  #act<T>(name: string, act: () => Promise<T>): Promise<T> {
    return between(this.#point, name, act);
  }
}

/** A task's id has dots; what installs dependencies has none. */
function whose(name: string): string {
  return name.includes('.') ? 'task container' : 'installer container';
}
