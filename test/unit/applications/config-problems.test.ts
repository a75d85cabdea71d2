// What is told of configuration files that do not fit: file, path, found, expected; all of it at once.
import { describe, expect, test } from 'vitest';
import { appConfig } from './repository.ts';
import { problemsOf, told } from './told-problems.ts';

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
