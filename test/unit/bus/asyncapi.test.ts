// The published AsyncAPI document is what the program would generate now, and is one.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { asyncapiDocument } from '../../../docs/asyncapi-document.ts';
import { asyncapiJson, asyncapiYaml } from '../../../docs/asyncapi-pages.ts';
import { TOPICS } from '../../../src/adapters/kafka-bus/topics.ts';

const page = (name: string) => readFile(join(import.meta.dirname, '../../../docs', name), 'utf8');
const document: unknown = JSON.parse(asyncapiJson());

function at(pointer: string): unknown {
  const words = pointer.replace(/^#\//, '').split('/');
  return words.reduce<unknown>((value, word) => (value as Record<string, unknown> | undefined)?.[word], document);
}

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === '$ref' ? [String(inner)] : references(inner)));
}

describe("the AsyncAPI document (if it differs, run 'npm run docs')", () => {
  it('is up to date as YAML and as JSON, and both say the same', async () => {
    const yaml = await page('asyncapi.yaml');
    expect(yaml).toBe(asyncapiYaml());
    expect(await page('asyncapi.json')).toBe(asyncapiJson());
    expect(parse(yaml)).toEqual(document);
  });

  it('refers to nothing that is not there', () => {
    const found = references(document);
    expect(found.length).toBeGreaterThan(TOPICS.length * 2);
    expect(found.filter((pointer) => at(pointer) === undefined)).toEqual([]);
  });

  it('has the objects that the specification wants, each with its fields', () => {
    const { asyncapi, info, channels, operations, components } = asyncapiDocument();
    expect(asyncapi).toBe('3.0.0');
    expect(info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    const ids = [channels, operations, components.messages].flatMap((each) => Object.keys(each));
    expect(ids.filter((id) => !/^[a-zA-Z0-9._-]+$/.test(id))).toEqual([]);
    for (const operation of Object.values(operations)) {
      expect(['send', 'receive']).toContain(operation.action);
      const messages = Object.keys(at(`${operation.channel.$ref}/messages`) as object);
      expect(operation.messages.map(({ $ref }) => $ref)).toEqual(
        messages.map((name) => `${operation.channel.$ref}/messages/${name}`),
      );
    }
  });

  it('tells of every topic its address, partitions, retention, key, schema, who writes and who reads', () => {
    const channels = Object.values(asyncapiDocument().channels);
    expect(channels.map(({ address }) => address)).toEqual([...TOPICS, '{topic}.dead']);
    for (const { address, description, bindings, messages } of channels.slice(0, -1)) {
      expect(description, address).toMatch(
        /^Written by: \w.*\. Read by: \w.*\. \d+ partitions, kept for \d+ hours\. Dead letters: /,
      );
      expect(bindings.kafka.partitions, address).toBeGreaterThan(0);
      const [message = ''] = Object.values(messages).map(({ $ref }) => $ref);
      expect(at(message), address).toMatchObject({
        payload: { type: 'object', properties: expect.anything() },
        bindings: { kafka: { key: { type: 'string', description: expect.any(String) } } },
      });
    }
  });
});
