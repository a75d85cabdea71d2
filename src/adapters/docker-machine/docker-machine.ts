// One machine: its engine, its vital signs and its sockets, over one link.
import type { Duplex, Readable } from 'node:stream';
import { BerthError } from '../../model/errors.ts';
import type { Instant } from '../../model/instant.ts';
import type { NodeFacts } from '../../model/node.ts';
import type { Clock } from '../../ports/clock.ts';
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
} from '../../ports/machine.ts';
import { type EngineVersion, negotiateVersion } from './api-version.ts';
import { getArchive, putArchive } from './archives.ts';
import { parseCgroups } from './cgroup-text.ts';
import { containerLog } from './container-log.ts';
import { Containers } from './containers.ts';
import { EngineApi } from './engine-api.ts';
import { containerEvent, EVENT_ACTIONS, type EventLine } from './event-lines.ts';
import { Images } from './images.ts';
import { jsonLines } from './json-lines.ts';
import type { Link } from './link.ts';
import { sinceParameter } from './nanoseconds.ts';
import type { Timeouts } from './timeouts.ts';
import { parseVitals } from './vitals-text.ts';

/** The part of GET /info that is read (Docker Engine API 1.41). */
interface EngineInfo {
  readonly ID: string;
  readonly DockerRootDir: string;
  readonly OperatingSystem: string;
}

type OnProgress = (doneBytes: number, totalBytes: number) => void;

/** A machine whose engine has answered. */
export class DockerMachine implements Machine {
  readonly closed: Promise<string>;
  readonly #link: Link;
  readonly #api: EngineApi;
  readonly #containers: Containers;
  readonly #images: Images;
  #apiVersion = '';
  #rootDirectory = '/';

  private constructor(link: Link, clock: Clock, timeouts: Timeouts) {
    this.#link = link;
    this.#api = new EngineApi(link, clock, timeouts);
    this.#containers = new Containers(this.#api);
    this.#images = new Images(this.#api);
    this.closed = whenGone(link);
  }

  /** Agrees on a version with the engine behind a link. The caller closes the link when this fails. */
  static async meet(link: Link, clock: Clock, timeouts: Timeouts): Promise<DockerMachine> {
    const machine = new DockerMachine(link, clock, timeouts);
    const [version, info] = await Promise.all([machine.#version(), machine.#info()]);
    machine.#apiVersion = negotiateVersion(version);
    machine.#rootDirectory = info.DockerRootDir;
    machine.#api.speak(machine.#apiVersion);
    return machine;
  }

  /** Waits until the engine ends this answer, which it only does when it ends itself. */
  async watchEngine(): Promise<void> {
    const query = { filters: JSON.stringify({ type: ['daemon'] }) };
    const request = { act: 'watch the engine', method: 'GET', path: '/events', query } as const;
    const pieces = this.#api.chunks(request, 'watch', this.#link.gone);
    for await (const _ of pieces);
  }

  async facts(): Promise<NodeFacts> {
    const [version, info, text] = await Promise.all([
      this.#version(),
      this.#info(),
      this.#link.readVitals(this.#rootDirectory),
    ]);
    const vitals = parseVitals(text, this.#link.address);
    return {
      architecture: version.Arch,
      cpus: text.cpus,
      memoryBytes: vitals.memoryTotalBytes,
      diskBytes: vitals.diskTotalBytes,
      engineVersion: version.Version,
      apiVersion: this.#apiVersion,
      operatingSystem: info.OperatingSystem,
      bootId: vitals.bootId,
      engineId: info.ID,
    };
  }

  async vitals(): Promise<Vitals> {
    return parseVitals(await this.#link.readVitals(this.#rootDirectory), this.#link.address);
  }

  /** From the cgroups, where they lie as Docker puts them; of others the engine is asked one by one. */
  async usage(containers: readonly string[]): Promise<readonly ContainerUsage[]> {
    const known = parseCgroups(await this.#link.readCgroups());
    const found = containers.map((id) => known.get(id) ?? this.#containers.usage(id));
    return (await Promise.all(found)).filter((usage) => usage !== undefined);
  }

  async ping(): Promise<void> {
    await this.#api.text({ act: 'answer a ping', method: 'GET', path: '/_ping' });
  }

  hasImage(reference: string): Promise<boolean> {
    return this.#images.has(reference);
  }

  async pullImage(request: Parameters<Machine['pullImage']>[0]): Promise<void> {
    const { reference, user: username, password, tag, onProgress } = request;
    const serveraddress = reference.slice(0, reference.indexOf('/'));
    await this.#images.pull(reference, { username, password, serveraddress }, onProgress);
    await this.#images.tag(reference, tag);
    // The reference holds the port of this connection; under the tag the image stays.
    await this.#images.remove(reference);
  }

  pullPublicImage(reference: string, onProgress: OnProgress): Promise<void> {
    return this.#images.pull(reference, undefined, onProgress);
  }

  listImages(label: string): Promise<readonly ImageView[]> {
    return this.#images.list(label);
  }

  removeImage(reference: string): Promise<void> {
    return this.#images.remove(reference);
  }

  saveImage(reference: string): Promise<Readable> {
    return this.#images.save(reference);
  }

  importImage(tar: Readable, tag: string): Promise<void> {
    return this.#images.import(tar, tag);
  }

  commitContainer(name: string, tag: string): Promise<void> {
    return this.#images.commit(name, tag);
  }

  createContainer(spec: ContainerSpec): Promise<string> {
    return this.#containers.create(spec);
  }

  putArchive(name: string, path: string, tar: Readable | Buffer): Promise<void> {
    return putArchive(this.#api, name, path, tar);
  }

  getArchive(name: string, path: string): Promise<Readable | undefined> {
    return getArchive(this.#api, name, path);
  }

  startContainer(name: string, input?: Buffer): Promise<void> {
    return this.#containers.start(name, input);
  }

  signalContainer(name: string, signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<void> {
    return this.#containers.signal(name, signal);
  }

  removeContainer(name: string): Promise<void> {
    return this.#containers.remove(name);
  }

  inspectContainer(name: string): Promise<ContainerView | undefined> {
    return this.#containers.inspect(name);
  }

  listContainers(label: string): Promise<readonly ContainerView[]> {
    return this.#containers.list(label);
  }

  listVolumes(label: string): Promise<readonly string[]> {
    return this.#containers.listVolumes(label);
  }

  removeVolume(name: string): Promise<void> {
    return this.#containers.removeVolume(name);
  }

  async *events(label: string, sinceAt: Instant, signal: AbortSignal): AsyncGenerator<ContainerEvent> {
    const filters = JSON.stringify({ type: ['container'], label: [label], event: EVENT_ACTIONS });
    const query = { since: sinceParameter(BigInt(sinceAt) * 1_000_000n), filters };
    const request = { act: 'send events', method: 'GET', path: '/events', query } as const;
    for await (const line of jsonLines(this.#api.chunks(request, 'watch', signal)) as AsyncIterable<EventLine>) {
      const event = containerEvent(line);
      if (event) yield event;
    }
    if (!signal.aborted) throw this.#endedBy('the engine ended its events');
  }

  logs(name: string, options: Parameters<Machine['logs']>[1]): AsyncIterable<readonly LogFrame[]> {
    return containerLog(this.#api, name, options);
  }

  listenSocket(directory: string, name: string, accept: (connection: Duplex) => void): Promise<Opened> {
    return this.#link.listenSocket(directory, name, accept);
  }

  listenLoopback(accept: (connection: Duplex) => void): Promise<Opened & { readonly port: number }> {
    return this.#link.listenLoopback(accept);
  }

  async close(): Promise<void> {
    await this.#link.close();
    this.#api.close();
  }

  #version(): Promise<EngineVersion> {
    return this.#api.json({ act: 'tell its version', method: 'GET', path: '/version' });
  }

  #info(): Promise<EngineInfo> {
    return this.#api.json({ act: 'describe itself', method: 'GET', path: '/info' });
  }

  #endedBy(reason: string): BerthError {
    return new BerthError('machine.disconnected', { address: this.#link.address, reason });
  }
}

function whenGone({ gone }: Link): Promise<string> {
  return new Promise((resolve) => {
    const tell = () => resolve(String(gone.reason.details.reason));
    if (gone.aborted) tell();
    else gone.addEventListener('abort', tell, { once: true });
  });
}
