// Problems of files that people wrote are told with the line at which they stand.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyInstance, draftInstance } from '../../../src/applications/apply-requests.ts';
import { createInstance } from '../../../src/applications/instance-requests.ts';
import { parseJsonText } from '../../../src/applications/json-text.ts';
import { checkPackage, pushPackage } from '../../../src/applications/package-requests.ts';
import type { SentInstanceFile } from '../../../src/applications/read-instance-file.ts';
import { readSensorFile } from '../../../src/applications/read-sensor-file.ts';
import { parseYamlFile } from '../../../src/applications/yaml-text.ts';
import type { BerthError } from '../../../src/model/errors.ts';
import { rawZip } from './raw-zip.ts';
import { inPieces, openRepository, type Repository, refusal, zipStream } from './repository.ts';

let repository: Repository;
beforeEach(async () => {
  repository = await openRepository();
  await pushPackage(repository.parts, zipStream());
});
afterEach(() => repository.end());

const told = ({ problems }: BerthError) => problems.map(({ line, path }) => `${line}: ${path}`);
const sent = (text: string): SentInstanceFile => ({ name: 'a.json', contents: Buffer.from(text) });
const create = (text: string) => refusal(createInstance(repository.parts, sent(text)));

const JSON_FILE = `{
  "name": "hourly",
  "application": "weather",
  "algorithm": "repot",
  "schedule": {
    "kind": "cron",
    "expression": "61 * * * *"
  },
  "copies": 1
}`;

const YAML_FILE = `# Every hour
name: hourly
application: weather
algorithm: repot
schedule:
  kind: cron
  expression: 61 * * * *
notify:
  - nobody
`;

describe('what is wrong with an instance file', () => {
  test('is told at its line, in JSON and in YAML, however late it is found', async () => {
    expect(told(await create(JSON_FILE))).toEqual(['4: $.algorithm', '7: $.schedule.expression']);
    expect(told(await create(YAML_FILE))).toEqual(['4: $.algorithm', '7: $.schedule.expression', '9: $.notify[0]']);
  });

  test('is told where it would have to stand, when it is missing', async () => {
    expect(told(await create(JSON_FILE.replace('"expression": "61 * * * *"', '"zone": "UTC"')))).toEqual([
      '5: $.schedule.expression',
    ]);
    expect(told(await create('{ "name": "a" }'))).toContain('1: $.schedule');
  });

  test('has the line of the text where the text cannot be read', async () => {
    expect(told(await create(JSON_FILE.replace('"weather",', '"weather"')))).toEqual(['4: ']);
    expect(told(await create('name: a\nschedule: [\n'))).toContain('3: ');
    expect(told(await create(JSON_FILE.replace('"copies"', '"name"')))).toContain('9: $.name');
  });

  test('is told at its line when it is only tried, and when it changes what is there', async () => {
    const good = JSON_FILE.replace('repot', 'report').replace('61', '1');
    await createInstance(repository.parts, sent(good));
    const wrong = sent(good.replace('"copies": 1', '"copies": 0'));
    expect(told(await refusal(draftInstance(repository.parts, wrong)))).toEqual(['9: $.copies']);
    const other = sent(good.replace('"1 * * * *"', '"1 25 * * *"'));
    expect(told(await refusal(draftInstance(repository.parts, other)))).toEqual(['7: $.schedule.expression']);
    expect(told(await refusal(applyInstance(repository.parts, other)))).toEqual(['7: $.schedule.expression']);
  });

  test('has no line where a program sent a value', async () => {
    const error = await refusal(createInstance(repository.parts, { name: 'a', contents: { value: { name: 'A' } } }));
    expect(error.problems.every((problem) => !('line' in problem))).toBe(true);
  });
});

test('What is wrong with the files of a package is told at its line, in each of both', async () => {
  const app =
    '{\n  "name": "weather",\n  "version": "1.0.0",\n  "algorithms": [\n    { "id": "a", "name": "A", "script": "b.py" }\n  ]\n}\n';
  const sensors = '{\n "sensors": [\n  {\n   "id": "UPPER"\n  }\n ]\n}';
  const zip = rawZip([
    { name: 'app_config.json', contents: app },
    { name: 'sensor_config.json', contents: sensors },
  ]);
  const { problems } = await refusal(checkPackage(repository.parts, inPieces(zip)));
  const places = problems.map(({ file, line, path }) => `${file}:${line} ${path}`);
  expect(places).toContain('app_config.json:5 $.algorithms[0].script');
  expect(places).toContain('sensor_config.json:4 $.sensors[0].id');
  expect(places).toContain('sensor_config.json:3 $.sensors[0].type');
});

test('What is wrong with a sensor file is told at its line, also where it describes one device alone', async () => {
  const text = Buffer.from('id: a\nname: A\ntype: thermometer\nlocation: "/"\n');
  const read = async () => readSensorFile({ name: 'a.yaml', form: 'text', contents: text });
  expect(told(await refusal(read()))).toEqual(['4: $.location']);
});

test('JSON and YAML find every value of the same text at the same line', () => {
  const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/);
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.integer(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 4 }), (whole, indent) => {
      const text = JSON.stringify(whole, null, indent);
      const [json, yaml] = [parseJsonText('a', text), parseYamlFile('a', Buffer.from(text))];
      for (const path of pathsIn(whole, '$')) expect(json.lineOf(path)).toBe(yaml.lineOf(path));
    }),
  );
});

function pathsIn(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((item, index) => pathsIn(item, `${path}[${index}]`))];
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, item]) => pathsIn(item, `${path}.${name}`))];
}
