// What every Bus must do.
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Bus, DeployRequest } from '../../src/ports/bus.ts';

/** A bus, and how its time passes while a test waits for a delivery. */
export interface OpenedBus {
  readonly bus: Bus;
  readonly pass: (ms: number) => Promise<void>;
}

const TOPIC = 'berth.deploy.requests';

/** Runs the contract. */
export function busContract(name: string, open: () => Promise<OpenedBus>): void {
  describe(`Bus: ${name}`, () => {
    let opened: OpenedBus;
    beforeEach(async () => {
      opened = await open();
      const { bus } = opened;
      onTestFinished(() => bus.close());
    });
    delivering(() => opened);
    redelivering(() => opened);
    ending(() => opened);
  });
}

function delivering(opened: () => OpenedBus): void {
  test('a message arrives as it was published, with its key', async () => {
    const seen: unknown[] = [];
    await opened().bus.subscribe(TOPIC, 'g', async (delivery) => void seen.push(delivery));
    await opened().bus.publish(TOPIC, 'k', request('1'));
    await until(opened(), () => seen.length === 1, seen);
    expect(seen).toEqual([{ key: 'k', message: request('1') }]);
  });

  test('messages of one key arrive in their order, one at a time', async () => {
    const seen: string[] = [];
    let running = 0;
    await opened().bus.subscribe(TOPIC, 'g', async ({ message }) => {
      expect(++running).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(message.id);
      running--;
    });
    const ids = Array.from({ length: 50 }, (_, index) => String(index));
    for (const id of ids) await opened().bus.publish(TOPIC, 'k', request(id));
    await until(opened(), () => seen.length === ids.length, seen);
    expect(seen).toEqual(ids);
  });

  test('every group gets every message, one subscriber of each', async () => {
    const seen: string[] = [];
    for (const name of ['a1', 'a2', 'b1']) {
      await opened().bus.subscribe(TOPIC, name.slice(0, 1), async ({ message }) => {
        seen.push(`${name.slice(0, 1)}:${message.id}`);
      });
    }
    const ids = Array.from({ length: 20 }, (_, index) => String(index));
    for (const id of ids) await opened().bus.publish(TOPIC, `key ${id}`, request(id));
    await until(opened(), () => seen.length >= 40, seen);
    expect(seen.toSorted()).toEqual(ids.flatMap((id) => [`a:${id}`, `b:${id}`]).toSorted());
  });

  test('what a subscriber does to a message changes it for nobody else', async () => {
    const seen: string[] = [];
    for (const group of ['a', 'b']) {
      await opened().bus.subscribe(TOPIC, group, async ({ message }) => {
        seen.push(message.reason);
        Reflect.set(message, 'reason', 'changed');
      });
    }
    await opened().bus.publish(TOPIC, 'k', request('1'));
    await until(opened(), () => seen.length === 2, seen);
    expect(seen).toEqual(['because', 'because']);
  });

  test('publishing to nobody is accepted', async () => {
    await opened().bus.publish(TOPIC, 'k', request('1'));
  });
}

function redelivering(opened: () => OpenedBus): void {
  test('a message whose handler rejects comes again, before the next of its key', async () => {
    const seen: string[] = [];
    await opened().bus.subscribe(TOPIC, 'g', async ({ message }) => {
      seen.push(message.id);
      if (seen.length < 3) throw new Error('not yet');
    });
    await opened().bus.publish(TOPIC, 'k', request('1'));
    await opened().bus.publish(TOPIC, 'k', request('2'));
    await until(opened(), () => seen.includes('2'), seen);
    expect(seen).toEqual(['1', '1', '1', '2']);
  });

  test('a message that is never handled holds up its own key alone', async () => {
    const seen: string[] = [];
    let failures = 0;
    await opened().bus.subscribe(TOPIC, 'g', async ({ key, message }) => {
      if (key === 'broken') {
        failures++;
        throw new Error('never');
      }
      seen.push(message.id);
    });
    await opened().bus.publish(TOPIC, 'broken', request('0'));
    for (const id of ['1', '2', '3']) await opened().bus.publish(TOPIC, 'k', request(id));
    await until(opened(), () => seen.length === 3 && failures > 2, { seen, failures });
    expect(seen).toEqual(['1', '2', '3']);
  });

  test('a handler that throws before it promises anything is one that rejects', async () => {
    let calls = 0;
    await opened().bus.subscribe(TOPIC, 'g', () => {
      if (++calls === 1) throw new Error('at once');
      return Promise.resolve();
    });
    await opened().bus.publish(TOPIC, 'k', request('1'));
    await until(opened(), () => calls === 2, calls);
  });
}

function ending(opened: () => OpenedBus): void {
  test('a subscriber that left gets nothing more; another of its group gets what it had not handled', async () => {
    const seen: string[] = [];
    const leave = await opened().bus.subscribe(TOPIC, 'g', async () => {
      seen.push('first');
      throw new Error('cannot');
    });
    await opened().bus.publish(TOPIC, 'k', request('1'));
    await until(opened(), () => seen.includes('first'), seen);
    await leave();
    const before = seen.length;
    await opened().bus.publish(TOPIC, 'other', request('2'));
    await opened().bus.subscribe(TOPIC, 'g', async ({ message }) => void seen.push(message.id));
    await until(opened(), () => seen.includes('1') && seen.includes('2'), seen);
    expect(seen.slice(before).toSorted()).toEqual(['1', '2']);
  });

  test('leaving and closing wait for what is being handled', async () => {
    for (const end of ['leave', 'close'] as const) {
      const { bus } = opened();
      const handling = Promise.withResolvers<void>();
      const seen: string[] = [];
      const leave = await bus.subscribe(TOPIC, end, async () => {
        seen.push('begun');
        await handling.promise;
        seen.push('done');
      });
      await bus.publish(TOPIC, end, request('1'));
      await until(opened(), () => seen.includes('begun'), seen);
      const ended = (end === 'leave' ? leave() : bus.close()).then(() => seen.push('ended'));
      await opened().pass(50);
      expect(seen).toEqual(['begun']);
      handling.resolve();
      await ended;
      expect(seen).toEqual(['begun', 'done', 'ended']);
    }
  });

  test('a closed bus takes nothing, and closing it again is no error', async () => {
    const { bus } = opened();
    await bus.close();
    await bus.close();
    await expect(bus.publish(TOPIC, 'k', request('1'))).rejects.toThrow('closed');
    await expect(bus.subscribe(TOPIC, 'g', async () => undefined)).rejects.toThrow('closed');
  });
}

/** A request for the start of a job. */
export function request(id: string): DeployRequest {
  const job = { instance: 'i', job: 'i.m1', machine: 'shared' as const };
  return { id, command: 'start', ...job, reason: 'because', requestedAt: 1 };
}

/** Lets time pass until something is so; reports what was seen when it does not become so. */
export async function until({ pass }: OpenedBus, so: () => boolean, seen: unknown): Promise<void> {
  for (let tries = 0; tries < 500 && !so(); tries++) await pass(20);
  if (!so()) throw new Error(`It did not come to that; seen: ${JSON.stringify(seen)}`);
}
