// Carries bytes between a container without network and a host that its package declares. Each side may end its half alone; a
// connection over which nothing moves for a long time is cut.
import type { Duplex } from 'node:stream';
import { Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Clock } from '../ports/clock.ts';

/** Bytes that a relayed connection carried. */
export interface RelayedBytes {
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

const IDLE_MS = 600_000;

/** Pipes both ways until both sides have ended, or one fails; resolves to what was carried. Both are closed then. */
export async function relayBytes(container: Duplex, host: Duplex, clock: Clock): Promise<RelayedBytes> {
  const cutBoth = () => {
    container.destroy();
    host.destroy();
  };
  const idle = new IdleCut(clock, cutBoth);
  const sent = countingStream(idle);
  const received = countingStream(idle);
  container.pipe(sent.stream).pipe(host);
  host.pipe(received.stream).pipe(container);
  // A side that fails takes the other with it; how it failed matters to neither program.
  await Promise.all([finished(container).catch(cutBoth), finished(host).catch(cutBoth)]);
  idle.stop();
  cutBoth();
  return { sentBytes: sent.bytes(), receivedBytes: received.bytes() };
}

function countingStream(idle: IdleCut): { readonly stream: Transform; readonly bytes: () => number } {
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      idle.moved();
      done(null, chunk);
    },
  });
  return { stream, bytes: () => bytes };
}

/** Calls back when nothing moved for a while. Looks now and then instead of setting a timer for every chunk. */
class IdleCut {
  readonly #clock: Clock;
  readonly #cut: () => void;
  #movedAt: number;
  #cancel: () => void;

  constructor(clock: Clock, cut: () => void) {
    this.#clock = clock;
    this.#cut = cut;
    this.#movedAt = clock.monotonic();
    this.#cancel = clock.after(IDLE_MS, () => this.#look());
  }

  moved(): void {
    this.#movedAt = this.#clock.monotonic();
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const left = this.#movedAt + IDLE_MS - this.#clock.monotonic();
    if (left <= 0) this.#cut();
    else this.#cancel = this.#clock.after(left, () => this.#look());
  }
}
