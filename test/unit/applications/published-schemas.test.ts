// The JSON Schemas that are published say the same as what is read.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appConfigJsonSchema, appConfigSchema } from '../../../src/applications/app-config-schema.ts';
import { instanceFileJsonSchema, instanceFileSchema } from '../../../src/applications/instance-file-schema.ts';
import { readInstanceFile } from '../../../src/applications/read-instance-file.ts';
import { readSensorFile } from '../../../src/applications/read-sensor-file.ts';
import { scheduleFileSchema } from '../../../src/applications/schedule-file-schema.ts';
import { sensorConfigJsonSchema, sensorConfigSchema } from '../../../src/applications/sensor-config-schema.ts';
import { sensorFileJsonSchema } from '../../../src/applications/sensor-file-schema.ts';

const DOCS = join(import.meta.dirname, '../../../docs');

const SCHEMAS = [
  ['app_config.json', appConfigJsonSchema],
  ['sensor_config.json', sensorConfigJsonSchema],
  ['an instance file', instanceFileJsonSchema],
  ['a sensor file', sensorFileJsonSchema],
] as const;

const PAGES: Readonly<Record<string, string>> = {
  'an instance file': 'instance-file.md',
  'a sensor file': 'sensors.md',
};

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly [keyword: string]: unknown;
}

function fieldNames(node: Node): string[] {
  const children = Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]));
  const below = children.filter((value): value is Node => typeof value === 'object' && value !== null);
  return [...Object.keys(node.properties ?? {}), ...below.flatMap(fieldNames)];
}

function schemaWithoutSchedules(schema: Node): Node {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => (key === 'schedule' ? {} : value)) as Node;
}

describe.each(SCHEMAS)('the schema of %s', (name, schemaOf) => {
  test('allows no unknown field anywhere', () => {
    const objects: Node[] = [];
    const walk = (node: Node) => {
      if (node.properties) objects.push(node);
      for (const value of Object.values(node)) if (typeof value === 'object' && value !== null) walk(value as Node);
    };
    walk(schemaOf() as Node);
    expect(objects.length).toBeGreaterThan(1);
    expect(objects.filter((node) => 'type' in node && node.additionalProperties !== false)).toEqual([]);
  });

  test('has each of its fields explained', async () => {
    const page = await readFile(join(DOCS, PAGES[name] ?? 'app-config.md'), 'utf8');
    const schema = schemaOf() as Node;
    // The schedule of a sensor is explained where those of instances are.
    const own = name === 'a sensor file' ? schemaWithoutSchedules(schema) : schema;
    const missing = [...new Set(fieldNames(own))].filter((field) => !page.includes(`\`${field}\``));
    expect(missing).toEqual([]);
  });
});

describe('the examples in the documentation', () => {
  test.each([
    ['app-config.md', 0, appConfigSchema],
    ['app-config.md', 1, sensorConfigSchema],
    ['instance-file.md', 0, instanceFileSchema],
  ])('%s, example %i, is read without a problem', async (page, index, schema) => {
    const blocks = [...(await readFile(join(DOCS, page), 'utf8')).matchAll(/```json\n([\s\S]*?)```/g)];
    expect(() => schema.parse(JSON.parse(blocks[index]?.[1] ?? ''))).not.toThrow();
  });

  test('schedules.md has an instance file in YAML and a schedule in JSON that are read without a problem', async () => {
    const page = await readFile(join(DOCS, 'schedules.md'), 'utf8');
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const [, json = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    expect(readInstanceFile({ name: 'a.yaml', contents: Buffer.from(yaml) }).name).toBe('lab-report');
    expect(scheduleFileSchema.parse(JSON.parse(json)).triggers).toHaveLength(3);
  });

  test('sensors.md has a sensor file in YAML, another in CSV, and an instance file that are read without a problem', async () => {
    const page = await readFile(join(DOCS, 'sensors.md'), 'utf8');
    const [file = '', instance = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text);
    expect(readSensorFile({ name: 'a.yaml', form: 'text', contents: Buffer.from(file) }).sensors).toHaveLength(2);
    expect(readInstanceFile({ name: 'b.yaml', contents: Buffer.from(instance) }).bindings?.missing).toBe('wait');
    const csv = [...page.matchAll(/^ {4}((?:id|room-1[34]).*,.*)$/gm)].map(([, line]) => line).join('\n');
    expect(readSensorFile({ name: 'c.csv', form: 'csv', contents: Buffer.from(csv) }).sensors).toHaveLength(2);
  });
});
