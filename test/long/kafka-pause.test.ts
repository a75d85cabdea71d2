// A broker that stands still for 20 seconds with its connections open, as one does that swaps, or whose machine is moved.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { KafkaBus } from '../../src/adapters/kafka-bus/kafka-bus.ts';
import { SHARDS } from '../../src/model/shard.ts';
import { request } from '../contracts/bus-contract.ts';
import { openKafkaBus } from '../contracts/kafka-buses.ts';
import { startKafka } from '../world/kafka.ts';
import { until } from '../world/until.ts';

const TOPIC = 'berth.deploy.requests';
const PAUSE_MS = 20_000;

interface World {
  readonly buses: readonly [KafkaBus, KafkaBus];
  readonly handled: Set<string>;
  readonly followed: Set<string>;
  readonly shards: (readonly number[])[];
}

/** Two processes that share a group and a role; one follows as well. */
async function world(open: () => Promise<KafkaBus>): Promise<World> {
  const buses = [await open(), await open()] as const;
  onTestFinished(async () => {
    await Promise.all(buses.map((bus) => bus.close()));
  });
  const made: World = { buses, handled: new Set(), followed: new Set(), shards: [[], []] };
  for (const [index, bus] of buses.entries()) {
    await bus.subscribe(TOPIC, 'g', async ({ message }) => void made.handled.add(message.id));
    await bus.share('nodes', (proposed) => {
      made.shards[index] = proposed;
    });
  }
  await buses[1].follow(TOPIC, async ({ message }) => void made.followed.add(message.id));
  return made;
}

/** Publishes until it is told to end; resolves to what the brokers took, and how long the longest took or was refused after. */
async function publishing(bus: KafkaBus, end: AbortSignal): Promise<{ taken: string[]; longestMs: number }> {
  const taken: string[] = [];
  let longestMs = 0;
  for (let number = 0; !end.aborted; number++) {
    const begun = performance.now();
    try {
      await bus.publish(TOPIC, `key ${number % 40}`, request(String(number)));
      taken.push(String(number));
    } catch (error) {
      expect(error).toMatchObject({ code: 'bus.unreachable' });
    }
    longestMs = Math.max(longestMs, performance.now() - begun);
    await sleep(20);
  }
  return { taken, longestMs };
}

test('after it goes on, everything that was taken is handled and followed, and the group comes to rest', async () => {
  const broker = await startKafka();
  onTestFinished(() => broker.destroy());
  const { buses, handled, followed, shards } = await world(() => openKafkaBus(broker, ''));
  const [bus, other] = buses;
  const end = new AbortController();
  const published = publishing(bus, end.signal);
  await until('messages to be handled', 20_000, () => handled.size > 20 || undefined);
  broker.pause();
  await sleep(PAUSE_MS);
  expect(shards.map(({ length }) => length)).toEqual([SHARDS / 2, SHARDS / 2]);
  broker.resume();
  await sleep(PAUSE_MS);
  end.abort();
  const { taken, longestMs } = await published;
  expect(longestMs).toBeLessThan(12_000);
  await until('all of it to be handled', 20_000, () => taken.every((id) => handled.has(id)) || undefined);
  await until('all of it to be followed', 20_000, () => taken.every((id) => followed.has(id)) || undefined);
  expect(shards.flat().toSorted((a, b) => a - b)).toHaveLength(SHARDS);
  expect(bus.rebalances() + other.rebalances()).toBeLessThan(20);
});

// Longer than brokers take to give up on each other, shorter than a request may take.
test.each([2500, 3500, 4500])(
  'a process that comes while it stands still for %i ms has all that it asked for when it goes on',
  async (pauseMs) => {
    const broker = await startKafka();
    onTestFinished(() => broker.destroy());
    const before = await world(() => openKafkaBus(broker, ''));
    await until('shards to be shared', 20_000, () => before.shards.every(({ length }) => length === 32) || undefined);
    const bus = await openKafkaBus(broker, '');
    onTestFinished(() => bus.close());
    broker.pause();
    const begun = Promise.all([
      bus.subscribe(TOPIC, 'g', async () => {}),
      bus.follow(TOPIC, async () => {}),
      bus.share('nodes', () => {}),
    ]);
    begun.catch(() => {});
    await sleep(pauseMs);
    broker.resume();
    await begun;
  },
);
