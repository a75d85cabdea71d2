import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFrames, encodeFrames } from '../../../src/nodes/log-frames.ts';
import type { LogFrame } from '../../../src/ports/machine.ts';

const frame = fc.record({
  atNs: fc.bigInt({ min: 0n, max: 2n ** 63n }),
  stream: fc.constantFrom('stdout' as const, 'stderr' as const),
  bytes: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

async function* cut(bytes: Buffer, sizes: readonly number[]) {
  let offset = 0;
  for (const size of sizes) {
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
  yield bytes.subarray(offset);
}

const decoded = async (bytes: Buffer, sizes: readonly number[]) =>
  (await Array.fromAsync(decodeFrames(cut(bytes, sizes)))).flat();

test('any frames come back as they were, however their bytes are cut', async () => {
  const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 20 }), cuts, async (frames, sizes) => {
      expect(await decoded(encodeFrames(frames), sizes)).toEqual(frames);
    }),
  );
});

test('joined segments are the segment of the joined frames', async () => {
  const one: LogFrame = { atNs: 1n, stream: 'stdout', bytes: Buffer.from([0, 255, 10]) };
  const two: LogFrame = { atNs: 2n, stream: 'stderr', bytes: Buffer.alloc(0) };
  expect(await decoded(Buffer.concat([encodeFrames([one]), encodeFrames([two])]), [])).toEqual([one, two]);
});

test('a cut off or senseless segment is an error, not a shorter log', async () => {
  const whole = encodeFrames([{ atNs: 1n, stream: 'stdout', bytes: Buffer.from('abc') }]);
  await expect(decoded(whole.subarray(0, -1), [])).rejects.toThrow('cut off');
  await expect(decoded(Buffer.from([7, ...whole.subarray(1)]), [])).rejects.toThrow('no stream 7');
  await expect(decoded(Buffer.alloc(13, 255), [])).rejects.toThrow('claims to have');
});
