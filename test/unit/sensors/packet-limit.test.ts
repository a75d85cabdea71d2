// Packets are measured by their headers, however the bytes are cut into parts.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PacketFraming } from '../../../src/adapters/aedes-gate/packet-limit.ts';

const MOST = 1000;

function packet(length: number): number[] {
  const header = [0x30];
  let rest = length;
  do {
    const byte = rest % 128;
    rest = Math.floor(rest / 128);
    header.push(rest > 0 ? byte | 0x80 : byte);
  } while (rest > 0);
  return [...header, ...Array.from({ length }, () => 0xff)];
}

it('a stream of packets fits exactly when each of them does', () => {
  const lengths = fc.array(fc.integer({ min: 0, max: MOST + 2 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(lengths, fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (sizes, cuts) => {
      const bytes = Uint8Array.from(sizes.flatMap(packet));
      const framing = new PacketFraming(MOST);
      let fits = true;
      for (let at = 0, cut = 0; at < bytes.length && fits; cut++) {
        const end = at + (cuts[cut % cuts.length] ?? 1);
        fits = framing.fits(bytes.subarray(at, end));
        at = end;
      }
      expect(fits).toBe(sizes.every((size) => size <= MOST));
    }),
  );
});

it('a length of more than four bytes is none', () => {
  expect(new PacketFraming(2 ** 40).fits(Uint8Array.from([0x10, 0x80, 0x80, 0x80, 0x80, 1]))).toBe(false);
});
