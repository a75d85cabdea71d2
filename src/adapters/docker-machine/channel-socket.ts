// An SSH channel as an ordinary stream. ssh2's own channels never answer a write after the other side closed, and stay open when
// destroyed with unread data; HTTP needs both to behave.
import { Duplex } from 'node:stream';
import type { Channel } from 'ssh2';

type Done = (error?: Error | null) => void;

/** One channel of an SSH connection, with the parts of a socket that node's HTTP asks for. */
export class ChannelSocket extends Duplex {
  readonly #channel: Channel;
  #open = true;
  #pendingWrite: Done | undefined;

  /** `allowHalfOpen` as for node's sockets: whether our side stays open when the other one has said everything. */
  constructor(channel: Channel, { allowHalfOpen }: { readonly allowHalfOpen: boolean }) {
    super({ allowHalfOpen });
    this.#channel = channel;
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.on('end', () => this.#ended());
    channel.on('close', () => this.#closed());
    channel.on('error', (error: Error) => this.destroy(error));
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    if (!this.#open) {
      done(new Error('the other side closed the channel'));
      return;
    }
    this.#pendingWrite = done;
    this.#channel.write(chunk, () => this.#written());
  }

  override _final(done: Done): void {
    if (this.#open) this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#channel.resume();
    this.#channel.destroy();
    done(error);
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  #written(): void {
    const done = this.#pendingWrite;
    this.#pendingWrite = undefined;
    done?.();
  }

  #ended(): void {
    this.push(null);
    // An idle connection has no reader that would notice its end, and would be handed out again; `read(0)` notices it.
    if (this.readableLength === 0) this.read(0);
  }

  #closed(): void {
    this.#open = false;
    this.#written();
    this.end();
  }
}
