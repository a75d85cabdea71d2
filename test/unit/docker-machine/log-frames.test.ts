// Docker's log stream, cut into arbitrary chunks.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLogFrames, restoreNewlines } from '../../../src/adapters/docker-machine/log-frames.ts';
import type { LogFrame } from '../../../src/ports/machine.ts';

const FIRST_NS = 1_795_341_510_652_420_463n;
const PIECE = 16 * 1024;

const frame: fc.Arbitrary<LogFrame> = fc.record({
  atNs: fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n }),
  stream: fc.constantFrom('stdout', 'stderr'),
  bytes: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
});

describe('a multiplexed log', () => {
  test('gives the same frames however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(frame, { maxLength: 8 }),
        fc.infiniteStream(fc.nat({ max: 40 })),
        async (frames, sizes) => {
          const encoded = Buffer.concat(frames.map(encode));
          const batches = await Array.fromAsync(readLogFrames(cut(encoded, sizes)));
          expect(batches.flat()).toEqual(frames);
          expect(batches.every((batch) => batch.length > 0)).toBe(true);
        },
      ),
    );
  });

  test('keeps NUL, invalid UTF-8 and what looks like a header or a time', async () => {
    const bytes = Buffer.concat([
      Buffer.from([0, 1, 0, 0, 0, 0, 0, 9, 0xff, 0xc0, 0x80]),
      Buffer.from('2026-01-01T00:00:00Z x\n'),
    ]);
    const one = { atNs: FIRST_NS, stream: 'stderr' as const, bytes };
    expect(await read([encode(one)])).toEqual([one]);
  });

  test('takes times of any precision that Go writes', async () => {
    const texts = [
      ...['2026-11-22T09:00:00Z', '2026-11-22T09:00:00.5Z', '2026-11-22T09:00:00.000000001Z'],
      ...['2026-11-22T09:00:00.25Z', '2026-11-22T09:00:00Z', '2026-11-22T09:00:01.1Z', '2026-11-22T09:00:00.3Z'],
    ];
    const frames = await read(texts.map((text) => message(1, Buffer.from(`${text} x`))));
    const second = BigInt(Date.parse('2026-11-22T09:00:00Z')) * 1_000_000n;
    expect(frames.map(({ atNs }) => atNs - second)).toEqual([
      ...[0n, 500_000_000n, 1n],
      ...[250_000_000n, 0n, 1_100_000_000n, 300_000_000n],
    ]);
  });

  test('a large frame in small chunks is read without copying it again and again', async () => {
    const one = { atNs: FIRST_NS, stream: 'stdout' as const, bytes: Buffer.alloc(2_000_000, 'x') };
    const encoded = encode(one);
    const chunks = Array.from({ length: Math.ceil(encoded.length / 100) }, (_, index) =>
      encoded.subarray(index * 100, index * 100 + 100),
    );
    expect(await read(chunks)).toEqual([one]);
  });

  test('that breaks off within a frame says so', async () => {
    const encoded = encode({ atNs: FIRST_NS, stream: 'stdout', bytes: Buffer.from('whole') });
    await expect(read([encoded.subarray(0, -1)])).rejects.toThrow('breaks off');
  });

  test('of a container with a terminal is told apart', async () => {
    await expect(read([Buffer.from('plain text without headers')])).rejects.toThrow('terminal');
  });

  test.each([
    '2026-11-22T09:00:00.5',
    '2026-11-22T09:00:00.Z',
    '2026-11-22T09:00:00.1234567890Z',
    '2026-11-22T09:00:00.1x3Z',
  ])('with %s for a time is refused', async (text) => {
    const good = message(1, Buffer.from('2026-11-22T09:00:00.5Z x'));
    await expect(read([good, message(1, Buffer.from(`${text} x`))])).rejects.toThrow('is not a time');
  });

  test('gives what comes before an error in the same chunk', async () => {
    const one = { atNs: FIRST_NS, stream: 'stdout' as const, bytes: Buffer.from('whole\n') };
    const batches = readLogFrames(each([Buffer.concat([encode(one), message(3, Buffer.from('the disk is gone'))])]));
    expect((await batches.next()).value).toEqual([one]);
    await expect(batches.next()).rejects.toThrow('the disk is gone');
  });

  test('with an error of the engine in it fails in its words', async () => {
    await expect(read([message(3, Buffer.from('the disk is gone'))])).rejects.toThrow('the disk is gone');
  });
});

describe('lines in pieces', () => {
  const at = (atNs: bigint, text: string, stream: LogFrame['stream'] = 'stdout'): LogFrame => ({
    atNs,
    stream,
    bytes: Buffer.from(text),
  });
  const piece = 'x'.repeat(PIECE);

  test('get back the newline that the engine forgot, also between pieces of the other stream', async () => {
    const frames = [
      at(1n, piece),
      at(1n, piece, 'stderr'),
      at(1n, piece),
      at(1n, 'end'),
      at(2n, 'next\n'),
      at(1n, '', 'stderr'),
    ];
    const restored = await restore(frames);
    expect(restored.map(({ bytes }) => bytes.subarray(-4).toString())).toEqual([
      'xxxx',
      'xxxx',
      'xxxx',
      'end\n',
      'ext\n',
      '\n',
    ]);
  });

  test('that kept their newline, and short ends of a log without one, stay as they are', async () => {
    const frames = [
      at(1n, piece),
      at(1n, 'end\n'),
      at(2n, piece),
      at(3n, 'another line, not a piece'),
      at(4n, 'the last'),
    ];
    expect(await restore(frames)).toEqual(frames);
  });
});

async function read(chunks: readonly Buffer[]): Promise<LogFrame[]> {
  return (await Array.fromAsync(readLogFrames(each(chunks)))).flat();
}

/** In batches of two, so that lines are also cut between batches. */
async function restore(frames: readonly LogFrame[]): Promise<LogFrame[]> {
  const batches = frames.flatMap((_, index) => (index % 2 ? [] : [frames.slice(index, index + 2)]));
  return (await Array.fromAsync(restoreNewlines(each(batches)))).flat();
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function* cut(bytes: Buffer, sizes: Iterator<number>): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; ) {
    const size: number = sizes.next().value;
    yield bytes.subarray(start, start + size);
    start += size;
  }
}

function encode({ atNs, stream, bytes }: LogFrame): Buffer {
  const whole = new Date(Number(atNs / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  const nanos = String(atNs % 1_000_000_000n).padStart(9, '0');
  return message(stream === 'stdout' ? 1 : 2, Buffer.concat([Buffer.from(`${whole}.${nanos}Z `), bytes]));
}

function message(stream: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}
