// Docker's multiplexed log stream with timestamps, taken apart byte by byte.
//
// Each frame is a header of eight bytes (stream, three zeros, length as big-endian 32 bits; Docker Engine API 1.41, "Attach to a
// container"), then an RFC 3339 time, a space, and the message as it was written. A line over 16 KiB comes as several frames with the
// same time. Of such a line the engine's `local` driver forgets the newline; it is put back here. A container that ends within such a
// line therefore seems to have ended it: the engine does not tell the two apart.
import type { LogFrame } from '../../ports/machine.ts';
import { EngineRefusal } from './engine-errors.ts';
import { parseNanoseconds } from './nanoseconds.ts';

const HEADER_BYTES = 8;
const STDERR = 2;
const SYSTEM_ERROR = 3;
/** The engine cuts messages at 16 KiB; anything much longer is not this protocol. */
const FRAME_LIMIT_BYTES = 4 * 1024 * 1024;
/** How long the pieces of long lines are, all but the last of a line. */
const PIECE_BYTES = 16 * 1024;
const NEWLINE = 0x0a;
/** The longest time has 30 characters. */
const TIME_LIMIT_BYTES = 40;
const SPACE = 0x20;

/** The frames of a stream, however its chunks are cut. @throws EngineRefusal for error frames and other protocols, RangeError when it breaks off */
export async function* readLogFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<LogFrame> {
  let pieces: Buffer[] = [];
  let held = 0;
  let wanted = HEADER_BYTES;
  for await (const chunk of chunks) {
    pieces.push(chunk);
    held += chunk.length;
    if (held < wanted) continue;
    let rest = Buffer.concat(pieces);
    for (wanted = frameLength(rest); wanted <= rest.length; wanted = frameLength(rest)) {
      yield parseFrame(rest.subarray(0, wanted));
      rest = rest.subarray(wanted);
    }
    pieces = [rest];
    held = rest.length;
  }
  if (held > 0) throw new RangeError('the log breaks off within a frame');
}

/** Gives lines that came in pieces the newline that their last piece lacks. */
export async function* restoreNewlines(frames: AsyncIterable<LogFrame>): AsyncGenerator<LogFrame> {
  const unfinished: Partial<Record<LogFrame['stream'], bigint>> = {};
  for await (const frame of frames) {
    const ends = frame.bytes.at(-1) === NEWLINE;
    const piece = frame.bytes.length === PIECE_BYTES && !ends;
    const lacks = !ends && !piece && unfinished[frame.stream] === frame.atNs;
    if (piece) unfinished[frame.stream] = frame.atNs;
    else delete unfinished[frame.stream];
    yield lacks ? { ...frame, bytes: Buffer.concat([frame.bytes, Buffer.of(NEWLINE)]) } : frame;
  }
}

/** Bytes of the frame that begins here, header included; those of a header while that is not whole. */
function frameLength(bytes: Buffer): number {
  if (bytes.length < HEADER_BYTES) return HEADER_BYTES;
  const length = bytes.readUInt32BE(4);
  const zeros = bytes.readUIntBE(1, 3);
  if (zeros !== 0 || bytes.readUInt8(0) > SYSTEM_ERROR || length > FRAME_LIMIT_BYTES) {
    throw new EngineRefusal(400, 'this is not a multiplexed log: the container has a terminal');
  }
  return HEADER_BYTES + length;
}

function parseFrame(frame: Buffer): LogFrame {
  const payload = frame.subarray(HEADER_BYTES);
  const stream = frame.readUInt8(0);
  if (stream === SYSTEM_ERROR) throw new EngineRefusal(500, payload.toString('utf8'));
  const space = payload.subarray(0, TIME_LIMIT_BYTES).indexOf(SPACE);
  if (space < 0) throw new EngineRefusal(500, 'a log frame has no time');
  return {
    atNs: parseNanoseconds(payload.toString('latin1', 0, space)),
    stream: stream === STDERR ? 'stderr' : 'stdout',
    // A copy: a view would keep the whole chunk alive for as long as one line of it is kept.
    bytes: Buffer.from(payload.subarray(space + 1)),
  };
}
