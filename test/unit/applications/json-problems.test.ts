// What is told of configuration files that are no JSON, or not as JSON is to be written.
import { describe, expect, test } from 'vitest';
import { appConfig } from './repository.ts';
import { problemsOf, told } from './told-problems.ts';

describe('text that is no JSON is told with line and column', () => {
  test.each<[string, string | Buffer, string, string]>([
    ['an empty file', '', 'the end of the file at line 1, column 1', 'a value'],
    ['a comment', '// x\n{}', '"// x" at line 1, column 1', 'a value'],
    ['a comma too many', '{"a": 1,\n}', '"}" at line 2, column 1', 'a key in double quotes'],
    ['a missing comma', '{"a": 1\n "b": 2}', '"\\"b\\": 2}" at line 2, column 2', '"," or "}"'],
    ['single quotes', "{'a': 1}", '"\'a\': 1}" at line 1, column 2', 'a key in double quotes'],
    ['a string over two lines', '{"a": "b\nc"}', '"" at line 1, column 9', 'a string on one line'],
    ['something after the end', '{} {}', '"{}" at line 1, column 4', 'the end of the file'],
    ['a number that is none', '{"a": 01}', '"1}" at line 1, column 8', '"," or "}"'],
    ['a bad escape', '{"a": "\\x"}', '"\\\\x\\"}" at line 1, column 8', 'an escape of JSON'],
    ['nesting without end', '['.repeat(100_000), 'column 66', 'at most 64 levels'],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'UTF-16', 'text in UTF-8'],
    ['Latin-1', Buffer.from('{"a": "é"}', 'latin1'), 'not UTF-8', 'text in UTF-8'],
  ])('%s', (_, text, found, expected) => {
    const [problem, ...others] = problemsOf(text);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      path: '',
      found: expect.stringContaining(found),
      expected: expect.stringContaining(expected),
    });
  });

  test('a byte order mark of UTF-8 is passed over', () => {
    expect(problemsOf(`\ufeff${appConfig()}`)).toEqual([]);
  });

  test('a key that stands twice is refused, with its place', () => {
    const text = appConfig().replace('"version"', '\n"name": "other", "version"');
    expect(problemsOf(text).map(told)).toEqual(['$.name: the key a second time, at line 2, column 1 → each key once']);
  });

  test('the key __proto__ is refused and changes nothing', () => {
    const text = appConfig().replace('"version"', '"__proto__": {"polluted": true}, "version"');
    expect(problemsOf(text).map(({ path }) => path)).toEqual(['$.__proto__']);
    expect('polluted' in {}).toBe(false);
  });
});
