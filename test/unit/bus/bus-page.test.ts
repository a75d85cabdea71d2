// The operator's page of the bus says of every topic what the program makes.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  SHARD_SHAPE,
  SHARD_TOPIC,
  TOPIC_SHAPES,
  TOPICS,
  type TopicShape,
} from '../../../src/adapters/kafka-bus/topics.ts';

const page = await readFile(join(import.meta.dirname, '../../../docs/bus.md'), 'utf8');
const SHAPES: readonly [string, TopicShape][] = [
  ...TOPICS.map((topic) => [topic, TOPIC_SHAPES[topic]] as [string, TopicShape]),
  [SHARD_TOPIC, SHARD_SHAPE],
];

test.each(SHAPES)('docs/bus.md has %s with its partitions and its retention', (topic, { partitions, retentionMs }) => {
  const row = page
    .split('\n')
    .find((line) => line.startsWith('| `berth') && line.split('|')[1]?.includes(`\`${topic}\``));
  const [partitionsCell, keptCell] = (row ?? '')
    .split('|')
    .slice(2, 4)
    .map((cell) => cell.trim());
  const hours = retentionMs / 3_600_000;
  const [count, unit] = hours < 24 ? [hours, 'hour'] : [hours / 24, 'day'];
  expect([partitionsCell, keptCell]).toEqual([String(partitions), `${count} ${unit}${count === 1 ? '' : 's'}`]);
});
