// What every Random must do.
import { describe, expect, test } from 'vitest';
import type { Random } from '../../src/ports/random.ts';

const LOOK_ALIKES = /[01ilo]/;

/** Runs the contract. */
export function randomContract(name: string, open: () => Random): void {
  describe(`Random: ${name}`, () => {
    test.each([0, 1, 8, 26, 200])('an id of %d letters has that many, none that looks like another', (length) => {
      const id = open().id(length);
      expect(id).toMatch(new RegExp(`^[a-z0-9]{${length}}$`));
      expect(id).not.toMatch(LOOK_ALIKES);
    });

    test('ids do not repeat', () => {
      const random = open();
      expect(new Set(Array.from({ length: 10_000 }, () => random.id(16))).size).toBe(10_000);
    });

    test('every letter is as likely as every other', () => {
      const counts = Map.groupBy(open().id(310_000), (letter) => letter);
      expect(counts.size).toBe(31);
      // The standard deviation of each is about 98: six of them, on either side.
      for (const letters of counts.values()) expect(Math.abs(letters.length - 10_000)).toBeLessThan(600);
    });

    test('fractions lie in [0, 1) and fill it evenly', () => {
      const random = open();
      const fractions = Array.from({ length: 100_000 }, () => random.fraction());
      expect(fractions.every((fraction) => fraction >= 0 && fraction < 1)).toBe(true);
      const tenths = Map.groupBy(fractions, (fraction) => Math.floor(fraction * 10));
      expect(tenths.size).toBe(10);
      for (const tenth of tenths.values()) expect(Math.abs(tenth.length - 10_000)).toBeLessThan(600);
    });

    test('bytes are as many as asked for, and never the same', () => {
      const random = open();
      expect(random.bytes(0)).toHaveLength(0);
      expect(random.bytes(32)).toHaveLength(32);
      expect(Buffer.from(random.bytes(32))).not.toEqual(Buffer.from(random.bytes(32)));
    });
  });
}
