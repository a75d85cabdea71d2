// Making the topics that are missing; those that are there stay as they are.
import { Admin } from '@platformatic/kafka';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Connections } from './connections.ts';
import { says } from './kafka-fault.ts';
import { SHARD_TOPIC, type TopicShape } from './topics.ts';
import { Pauses } from './waiting.ts';

/** What making topics needs. */
export interface TopicMakerParts {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly log: Log;
  /** By the names that they have on the brokers. */
  readonly shapes: ReadonlyMap<string, TopicShape>;
}

const READY_LOOKS = 50;
const READY_EVERY_MS = 100;

/** Resolves to the number of partitions of each topic. @throws bus.partitions-few, and what the driver throws */
export async function makeTopics(parts: TopicMakerParts): Promise<ReadonlyMap<string, number>> {
  const admin = new Admin({ ...parts.connections.options, requestTimeout: 5000, retries: 1, retryDelay: 250 });
  try {
    // Topics that this process may not see are not listed: making them tells whether it may.
    const present = new Set(await admin.listTopics());
    const missing = [...parts.shapes].filter(([topic]) => !present.has(topic));
    await Promise.all(missing.map(([topic, shape]) => make(admin, topic, shape)));
    return checked(parts, await counts(admin, parts));
  } finally {
    await admin.close();
  }
}

async function make(admin: Admin, topic: string, { partitions, retentionMs, cleanup }: TopicShape): Promise<void> {
  const configs = [
    { name: 'retention.ms', value: String(retentionMs) },
    { name: 'cleanup.policy', value: cleanup },
  ];
  try {
    await admin.createTopics({ topics: [topic], partitions, configs });
  } catch (error) {
    // Another process was quicker.
    if (!says(error, 'TOPIC_ALREADY_EXISTS')) throw error;
  }
}

/** A topic that was just made is there for every broker a moment later. */
async function counts(admin: Admin, { clock, shapes }: TopicMakerParts): Promise<ReadonlyMap<string, number>> {
  const pauses = new Pauses(clock);
  for (let looks = 1; ; looks++) {
    try {
      const { topics } = await admin.metadata({ topics: [...shapes.keys()], forceUpdate: true });
      const isLed = [...topics.values()].every((topic) => topic?.partitions.every(({ leader }) => leader >= 0));
      if (isLed || looks === READY_LOOKS)
        return new Map([...shapes.keys()].map((name) => [name, topics.get(name)?.partitionsCount ?? 0]));
    } catch (error) {
      if (looks === READY_LOOKS || says(error, 'TOPIC_AUTHORIZATION_FAILED')) throw error;
    }
    await pauses.pause(READY_EVERY_MS);
  }
}

function checked({ connections, shapes, log }: TopicMakerParts, found: ReadonlyMap<string, number>) {
  for (const [topic, { partitions: wanted }] of shapes) {
    const has = found.get(topic) ?? 0;
    if (has === wanted) continue;
    if (topic === connections.named(SHARD_TOPIC) || has === 0)
      throw new BerthError('bus.partitions-few', { topic, found: has, wanted });
    log.warn('A topic has another number of partitions than Berth makes it with; keys keep their order all the same', {
      ...{ topic, found: has, wanted },
    });
  }
  return found;
}
