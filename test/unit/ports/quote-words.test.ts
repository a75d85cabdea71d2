// Quoting is checked against the shells that will read it.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteCommands, quoteWords } from '../../../src/ports/quote-words.ts';

/** Not in any word. */
const SEPARATOR = '\u{e000}';
const word = fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !/[\0\u{d800}-\u{e000}]/u.test(text));

test('a shell reads exactly the words that were quoted, whatever is in them', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
      const line = quoteWords(['printf', `%s${SEPARATOR}`, ...words]);
      const read = execFileSync('sh', ['-c', line], { encoding: 'utf8' });
      expect(read.split(SEPARATOR).slice(0, -1)).toEqual(words);
    }),
    { numRuns: 60 },
  );
});

test('what shells find special is only text', () => {
  const words = ["it's", '$HOME', '`id`', '$(id)', 'a;b', 'a && b', '*', '~', '\\', '"', '\n', '-n', '', '!x'];
  const read = execFileSync('sh', ['-c', quoteWords(['printf', `%s${SEPARATOR}`, ...words])], { encoding: 'utf8' });
  expect(read.split(SEPARATOR).slice(0, -1)).toEqual(words);
});

test('commands run in order until one fails', () => {
  const line = quoteCommands([['echo', 'first'], ['false'], ['echo', 'never']]);
  expect(line).toBe("'echo' 'first' && 'false' && 'echo' 'never'");
});

test('a word with a NUL is refused: no shell can carry it', () => {
  expect(() => quoteWords(['a\0b'])).toThrow(RangeError);
});
