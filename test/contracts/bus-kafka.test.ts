// The Bus contract over a real Kafka broker, and what is special about that bus: messages that cannot be handled, brokers and processes that go.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { KafkaBus } from '../../src/adapters/kafka-bus/kafka-bus.ts';
import { SHARDS, shardOf } from '../../src/model/shard.ts';
import { startKafka, type TestKafka } from '../world/kafka.ts';
import { until } from '../world/until.ts';
import { busContract, request, sharedBusContract } from './bus-contract.ts';
import { firstOf, makeTopic, openKafkaBus, ownPrefix, pass } from './kafka-buses.ts';

const TOPIC = 'berth.deploy.requests';

let broker: TestKafka;

beforeAll(async () => {
  broker = await startKafka();
});

afterAll(() => broker.destroy());

busContract('Kafka', async () => ({ bus: await openKafkaBus(broker, ownPrefix()), pass }));

sharedBusContract('Kafka', async () => {
  const prefix = ownPrefix();
  return { bus: await openKafkaBus(broker, prefix), pass, another: () => openKafkaBus(broker, prefix) };
});

async function openedBus(prefix = ownPrefix(), parts: Parameters<typeof openKafkaBus>[2] = {}) {
  const bus = await openKafkaBus(broker, prefix, parts);
  onTestFinished(() => bus.close());
  return bus;
}

/** What Kafka's own consumer shows of a topic, headers first. */
async function look(topic: string, messages: number): Promise<string> {
  const show = ['print.headers', 'print.key', 'print.partition'].flatMap((name) => ['--property', `${name}=true`]);
  const bounds = ['--from-beginning', '--max-messages', String(messages), '--timeout-ms', '20000'];
  return talk(broker.consoleConsumer(topic, ...bounds, ...show), '');
}

async function talk([program = '', ...words]: readonly string[], input: string): Promise<string> {
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'ignore'], timeout: 30_000 });
  child.stdin.end(input);
  return text(child.stdout);
}

async function seenBy(bus: KafkaBus): Promise<string[]> {
  const seen: string[] = [];
  await bus.subscribe(TOPIC, 'g', async ({ message }) => void seen.push(message.id));
  return seen;
}

describe('Bus: Kafka, messages that cannot be handled', () => {
  test('what another program wrote and is no message is put aside at once, and the partition goes on', async () => {
    const prefix = ownPrefix();
    const bus = await openedBus(prefix);
    const seen = await seenBy(bus);
    const wrong = JSON.stringify({ ...request('2'), command: 'dance' });
    const lines = ['k:this is no JSON', `k:${wrong}`, `k:${JSON.stringify(request('3'))}`].join('\n');
    const keyed = ['--property', 'parse.key=true', '--property', 'key.separator=:'];
    await talk(broker.consoleProducer(`${prefix}${TOPIC}`, ...keyed), `${lines}\n`);
    await until('the message behind them', 10_000, () => seen.includes('3') || undefined);
    expect(seen).toEqual(['3']);
    const dead = await look(`${prefix}${TOPIC}.dead`, 2);
    expect(dead).toContain('this is no JSON');
    expect(dead).toContain(`berth-topic:${TOPIC}`);
    expect(dead).toContain('berth-code:bus.message-invalid');
    expect(dead).toContain('it is not JSON.');
    expect(dead).toContain('$.command');
    expect(dead).toContain(wrong);
  });

  test('a message whose handler always fails is put aside after its tries, and the next of its key is handled', async () => {
    const prefix = ownPrefix();
    const bus = await openedBus(prefix);
    const seen: string[] = [];
    await bus.subscribe(TOPIC, 'g', async ({ message }) => {
      seen.push(message.id);
      if (message.id === '1') throw new Error('the disk is full');
    });
    for (const id of ['1', '2']) await bus.publish(TOPIC, 'k', request(id));
    await until('the next message', 10_000, () => seen.includes('2') || undefined);
    expect(seen).toEqual(['1', '1', '1', '1', '2']);
    const { headers, ...dead } = await firstOf(broker, `${prefix}${TOPIC}.dead`);
    expect(dead).toEqual({ key: 'k', value: JSON.stringify(request('1')) });
    // The partition of a key is its shard.
    expect(headers).toMatchObject({ 'berth-partition': String(shardOf('k')), 'berth-offset': '0', 'berth-tries': '4' });
    expect(headers).toMatchObject({ 'berth-topic': TOPIC, 'berth-group': 'g', 'berth-reason': 'the disk is full' });
    await until('nothing to be left', 5000, async () => (await bus.lag())[0]?.waiting === 0 || undefined);
  });

  test('how far a group is behind counts what was published before it came, as soon as it is in', async () => {
    const prefix = ownPrefix();
    const [bus, earlier] = [await openedBus(prefix), await openedBus(prefix)];
    for (const id of ['1', '2', '3']) await earlier.publish(TOPIC, 'k', request(id));
    const ready = Promise.withResolvers<void>();
    await bus.subscribe(TOPIC, 'g', () => ready.promise);
    expect(await bus.lag()).toEqual([{ topic: TOPIC, group: 'g', waiting: 3 }]);
    ready.resolve();
  });

  test('the dead letter of a client request tells why and does not hold its token', async () => {
    const prefix = ownPrefix();
    const bus = await openedBus(prefix, { topics: ['berth.client.requests'] });
    await bus.subscribe('berth.client.requests', 'api', () => Promise.reject(new Error('cannot')));
    await bus.publish('berth.client.requests', 'k', { id: '1', call: 'listNodes', token: 'berth_secret' });
    const dead = await firstOf(broker, `${prefix}berth.client.requests.dead`);
    expect(dead).toMatchObject({ key: 'k', value: '', headers: { 'berth-reason': 'cannot' } });
  });
});

describe('Bus: Kafka, publishing', () => {
  test('a message that is too large is refused with its size', async () => {
    const bus = await openedBus();
    const large = { ...request('1'), reason: 'x'.repeat(1_000_000) };
    await expect(bus.publish(TOPIC, 'k', large)).rejects.toMatchObject({ code: 'bus.message-large' });
  });

  test('brokers that nobody answers for are named, with what to do', async () => {
    const opening = openKafkaBus(broker, '', { url: 'kafka://127.0.0.1:1' });
    await expect(opening).rejects.toMatchObject({ code: 'bus.unreachable', retryable: true });
    await expect(opening).rejects.toThrow('127.0.0.1:1');
  });

  test('a topic for shards with too few partitions is refused with the remedy', async () => {
    const prefix = ownPrefix();
    await makeTopic(broker, `${prefix}berth.shards`, 8);
    await expect(openKafkaBus(broker, prefix)).rejects.toMatchObject({
      code: 'bus.partitions-few',
      details: { found: 8, wanted: SHARDS },
    });
  });
});

describe('Bus: Kafka, when something goes', () => {
  test('what a killed process had is proposed and given to others within seconds', async () => {
    const prefix = ownPrefix();
    const bus = await openedBus(prefix);
    const program = join(import.meta.dirname, 'kafka-sharer.ts');
    const child = spawn(process.execPath, [program, `${broker.url}?prefix=${prefix}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const words: string[] = [];
    createInterface(child.stdout).on('line', (line) => words.push(line));
    await bus.publish(TOPIC, 'k', request('1'));
    await until('the other to have taken the message', 20_000, () => words.includes('message 1') || undefined);
    let shards: readonly number[] = [];
    await bus.share('nodes', (proposed) => {
      shards = proposed;
    });
    const seen = await seenBy(bus);
    await until('both to have half', 10_000, () => words.includes(`shards ${SHARDS / 2}`) || undefined);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    const killedAt = performance.now();
    await exited;
    await until('its shards to be proposed here', 6000, () => shards.length === SHARDS || undefined);
    await until(
      'its message to be given here',
      12_000 - (performance.now() - killedAt),
      () => seen.includes('1') || undefined,
    );
  });

  test('a broker that is killed and comes back: publishing and reading go on, and no proposal is taken back', async () => {
    const mortal = await startKafka();
    onTestFinished(() => mortal.destroy());
    const bus = await openKafkaBus(mortal, '');
    onTestFinished(() => bus.close());
    const proposals: number[] = [];
    const [seen, followed] = [await seenBy(bus), [] as string[]];
    await bus.follow(TOPIC, async ({ message }) => void followed.push(message.id));
    await bus.share('nodes', (shards) => proposals.push(shards.length));
    await mortal.kill();
    const published = until('a message to be published while the broker comes back', 30_000, async () => {
      await bus.publish(TOPIC, 'k', request('1'));
      return true;
    });
    await mortal.start();
    await published;
    await until('it to arrive', 20_000, () => (seen.includes('1') && followed.includes('1')) || undefined);
    expect(proposals.filter((count) => count !== SHARDS)).toEqual([]);
  });
});
