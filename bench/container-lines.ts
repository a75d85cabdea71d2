// What a container prints, line by line, as `docker logs -f` shows it.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import type Docker from 'dockerode';

/** The log of one container from its beginning, followed from `open` to `close`. */
export class ContainerLines {
  readonly #stream: Readable;
  readonly #lines: AsyncIterator<string>;
  readonly #name: string;

  private constructor(docker: Docker, name: string, stream: Readable) {
    this.#name = name;
    this.#stream = stream;
    const text = new PassThrough();
    docker.modem.demuxStream(stream, text, text);
    stream.on('end', () => text.end()).on('close', () => text.end());
    this.#lines = createInterface({ input: text })[Symbol.asyncIterator]();
  }

  /** Follows a container that was started. */
  static async open(docker: Docker, name: string): Promise<ContainerLines> {
    const options = { follow: true, stdout: true, stderr: true } as const;
    return new ContainerLines(docker, name, (await docker.getContainer(name).logs(options)) as Readable);
  }

  /** Reads what `docker attach` gave, from before the start on. */
  static attached(docker: Docker, name: string, stream: Readable): ContainerLines {
    return new ContainerLines(docker, name, stream);
  }

  /** The next line; fails when none comes in time, or the log ends. */
  async next(withinMs: number): Promise<string> {
    const late = AbortSignal.timeout(withinMs);
    const line = await Promise.race([this.#lines.next(), aborted(late)]);
    if (line === undefined) throw new Error(`waited ${withinMs} ms for a line of container ${this.#name}`);
    if (line.done) throw new Error(`the log of container ${this.#name} ended`);
    return line.value;
  }

  close(): void {
    this.#stream.destroy();
  }
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  await once(signal, 'abort');
}
