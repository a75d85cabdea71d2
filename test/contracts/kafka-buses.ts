// Buses over a real broker for tests, each test with topics of its own.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, Consumer, stringDeserializers } from '@platformatic/kafka';
import { KafkaBus, type KafkaBusParts } from '../../src/adapters/kafka-bus/kafka-bus.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { MESSAGE_CHECKS } from '../../src/api/message-checks.ts';
import type { TestKafka } from '../world/kafka.ts';
import { silentLog } from './silent-log.ts';

/** A prefix that no other test has. */
export function ownPrefix(): string {
  return `t${randomBytes(4).toString('hex')}.`;
}

/** Opens a bus with few and quick tries. */
export function openKafkaBus(broker: TestKafka, prefix: string, parts: Partial<KafkaBusParts> = {}): Promise<KafkaBus> {
  return KafkaBus.open({
    url: `${broker.url}?prefix=${prefix}`,
    credentials: null,
    certificates: null,
    clientId: `test-${randomBytes(3).toString('hex')}`,
    clock: new SystemClock(),
    random: new SystemRandom(),
    log: silentLog,
    checks: MESSAGE_CHECKS,
    topics: ['berth.deploy.requests'],
    tries: { most: 4, firstMs: 50, maxMs: 200 },
    ...parts,
  });
}

/** Real time. */
export const pass = async (ms: number) => {
  await sleep(ms);
};

/** A message as it lies on the brokers. */
export interface LyingMessage {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The first message of a topic, as soon as there is one. */
export async function firstOf({ port }: TestKafka, topic: string): Promise<LyingMessage> {
  const consumer = new Consumer({
    ...{ clientId: 'looker', bootstrapBrokers: [`127.0.0.1:${port}`], groupId: ownPrefix() },
    deserializers: stringDeserializers,
  });
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest', maxWaitTime: 100 });
  const [{ key, value, headers }] = await once(stream, 'data', { signal: AbortSignal.timeout(10_000) });
  await consumer.close(true);
  return { key, value, headers: Object.fromEntries(headers) };
}

/** Makes a topic as somebody else might. */
export async function makeTopic({ port }: TestKafka, topic: string, partitions: number): Promise<void> {
  const admin = new Admin({ clientId: 'maker', bootstrapBrokers: [`127.0.0.1:${port}`] });
  await admin.createTopics({ topics: [topic], partitions });
  await admin.close();
}
