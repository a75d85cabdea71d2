// The most that one MQTT packet may hold. The parser behind would gather up to 256 MB before it gives a packet, so packets are measured
// as they come in, by their headers alone (MQTT 3.1.1, section 2.2), and a connection with a larger one is ended.
import type { Socket } from 'node:net';

const LENGTH_MASK = 0x7f;
const MORE = 0x80;
const LONGEST_LENGTH = 4;

/** Follows the packets of one connection. */
export class PacketFraming {
  readonly #most: number;
  /** Bytes of the present packet that are still to come. */
  #rest = 0;
  /** Bytes of its length that were read; null: its first byte has not come. */
  #lengthBytes: number | null = null;
  #length = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  /** Whether all packets that begin in this part are small enough. */
  fits(part: Uint8Array): boolean {
    for (let at = 0; at < part.length; ) {
      if (this.#rest > 0) {
        const skipped = Math.min(this.#rest, part.length - at);
        this.#rest -= skipped;
        at += skipped;
      } else if (!this.#header(part[at++] ?? 0)) return false;
    }
    return true;
  }

  #header(byte: number): boolean {
    if (this.#lengthBytes === null) {
      this.#lengthBytes = 0;
      this.#length = 0;
      return true;
    }
    this.#length += (byte & LENGTH_MASK) * 128 ** this.#lengthBytes;
    this.#lengthBytes++;
    if (this.#length > this.#most) return false;
    if ((byte & MORE) !== 0) return this.#lengthBytes < LONGEST_LENGTH;
    this.#rest = this.#length;
    this.#lengthBytes = null;
    return true;
  }
}

/** All packets of what is read at once are taken side by side: less at once leaves room for other devices. */
const READ_AT_ONCE = 64 * 1024;

/** Ends a connection on which a packet larger than the limit begins, and has what comes read in small parts. */
export function limitPackets(socket: Socket, mostBytes: number): void {
  const framing = new PacketFraming(mostBytes);
  const read = socket.read.bind(socket);
  socket.read = (size?: number): unknown => {
    // Streams read nothing of themselves to be told when there is something.
    if (size === 0) return read(0);
    const part: unknown = read(socket.readableLength > READ_AT_ONCE ? READ_AT_ONCE : size);
    if (!(part instanceof Uint8Array) || framing.fits(part)) return part;
    socket.destroy(new Error(`A packet is larger than ${mostBytes} bytes`));
    return null;
  };
}
