// The Bus contract over each adapter, and the bounds of the one in memory.
import { describe, expect, onTestFinished, test } from 'vitest';
import { MemoryBus } from '../../src/adapters/memory-bus/memory-bus.ts';
import { ManualClock } from '../unit/engine/manual-clock.ts';
import { busContract, request, until } from './bus-contract.ts';
import { silentLog } from './silent-log.ts';

const TOPIC = 'berth.deploy.requests';

function openMemoryBus(limit: number) {
  const clock = new ManualClock();
  const bus = new MemoryBus({ clock, log: silentLog, limit, backoff: { firstMs: 100, maxMs: 1000 } });
  return { bus, clock, pass: (ms: number) => clock.advance(ms) };
}

busContract('memory', async () => openMemoryBus(1000));

describe('Bus: memory', () => {
  test('a group that does not keep up makes publishing fail, for every group, until there is room', async () => {
    const opened = openMemoryBus(2);
    onTestFinished(() => opened.bus.close());
    const seen: string[] = [];
    const ready = Promise.withResolvers<void>();
    await opened.bus.subscribe(TOPIC, 'quick', async ({ message }) => void seen.push(message.id));
    await opened.bus.subscribe(TOPIC, 'slow', () => ready.promise);
    for (const id of ['1', '2']) await opened.bus.publish(TOPIC, 'k', request(id));
    await expect(opened.bus.publish(TOPIC, 'k', request('3'))).rejects.toMatchObject({ code: 'platform.queue-full' });
    ready.resolve();
    await opened.pass(1);
    await opened.bus.publish(TOPIC, 'k', request('4'));
    await until(opened, () => seen.length === 3, seen);
    expect(seen).toEqual(['1', '2', '4']);
  });

  test('a message that fails comes again after waits that double up to the longest', async () => {
    const { bus, clock } = openMemoryBus(10);
    onTestFinished(() => bus.close());
    const at: number[] = [];
    await bus.subscribe(TOPIC, 'g', async () => {
      at.push(clock.monotonic());
      throw new Error('never');
    });
    await bus.publish(TOPIC, 'k', request('1'));
    await clock.advance(4000);
    expect(at).toEqual([0, 100, 300, 700, 1500, 2500, 3500]);
  });

  test('a closed bus keeps no timer', async () => {
    const { bus, clock } = openMemoryBus(10);
    await bus.subscribe(TOPIC, 'g', () => Promise.reject(new Error('never')));
    await bus.publish(TOPIC, 'k', request('1'));
    await clock.advance(50);
    expect(clock.pending).toBe(1);
    await bus.close();
    expect(clock.pending).toBe(0);
  });

  test('a group gets what is published after its first subscription, and nothing from before', async () => {
    const opened = openMemoryBus(10);
    onTestFinished(() => opened.bus.close());
    const seen: string[] = [];
    await opened.bus.publish(TOPIC, 'k', request('before'));
    await opened.bus.subscribe(TOPIC, 'g', async ({ message }) => void seen.push(message.id));
    await opened.bus.publish(TOPIC, 'k', request('after'));
    await opened.pass(1000);
    expect(seen).toEqual(['after']);
  });
});
