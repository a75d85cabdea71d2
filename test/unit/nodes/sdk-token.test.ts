import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkTaskToken, makeTaskToken } from '../../../src/nodes/sdk-token.ts';

const key = new Uint8Array(32).fill(7);

test('a token names its task, with the right key alone', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200, unit: 'grapheme' }), (task) => {
      const token = makeTaskToken(key, task);
      expect(checkTaskToken(key, token)).toBe(task);
      expect(checkTaskToken(new Uint8Array(32).fill(8), token)).toBeUndefined();
    }),
  );
});

test('anything else is no token', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 2000 }), (text) => {
      expect(checkTaskToken(key, text)).toBeUndefined();
    }),
  );
  expect(checkTaskToken(key, `${makeTaskToken(key, 't')}.x`)).toBeUndefined();
});
