// Every topic as it lies on the brokers: the one table from which topics are made and the pages about them are written.
import { SHARDS } from '../../model/shard.ts';
import type { Topic } from '../../ports/bus.ts';

/** How a topic is kept. */
export interface TopicShape {
  readonly partitions: number;
  /** Milliseconds that a message is kept. */
  readonly retentionMs: number;
  /** `delete`: by age; `compact`: the newest of each key. */
  readonly cleanup: 'delete' | 'compact';
  /** Whether its messages may hold something secret: then a dead letter tells of the message and does not hold it. */
  readonly isSecret: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function kept(partitions: number, retentionMs: number): TopicShape {
  return { partitions, retentionMs, cleanup: 'delete', isSecret: false };
}

/** The shape of each topic. The partition of a key is its shard where there are as many partitions as shards. */
export const TOPIC_SHAPES: Readonly<Record<Topic, TopicShape>> = {
  'berth.deploy.requests': kept(SHARDS, 7 * DAY_MS),
  'berth.deploy.acknowledgements': kept(16, 7 * DAY_MS),
  'berth.deploy.events': kept(16, 7 * DAY_MS),
  'berth.node.status': kept(16, DAY_MS),
  'berth.sensor.readings': kept(SHARDS, DAY_MS),
  'berth.actions': kept(16, 7 * DAY_MS),
  'berth.heartbeats': kept(4, HOUR_MS),
  'berth.client.requests': { ...kept(SHARDS, DAY_MS), isSecret: true },
  'berth.client.replies': kept(16, DAY_MS),
  'berth.changes': kept(16, HOUR_MS),
  'berth.wakes': kept(16, HOUR_MS),
};

/** Every topic of the table, in its order. */
export const TOPICS = Object.keys(TOPIC_SHAPES) as readonly Topic[];

/** The topic whose partitions are the shards of each role; it needs no messages. */
export const SHARD_TOPIC = 'berth.shards';

/** Its shape. */
export const SHARD_SHAPE: TopicShape = { partitions: SHARDS, retentionMs: HOUR_MS, cleanup: 'delete', isSecret: false };

/** Where the messages of a topic go that nobody could handle. */
export function deadTopic(topic: Topic): string {
  return `${topic}.dead`;
}

/** Its shape: one partition, a month. */
export const DEAD_SHAPE: TopicShape = { partitions: 1, retentionMs: 30 * DAY_MS, cleanup: 'delete', isSecret: false };

/** The consumer group in which the subscribers of a group share a topic. One per topic, so that none waits for another's rebalance. */
export function groupName(topic: Topic, group: string): string {
  return `berth.${group}.${topic.slice('berth.'.length)}`;
}

/** The consumer group in which the processes of a role share its shards. */
export function roleGroup(role: string): string {
  return `berth.role.${role}`;
}
