// What is told of configuration files that do not fit: file, path, found, expected; all of it at once.
import { describe, expect, test } from 'vitest';
import { DEFAULT_PACKAGE_LIMITS } from '../../../src/applications/package-limits.ts';
import { readPackageConfig } from '../../../src/applications/read-package-config.ts';
import { BerthError, type Problem } from '../../../src/model/errors.ts';
import { appConfig } from './repository.ts';

const FILES = ['app_config.json', 'notes.txt', 'report.py'];

function problemsOf(app: string | Buffer, sensors?: string): readonly Problem[] {
  const configs = new Map([['app_config.json', Buffer.from(app)]]);
  if (sensors !== undefined) configs.set('sensor_config.json', Buffer.from(sensors));
  const files = FILES.map((path) => ({ path, sizeBytes: 1 }));
  try {
    readPackageConfig({ files, configs }, DEFAULT_PACKAGE_LIMITS);
    return [];
  } catch (error) {
    if (!(error instanceof BerthError)) throw error;
    expect(error.code).toBe('package.invalid');
    return error.problems;
  }
}

const told = ({ path, found, expected }: Problem) => `${path}: ${found} → ${expected}`;
const report = { id: 'report', script: 'report.py' };
const withAlgorithm = (fields: object) => appConfig({ algorithms: [{ ...report, ...fields }] });

describe('a field that does not fit is named with what was found and what is expected', () => {
  test.each<[string, string, string]>([
    ['no name', appConfig({ name: undefined }), '$.name: nothing → a string'],
    ['a name that is not plain', appConfig({ name: 'My App' }), '$.name: "My App" → a plain name'],
    ['a name that ends in a dash', appConfig({ name: 'app-' }), '$.name: "app-" → a plain name'],
    ['a name of 64 characters', appConfig({ name: 'a'.repeat(64) }), `$.name: "${'a'.repeat(64)}" → a plain name`],
    ['no version', appConfig({ version: undefined }), '$.version: nothing → a string'],
    ['a version that is a number', appConfig({ version: 1 }), '$.version: 1 → a string'],
    ['another runtime', appConfig({ runtime: 'ruby' }), '$.runtime: "ruby" → one of "python", "node"'],
    [
      'a long value is shortened',
      appConfig({ runtime: 'r'.repeat(5000) }),
      `$.runtime: "${'r'.repeat(78)}… → one of "python", "node"`,
    ],
    ['no algorithms', appConfig({ algorithms: [] }), '$.algorithms: [] → at least 1 entry'],
    [
      'algorithms that are no list',
      appConfig({ algorithms: { report } }),
      '$.algorithms: {"report":{"id":"report","script":"report.py"}} → a list',
    ],
    ['a list for the whole', '[]', '$: [] → an object'],
    [
      'an unknown field',
      appConfig({ algorithm: [] }),
      '$.algorithm: an unknown field → one of the fields $schema, name, version',
    ],
    [
      'an unknown field of an algorithm',
      withAlgorithm({ cpu: 1 }),
      '$.algorithms[0].cpu: an unknown field → one of the fields id, name, script',
    ],
    [
      'an unknown field of resources',
      withAlgorithm({ resources: { memory: 1 } }),
      '$.algorithms[0].resources.memory: an unknown field → one of the fields cpus, memoryMiB, diskMiB, pids',
    ],
    ['an id that is not plain', withAlgorithm({ id: 'Report 1' }), '$.algorithms[0].id: "Report 1" → a plain name'],
    [
      'an id that stands twice',
      appConfig({ algorithms: [report, report] }),
      '$.algorithms[1].id: "report", as in $.algorithms[0] → its own id',
    ],
    [
      'a script that is missing',
      withAlgorithm({ script: 'reprot.py' }),
      '$.algorithms[0].script: "reprot.py" → a script of the package: report.py',
    ],
    [
      'a script outside',
      withAlgorithm({ script: '../report.py' }),
      '$.algorithms[0].script: "../report.py" → a path without ".."',
    ],
    [
      'a script with a dot before it',
      withAlgorithm({ script: './report.py' }),
      '$.algorithms[0].script: "./report.py" → a path without empty parts and "."',
    ],
    [
      'a script that is no Python',
      withAlgorithm({ script: 'notes.txt' }),
      '$.algorithms[0].script: "notes.txt" → a script that ends in .py',
    ],
    [
      'a Python script for Node',
      appConfig({ runtime: 'node' }),
      '$.algorithms[0].script: "report.py" → a script that ends in .js, .mjs, .cjs, .ts, .mts or .cts',
    ],
    [
      'a script for Node that is missing',
      appConfig({ runtime: 'node', algorithms: [{ ...report, script: 'report.js' }] }),
      '$.algorithms[0].script: "report.js" → a script of the package; it holds no .js, .mjs, .cjs, .ts, .mts or .cts file',
    ],
    [
      'npm packages for Python',
      appConfig({ dependencies: { npm: ['ms@2.1.3'] } }),
      '$.dependencies.npm: ["ms@2.1.3"] → no npm packages, or "runtime": "node"',
    ],
    [
      'another kind',
      withAlgorithm({ kind: 'cron' }),
      '$.algorithms[0].kind: "cron" → one of "run-to-completion", "continuous"',
    ],
    [
      'too many CPUs',
      withAlgorithm({ resources: { cpus: 5000 } }),
      '$.algorithms[0].resources.cpus: 5000 → at most 1024',
    ],
    [
      'half a process',
      withAlgorithm({ resources: { pids: 8.5 } }),
      '$.algorithms[0].resources.pids: 8.5 → a whole number',
    ],
    [
      'a variable of the platform',
      withAlgorithm({ environment: { BERTH_TOKEN: 'x' } }),
      '$.algorithms[0].environment.BERTH_TOKEN: the name "BERTH_TOKEN" → a variable',
    ],
    [
      'a variable of the loader',
      withAlgorithm({ environment: { LD_PRELOAD: 'x' } }),
      '$.algorithms[0].environment.LD_PRELOAD: the name "LD_PRELOAD" → a variable',
    ],
    [
      'PYTHONPATH',
      withAlgorithm({ environment: { PYTHONPATH: 'x' } }),
      '$.algorithms[0].environment.PYTHONPATH: the name "PYTHONPATH" → a variable',
    ],
    [
      'an illegal variable',
      withAlgorithm({ environment: { 'A B': 'x' } }),
      '$.algorithms[0].environment["A B"]: the name "A B" → a variable',
    ],
    [
      'a variable that is a number',
      withAlgorithm({ environment: { A: 1 } }),
      '$.algorithms[0].environment.A: 1 → a string',
    ],
    [
      'an unknown action',
      withAlgorithm({ actions: ['call'] }),
      '$.algorithms[0].actions[0]: "call" → one of "email", "sms", "notify", "webhook"',
    ],
    [
      'a sensor without a type',
      withAlgorithm({ sensors: [{ name: 't', format: 'number' }] }),
      '$.algorithms[0].sensors[0].type: nothing → a string',
    ],
    [
      'two sensors of one name',
      withAlgorithm({
        sensors: [
          { name: 't', type: 'x', format: 'number' },
          { name: 't', type: 'y', format: 'number' },
        ],
      }),
      '$.algorithms[0].sensors[1].name: "t", as in $.algorithms[0].sensors[0] → its own name',
    ],
    [
      'an option for pip',
      appConfig({ dependencies: { pip: ['--index-url=http://x'] } }),
      '$.dependencies.pip[0]: "--index-url=http://x" → a requirement such as',
    ],
    [
      'an address for pip',
      appConfig({ dependencies: { pip: ['a @ https://x/a.whl'] } }),
      '$.dependencies.pip[0]: "a @ https://x/a.whl" → a requirement by name',
    ],
    [
      'a Debian package with a space',
      appConfig({ dependencies: { debian: ['curl wget'] } }),
      '$.dependencies.debian[0]: "curl wget" → a Debian package',
    ],
    [
      'a Debian package to remove',
      appConfig({ dependencies: { debian: ['curl-'] } }),
      '$.dependencies.debian[0]: "curl-" → a Debian package',
    ],
    [
      'a host with a scheme',
      appConfig({ network: [{ host: 'https://x.org', ports: [443] }] }),
      '$.network[0].host: "https://x.org" → a host name',
    ],
    [
      'a host with a wildcard',
      appConfig({ network: [{ host: '*.x.org', ports: [443] }] }),
      '$.network[0].host: "*.x.org" → a host name',
    ],
    [
      'a port out of range',
      appConfig({ network: [{ host: 'x.org', ports: [70000] }] }),
      '$.network[0].ports[0]: 70000 → at most 65535',
    ],
    ['no port', appConfig({ network: [{ host: 'x.org', ports: [] }] }), '$.network[0].ports: [] → at least 1 entry'],
    [
      'a host that stands twice',
      appConfig({
        network: [
          { host: 'x.org', ports: [1] },
          { host: 'X.org', ports: [2] },
        ],
      }),
      '$.network[1].host: "X.org", as in $.network[0] → its own host',
    ],
  ])('%s', (_, app, expected) => {
    const problems = problemsOf(app);
    expect(problems.map(told)).toEqual([expect.stringContaining(expected)]);
    expect(problems[0]?.file).toBe('app_config.json');
  });
});

describe('problems of both files and of every field are told together', () => {
  test('as a list', () => {
    const app = appConfig({
      name: 'X',
      extra: 1,
      algorithms: [
        { id: 'a', script: 'gone.py', kind: 'x' },
        { id: 'a', script: 'report.py' },
      ],
    });
    const problems = problemsOf(app, '{"sensors": [{"id": "t", "id": "u"}], "x": 1}');
    expect(problems.map(({ file, path }) => `${file} ${path}`).toSorted()).toEqual([
      'app_config.json $.algorithms[0].kind',
      'app_config.json $.algorithms[0].script',
      'app_config.json $.algorithms[1].id',
      'app_config.json $.extra',
      'app_config.json $.name',
      'sensor_config.json $.sensors[0].id',
      'sensor_config.json $.sensors[0].name',
      'sensor_config.json $.sensors[0].outputType',
      'sensor_config.json $.sensors[0].type',
      'sensor_config.json $.x',
    ]);
  });

  test('but never more than a hundred', () => {
    const app = JSON.stringify(Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, 1])));
    expect(problemsOf(app)).toHaveLength(100);
  });
});

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
    expect(performance.now() - before).toBeLessThan(500);
  });
});
