// Whether a broker on this machine answers: it is asked again and again which requests it knows, which it says to anybody, before who asks
// has shown who it is. A process that stands still takes connections, which is the kernel's doing, and says nothing.
// Protocol: https://kafka.apache.org/protocol (ApiVersions, version 0, with the first version of the header).
import { connect, type Socket } from 'node:net';
import type { Cancel, Clock } from '../../ports/clock.ts';

const API_VERSIONS = 18;
const ASK_EVERY_MS = 5000;
const ANSWER_WITHIN_MS = 10_000;
/** Length and correlation id, as they come in every answer. */
const HEAD_BYTES = 8;

/** Asks a broker until it is closed. */
export class AnswerWatch {
  readonly #port: number;
  readonly #clock: Clock;
  #answers = 0;
  #asked = 0;
  #socket: Socket | undefined;
  #timer: Cancel;

  constructor(port: number, clock: Clock) {
    this.#port = port;
    this.#clock = clock;
    this.#timer = clock.after(0, () => this.#ask());
  }

  /** Answers since this was asked the last time. */
  take(): number {
    const answers = this.#answers;
    this.#answers = 0;
    return answers;
  }

  /** Asks no more. */
  close(): void {
    this.#timer();
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  /** A connection each time: one that the broker closed for being idle would be silence too. */
  #ask(): void {
    const id = ++this.#asked;
    const socket = connect({ host: '127.0.0.1', port: this.#port });
    this.#socket = socket;
    const patience = this.#clock.after(ANSWER_WITHIN_MS, () => socket.destroy());
    let answer = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      answer = Buffer.concat([answer, bytes]);
      if (answer.length < HEAD_BYTES) return;
      if (answer.readInt32BE(4) === id) this.#answers += 1;
      socket.destroy();
    });
    // Refused is no answer, and why is in the broker's own log.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      patience();
      if (this.#socket === socket) this.#timer = this.#clock.after(ASK_EVERY_MS, () => this.#ask());
    });
    socket.write(request(id));
  }
}

/** Length, request, its version, correlation id, and no name of a client. */
function request(id: number): Buffer {
  const bytes = Buffer.alloc(14);
  bytes.writeInt32BE(10, 0);
  bytes.writeInt16BE(API_VERSIONS, 4);
  bytes.writeInt32BE(id, 8);
  bytes.writeInt16BE(-1, 12);
  return bytes;
}
