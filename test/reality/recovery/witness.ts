// What the engine itself says of a platform's containers: when each ran, and every byte that it wrote.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import type Docker from 'dockerode';
import { unlessGone } from '../../world/leftovers.ts';

/** One container's life as the engine told it, in nanoseconds; `untilNs` is null while it runs. */
export interface Life {
  readonly task: string;
  /** Job and slot. */
  readonly slot: string;
  readonly fromNs: number;
  untilNs: number | null;
}

interface EngineEvent {
  readonly Action: string;
  readonly Actor: { readonly Attributes: Readonly<Record<string, string>> };
  readonly timeNano: number;
}

/** Watches the containers of one platform from `begin` to `end`. */
export class Witness {
  readonly lives: Life[] = [];
  readonly #docker: Docker;
  readonly #written = new Map<string, Buffer[]>();
  readonly #following: Promise<unknown>[] = [];
  #events: Readable | undefined;
  #platform = '';

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** Begins to watch the containers of the platform with this uid. */
  async begin(platform: string): Promise<void> {
    this.#platform = platform;
    const filters = { type: ['container'], label: [this.#label], event: ['start', 'die'] };
    const events = (await this.#docker.getEvents({ filters: JSON.stringify(filters) as never })) as Readable;
    this.#events = events;
    createInterface(events).on('line', (line) => this.#heard(JSON.parse(line) as EngineEvent));
  }

  /** Stops watching. */
  async end(): Promise<void> {
    this.#events?.destroy();
    await Promise.all(this.#following);
  }

  /** Everything that a task's container has written to stdout, then to stderr. */
  written(task: string): Record<'stdout' | 'stderr', Buffer> {
    const of = (stream: string) => Buffer.concat(this.#written.get(`${task} ${stream}`) ?? []);
    return { stdout: of('stdout'), stderr: of('stderr') };
  }

  /** Kills a container behind the platform's back. */
  async kill(task: string): Promise<void> {
    await this.#docker.getContainer(task).kill().catch(unlessGone);
  }

  /** Stops the first process of a container, so that it heeds no signal but KILL. */
  async freeze(task: string): Promise<void> {
    const { State } = await this.#docker.getContainer(task).inspect();
    process.kill(State.Pid, 'SIGSTOP');
  }

  /** Names of the platform's containers, volumes and installers that are still there. */
  async left(): Promise<string[]> {
    const filters = { label: [this.#label] };
    const containers = await this.#docker.listContainers({ all: true, filters });
    const { Volumes } = await this.#docker.listVolumes({ filters: JSON.stringify(filters) });
    return [
      ...containers.map(({ Names, State }) => `container ${Names[0]} ${State}`),
      ...(Volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ];
  }

  /** Removes whatever is left, images included. */
  async clear(): Promise<void> {
    const filters = { label: [this.#label] };
    for (const { Id } of await this.#docker.listContainers({ all: true, filters }))
      await this.#docker.getContainer(Id).remove({ force: true, v: true }).catch(unlessGone);
    const { Volumes } = await this.#docker.listVolumes({ filters: JSON.stringify(filters) });
    for (const { Name } of Volumes ?? []) await this.#docker.getVolume(Name).remove().catch(unlessGone);
    for (const { Id } of await this.#docker.listImages({ filters: JSON.stringify(filters) }))
      await this.#docker.getImage(Id).remove({ force: true }).catch(unlessGone);
  }

  get #label(): string {
    return `berth.platform=${this.#platform}`;
  }

  #heard({ Action, Actor: { Attributes }, timeNano }: EngineEvent): void {
    const task = Attributes.name ?? '';
    if (Action === 'start') {
      const slot = `${Attributes['berth.job']} ${Attributes['berth.slot']}`;
      this.lives.push({ task, slot, fromNs: timeNano, untilNs: null });
      this.#following.push(this.#follow(task));
    } else {
      const life = this.lives.findLast((each) => each.task === task && each.untilNs === null);
      if (life) life.untilNs = timeNano;
    }
  }

  async #follow(task: string): Promise<void> {
    const options = { follow: true, stdout: true, stderr: true } as const;
    const log = await this.#docker.getContainer(task).logs(options);
    const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
    for (const [name, stream] of Object.entries(streams)) stream.on('data', (chunk) => this.#keep(task, name, chunk));
    this.#docker.modem.demuxStream(log, streams.stdout, streams.stderr);
    await once(log, 'end');
  }

  #keep(task: string, stream: string, chunk: Buffer): void {
    const key = `${task} ${stream}`;
    this.#written.set(key, [...(this.#written.get(key) ?? []), chunk]);
  }
}
