// The JSON Schemas that are published say the same as what is read.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appConfigJsonSchema, appConfigSchema } from '../../../src/applications/app-config-schema.ts';
import { instanceFileJsonSchema, instanceFileSchema } from '../../../src/applications/instance-file-schema.ts';
import { readInstanceFile } from '../../../src/applications/read-instance-file.ts';
import { scheduleFileSchema } from '../../../src/applications/schedule-file-schema.ts';
import { sensorConfigJsonSchema, sensorConfigSchema } from '../../../src/applications/sensor-config-schema.ts';

const DOCS = join(import.meta.dirname, '../../../docs');

const SCHEMAS = [
  ['app_config.json', appConfigJsonSchema],
  ['sensor_config.json', sensorConfigJsonSchema],
  ['an instance file', instanceFileJsonSchema],
] as const;

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly [keyword: string]: unknown;
}

function fieldNames(node: Node): string[] {
  const children = Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]));
  const below = children.filter((value): value is Node => typeof value === 'object' && value !== null);
  return [...Object.keys(node.properties ?? {}), ...below.flatMap(fieldNames)];
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
    const page = await readFile(join(DOCS, name === 'an instance file' ? 'instance-file.md' : 'app-config.md'), 'utf8');
    const missing = [...new Set(fieldNames(schemaOf() as Node))].filter((field) => !page.includes(`\`${field}\``));
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
});
