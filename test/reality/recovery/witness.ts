// What the engine itself says of a platform's containers: when each ran, and every byte that it wrote.
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
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
  readonly #written = new Map<string, Buffer>();
  readonly #following: Promise<unknown>[] = [];
  readonly #leaving = new AbortController();
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

  /** Stops watching, and whatever is still being read. */
  async end(): Promise<void> {
    this.#events?.destroy();
    this.#leaving.abort();
    await Promise.all(this.#following);
  }

  /** Everything that a task's ended container has written. */
  written(task: string): Record<'stdout' | 'stderr', Buffer> {
    const sent = this.#written.get(task) ?? Buffer.alloc(0);
    return { stdout: piecesOf(sent, 1), stderr: piecesOf(sent, 2) };
  }

  /** Resolves when everything that the ended containers wrote was read. */
  async settled(): Promise<void> {
    await Promise.all(this.#following);
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

  /** What is still there of the platform: containers and volumes of tasks, and whatever an installation made. */
  async left(): Promise<string[]> {
    const installers = [`berth.install=${this.#platform}`];
    const [containers, volumes, installing, installed] = await Promise.all([
      this.#docker.listContainers({ all: true, filters: { label: [this.#label] } }),
      this.#volumes(),
      this.#docker.listContainers({ all: true, filters: { label: installers } }),
      this.#docker.listImages({ all: true, filters: JSON.stringify({ label: installers }) }),
    ]);
    return [
      ...[...containers, ...installing].map(({ Names, State }) => `container ${Names[0]} ${State}`),
      ...volumes.map((name) => `volume ${name}`),
      ...installed.map(({ Id, RepoTags }) => `image ${RepoTags?.join() ?? Id}`),
    ];
  }

  /** Removes whatever is left, images included. */
  async clear(): Promise<void> {
    for (const label of [this.#label, `berth.install=${this.#platform}`]) {
      const filters = { label: [label] };
      for (const { Id } of await this.#docker.listContainers({ all: true, filters }))
        await this.#docker.getContainer(Id).remove({ force: true, v: true }).catch(unlessGone);
      for (const { Id } of await this.#docker.listImages({ filters: JSON.stringify(filters) }))
        await this.#docker.getImage(Id).remove({ force: true }).catch(unlessGone);
    }
    for (const name of await this.#volumes()) await this.#docker.getVolume(name).remove().catch(unlessGone);
  }

  async #volumes(): Promise<string[]> {
    const { Volumes } = await this.#docker.listVolumes({ filters: JSON.stringify({ label: [this.#label] }) });
    return (Volumes ?? []).map(({ Name }) => Name);
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

  /** An engine may cut off whoever follows a log just before its end: so it is read once more when the container has ended. */
  async #follow(task: string): Promise<void> {
    const container = this.#docker.getContainer(task);
    const stream = await container.logs({ follow: true, stdout: true, stderr: true });
    const followed = await this.#untilEnd(stream as Readable);
    const whole = await container.logs({ follow: false, stdout: true, stderr: true }).catch(() => followed);
    this.#written.set(task, whole.length > followed.length ? whole : followed);
  }

  async #untilEnd(stream: Readable): Promise<Buffer> {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    await finished(stream, { signal: this.#leaving.signal }).catch(() => stream.destroy());
    return Buffer.concat(chunks);
  }
}

/** The pieces of one stream (1: stdout, 2: stderr) in what an engine sends of a container without a terminal (Engine API, "Attach to a container"). */
function piecesOf(sent: Buffer, stream: number): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= sent.length; at += 8 + sent.readUInt32BE(at + 4)) {
    if (sent[at] === stream) pieces.push(sent.subarray(at + 8, at + 8 + sent.readUInt32BE(at + 4)));
  }
  return Buffer.concat(pieces);
}
