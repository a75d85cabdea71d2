// Messages of MongoDB's wire protocol: a length of four bytes, the message's number and the one that it answers, a code, and for the
// ordinary code flags, of which the second says that no answer is wanted (MongoDB's documentation of OP_MSG).

const LENGTH_BYTES = 4;
const CODE_AT = 12;
const FLAGS_AT = 16;
const OP_MSG = 2013;
const MORE_TO_COME = 2;

/** Cuts a stream of bytes into messages. */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The messages that are whole with these bytes. */
  read(bytes: Buffer | string): readonly Buffer[] {
    this.#rest = Buffer.concat([this.#rest, Buffer.from(bytes)]);
    const messages: Buffer[] = [];
    while (this.#rest.length >= LENGTH_BYTES && this.#rest.length >= this.#rest.readUInt32LE(0)) {
      const length = this.#rest.readUInt32LE(0);
      messages.push(this.#rest.subarray(0, length));
      this.#rest = this.#rest.subarray(length);
    }
    return messages;
  }
}

/** Whether the other side answers a message. */
export function wantsAnswer(message: Buffer): boolean {
  if (message.readUInt32LE(CODE_AT) !== OP_MSG) return true;
  return (message.readUInt32LE(FLAGS_AT) & MORE_TO_COME) === 0;
}
