// The binary framing of stored logs. What is stored is gzip of frames one after the other, so segments join by joining their frames:
//
//   byte 0       stream: 1 stdout, 2 stderr; 128 more when the first byte of the contents is a newline that Berth put back
//   bytes 1–8    nanoseconds since the epoch, unsigned, big-endian
//   bytes 9–12   length of what follows, unsigned, big-endian
//   bytes 13–    exactly what the application wrote
import type { KeptFrame } from './log-entry.ts';

/** Bytes of a frame before its contents. */
export const FRAME_HEADER_BYTES = 13;

/** No writer makes larger frames (Docker cuts at 16 KiB), so a larger length means damage. */
const LARGEST_CONTENTS_BYTES = 16 * 1024 * 1024;

const CODE_OF_STREAM = { stdout: 1, stderr: 2 } as const;

const PUT_BACK = 0x80;

/** Frames as bytes, one after the other. */
export function encodeFrames(frames: readonly KeptFrame[]): Buffer {
  const length = frames.reduce((sum, { bytes }) => sum + FRAME_HEADER_BYTES + bytes.length, 0);
  const encoded = Buffer.allocUnsafeSlow(length);
  let offset = 0;
  for (const frame of frames) {
    offset = encoded.writeUInt8(CODE_OF_STREAM[frame.stream] | (frame.newlinePutBack ? PUT_BACK : 0), offset);
    offset = encoded.writeBigUInt64BE(frame.atNs, offset);
    offset = encoded.writeUInt32BE(frame.bytes.length, offset);
    offset += frame.bytes.copy(encoded, offset);
  }
  return encoded;
}

/**
 * The frames in a stream of bytes that may be cut anywhere, those that a chunk completes together; holds one chunk and one frame at a
 * time. @throws RangeError for bytes that are no frames
 */
export async function* decodeFrames(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly KeptFrame[], void, undefined> {
  let parts: Buffer[] = [];
  let missing = FRAME_HEADER_BYTES;
  for await (const chunk of chunks) {
    if (chunk.byteLength === 0) continue;
    parts.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    missing -= chunk.byteLength;
    if (missing > 0) continue;
    const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    const frames: KeptFrame[] = [];
    let offset = 0;
    for (
      let length = frameLength(bytes, offset);
      offset + length <= bytes.length;
      length = frameLength(bytes, offset)
    ) {
      frames.push(decodeFrame(bytes.subarray(offset, offset + length)));
      offset += length;
    }
    yield frames;
    parts = offset === bytes.length ? [] : [bytes.subarray(offset)];
    missing = frameLength(bytes, offset) - (bytes.length - offset);
  }
  if (parts.length > 0) throw new RangeError('the last frame is cut off');
}

/** One frame in bytes that hold it whole. */
export interface EncodedFrame {
  readonly stream: 1 | 2;
  readonly newlinePutBack: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Where its contents begin and end. */
  readonly from: number;
  readonly to: number;
}

/** Calls `visit` with every frame of whole frames, in order. @throws RangeError for bytes that are no frames */
export function eachFrame(bytes: Buffer, visit: (frame: EncodedFrame) => void): void {
  for (let offset = 0; offset < bytes.length; ) {
    const to = offset + frameLength(bytes, offset);
    if (to > bytes.length) throw new RangeError('the last frame is cut off');
    const code = bytes.readUInt8(offset);
    visit({
      stream: CODE_OF_STREAM[streamOfCode(code & ~PUT_BACK)],
      newlinePutBack: (code & PUT_BACK) !== 0,
      at: milliseconds(bytes.readUInt32BE(offset + 1), bytes.readUInt32BE(offset + 5)),
      from: offset + FRAME_HEADER_BYTES,
      to,
    });
    offset = to;
  }
}

/** Of nanoseconds in two halves, exactly: 2 ** 32 is 4294 million and 967296. */
function milliseconds(high: number, low: number): number {
  return high * 4294 + Math.floor((high * 967_296 + low) / 1_000_000);
}

/** The whole length of the frame at `offset`, as far as it can be known yet. */
function frameLength(bytes: Buffer, offset: number): number {
  if (bytes.length - offset < FRAME_HEADER_BYTES) return FRAME_HEADER_BYTES;
  const contents = bytes.readUInt32BE(offset + 9);
  if (contents > LARGEST_CONTENTS_BYTES) throw new RangeError(`a frame claims to have ${contents} bytes`);
  return FRAME_HEADER_BYTES + contents;
}

function decodeFrame(bytes: Buffer): KeptFrame {
  const code = bytes.readUInt8(0);
  const frame = {
    atNs: bytes.readBigUInt64BE(1),
    stream: streamOfCode(code & ~PUT_BACK),
    bytes: bytes.subarray(FRAME_HEADER_BYTES),
  };
  return code & PUT_BACK ? { ...frame, newlinePutBack: true } : frame;
}

function streamOfCode(code: number): KeptFrame['stream'] {
  if (code === CODE_OF_STREAM.stdout) return 'stdout';
  if (code === CODE_OF_STREAM.stderr) return 'stderr';
  throw new RangeError(`there is no stream ${code}`);
}
