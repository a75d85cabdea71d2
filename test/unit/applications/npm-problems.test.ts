// Which npm packages a configuration may ask for, and what is told of others.
import { describe, expect, test } from 'vitest';
import { appConfig } from './repository.ts';
import { problemsOf, told } from './told-problems.ts';

describe('an npm package', () => {
  const withNpm = (...npm: readonly unknown[]) =>
    problemsOf(appConfig({ runtime: 'node', dependencies: { npm } }))
      .map(told)
      .filter((problem) => problem.startsWith('$.dependencies'));

  test.each([
    ['ms@2.1.3'],
    ['@scope/name.with_all~kinds@1.0.0-rc.1+build.5'],
    ['a@^1.2.0'],
    ['a@~1.2'],
    ['a@1'],
    ['a@1.x'],
    ['a@*'],
    ['a@>=1.2.0 <3'],
    ['a@>= 1.2.0 < 3'],
    ['a@1.2.3 - 2.3.4'],
    ['a@^1.2.0 || ^2'],
    ['a@v1.2.3'],
    ['JSONStream@1.3.5'],
  ])('%s is taken', (text) => {
    expect(withNpm(text)).toEqual([]);
  });

  test.each<[unknown, string]>([
    ['ms', 'a version too, such as "ms@1.2.3"'],
    ['@scope/ms', 'a version too'],
    ['ms@', 'a version too'],
    ['ms@latest', 'tags are not allowed'],
    ['ms@1.2.3.4', 'a version such as'],
    ['ms@01.2.3', 'a version such as'],
    ['ms@git+https://x.example/a.git', 'addresses, repositories, paths and aliases are not allowed'],
    ['ms@npm:other@1.0.0', 'an npm package, "name@version"'],
    ['ms@file:../x', 'addresses, repositories, paths and aliases are not allowed'],
    ['ms@./x.tgz', 'addresses, repositories, paths and aliases are not allowed'],
    ['ms@user/repository', 'addresses, repositories, paths and aliases are not allowed'],
    ['https://x.example/a.tgz', 'an npm package, "name@version"'],
    ['--registry=http://x@1', 'an npm package'],
    ['../x@1.0.0', 'an npm package'],
    ['-x@1.0.0', 'an npm package'],
    ['a b@1.0.0', 'an npm package'],
    ['.hidden@1.0.0', 'an npm package'],
    ['node_modules/x@1.0.0', 'an npm package'],
    ['berth@1.0.0', 'another package: the SDK is in every image'],
    [`${'a'.repeat(215)}@1.0.0`, 'an npm package'],
    [`a@${'1.0.0 || '.repeat(40)}1`, 'at most 300 characters'],
    [7, 'a string'],
  ])('%s is refused', (text, expected) => {
    const [first, ...more] = withNpm(text);
    expect(first).toContain('$.dependencies.npm[0]: ');
    expect(first).toContain(expected);
    expect(more).toEqual([]);
  });

  test('stands once, whatever its version', () => {
    expect(withNpm('ms@2.1.3', 'ms@2.1.2')).toEqual([
      '$.dependencies.npm[1]: "ms", as in $.dependencies.npm[0] → each package once',
    ]);
  });

  test('is checked in no time, however it is written', () => {
    const before = performance.now();
    withNpm(`a@${'1.0.0 '.repeat(49)}!`, `a@${'1'.repeat(295)}`, `@${'a'.repeat(290)}/@1`);
    expect(performance.now() - before).toBeLessThan(5000);
  });
});
