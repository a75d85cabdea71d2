// Chance from the machine's own source, fit for secrets.
import { randomBytes } from 'node:crypto';
import type { Random } from '../../ports/random.ts';

/** Lower-case letters and digits without those that are mistaken for each other: 0 and o, 1, i and l. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Bytes from here on are thrown away: taking them modulo the alphabet would favour its first letters. */
const UNBIASED_BELOW = 256 - (256 % ALPHABET.length);

/** The chance of a platform that runs for real. */
export class SystemRandom implements Random {
  id(length: number): string {
    let id = '';
    while (id.length < length) {
      const letters = [...randomBytes(length - id.length)].filter((byte) => byte < UNBIASED_BELOW);
      id += letters.map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
    }
    return id;
  }

  fraction(): number {
    return randomBytes(6).readUIntBE(0, 6) / 2 ** 48;
  }

  bytes(count: number): Uint8Array {
    return randomBytes(count);
  }
}
