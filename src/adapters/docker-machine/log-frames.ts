// Docker's multiplexed log stream with timestamps, taken apart byte by byte.
//
// Each frame is a header of eight bytes (stream, three zeros, length as big-endian 32 bits; Docker Engine API 1.41, "Attach to a
// container"), then an RFC 3339 time, a space, and the message as it was written. A line over 16 KiB comes as several frames with the
// same time. Of such a line the engine's `local` driver forgets the newline; it is put back here. A container that ends within such a
// line therefore seems to have ended it: the engine does not tell the two apart.
import type { LogFrame } from '../../ports/machine.ts';
import { EngineRefusal } from './engine-errors.ts';
import { TimeReader } from './nanoseconds.ts';

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

/** The whole frames at the beginning of some bytes. */
interface Parsed {
  readonly frames: readonly LogFrame[];
  /** Bytes that they take. */
  readonly length: number;
  /** Bytes of the frame after them, as far as that is known. */
  readonly wanted: number;
  /** Why what follows is no frame; undefined when there is no reason to think so. */
  readonly failure: unknown;
}

/**
 * The frames of a stream, however its chunks are cut; those that a chunk completes come together, as views of one copy of it.
 * @throws EngineRefusal for error frames and other protocols, RangeError when it breaks off
 */
export async function* readLogFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly LogFrame[]> {
  const times = new TimeReader();
  let pieces: Buffer[] = [];
  let held = 0;
  let wanted = HEADER_BYTES;
  for await (const chunk of chunks) {
    pieces.push(chunk);
    held += chunk.length;
    if (held < wanted) continue;
    const bytes = Buffer.concat(pieces);
    const parsed = parseFrames(bytes, times);
    if (parsed.frames.length > 0) yield parsed.frames;
    if (parsed.failure !== undefined) throw parsed.failure;
    wanted = parsed.wanted;
    held = bytes.length - parsed.length;
    pieces = held === 0 ? [] : [bytes.subarray(parsed.length)];
  }
  if (held > 0) throw new RangeError('the log breaks off within a frame');
}

/** Gives lines that came in pieces the newline that their last piece lacks. */
export async function* restoreNewlines(
  batches: AsyncIterable<readonly LogFrame[]>,
): AsyncGenerator<readonly LogFrame[]> {
  const unfinished: { [S in LogFrame['stream']]?: bigint | undefined } = {};
  const restored = (frame: LogFrame): LogFrame => {
    const ends = frame.bytes[frame.bytes.length - 1] === NEWLINE;
    const piece = frame.bytes.length === PIECE_BYTES && !ends;
    const lacks = !ends && !piece && unfinished[frame.stream] === frame.atNs;
    unfinished[frame.stream] = piece ? frame.atNs : undefined;
    return lacks ? { ...frame, bytes: Buffer.concat([frame.bytes, Buffer.of(NEWLINE)]) } : frame;
  };
  for await (const batch of batches) yield batch.map(restored);
}

function parseFrames(bytes: Buffer, times: TimeReader): Parsed {
  const frames: LogFrame[] = [];
  let start = 0;
  let wanted = HEADER_BYTES;
  try {
    for (wanted = frameLength(bytes, start); start + wanted <= bytes.length; wanted = frameLength(bytes, start)) {
      frames.push(parseFrame(bytes, start, start + wanted, times));
      start += wanted;
    }
    return { frames, length: start, wanted, failure: undefined };
  } catch (failure) {
    return { frames, length: start, wanted, failure };
  }
}

/** Bytes of the frame that begins at `start`, header included; those of a header while that is not whole. */
function frameLength(bytes: Buffer, start: number): number {
  if (bytes.length - start < HEADER_BYTES) return HEADER_BYTES;
  const kind = bytes.readUInt32BE(start);
  const length = bytes.readUInt32BE(start + 4);
  if ((kind & 0xff_ff_ff) !== 0 || kind >>> 24 > SYSTEM_ERROR || length > FRAME_LIMIT_BYTES) {
    throw new EngineRefusal(400, 'this is not a multiplexed log: the container has a terminal');
  }
  return HEADER_BYTES + length;
}

function parseFrame(bytes: Buffer, start: number, end: number, times: TimeReader): LogFrame {
  const stream = bytes[start];
  const payload = start + HEADER_BYTES;
  if (stream === SYSTEM_ERROR) throw new EngineRefusal(500, bytes.toString('utf8', payload, end));
  const space = bytes.indexOf(SPACE, payload);
  if (space < 0 || space >= Math.min(end, payload + TIME_LIMIT_BYTES)) {
    throw new EngineRefusal(500, 'a log frame has no time');
  }
  return {
    atNs: times.read(bytes, payload, space),
    stream: stream === STDERR ? 'stderr' : 'stdout',
    bytes: bytes.subarray(space + 1, end),
  };
}
