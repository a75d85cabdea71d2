// What every Bus must do.
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { DeployRequest } from '../../src/model/message.ts';
import { SHARDS } from '../../src/model/shard.ts';
import type { Bus } from '../../src/ports/bus.ts';

/** A bus, and how its time passes while a test waits for a delivery. */
export interface OpenedBus {
  readonly bus: Bus;
  readonly pass: (ms: number) => Promise<void>;
}

/** A bus that processes share, and how another process opens it. */
export interface SharedBus extends OpenedBus {
  readonly another: () => Promise<Bus>;
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
    following(() => opened);
    lagging(() => opened);
    ending(() => opened);
    test('a process that is alone is proposed every shard of a role', async () => {
      const proposals: (readonly number[])[] = [];
      const leave = await opened.bus.share('nodes', (shards) => proposals.push(shards));
      await until(opened, () => proposals.length > 0, proposals);
      expect(proposals.at(-1)).toEqual(ALL_SHARDS);
      await leave();
    });
  });
}

/** What every Bus must do that several processes share. */
export function sharedBusContract(name: string, open: () => Promise<SharedBus>): void {
  describe(`Bus of several processes: ${name}`, () => {
    let opened: SharedBus;
    let other: Bus;
    beforeEach(async () => {
      opened = await open();
      other = await opened.another();
      onTestFinished(async () => {
        await Promise.all([opened.bus.close(), other.close()]);
      });
    });
    sharing(() => ({ opened, other }));
    takingOver(() => ({ opened, other }));
  });
}

const ALL_SHARDS = Array.from({ length: SHARDS }, (_, shard) => shard);

function sharing(world: () => { opened: SharedBus; other: Bus }): void {
  test('the shards of a role are proposed to one process each, and to the other when one leaves', async () => {
    const { opened, other } = world();
    const proposals = { mine: [] as readonly number[], theirs: [] as readonly number[] };
    await opened.bus.share('nodes', (shards) => {
      proposals.mine = shards;
    });
    const leave = await other.share('nodes', (shards) => {
      proposals.theirs = shards;
    });
    await until(opened, () => proposals.mine.length === SHARDS / 2, proposals);
    expect([...proposals.mine, ...proposals.theirs].toSorted((a, b) => a - b)).toEqual(ALL_SHARDS);
    await leave();
    await until(opened, () => proposals.mine.length === SHARDS, proposals);
  });

  test('roles are shared apart from each other', async () => {
    const { opened, other } = world();
    const proposals = { nodes: [] as readonly number[], servers: [] as readonly number[] };
    await opened.bus.share('nodes', (shards) => {
      proposals.nodes = shards;
    });
    await other.share('servers', (shards) => {
      proposals.servers = shards;
    });
    await until(opened, () => proposals.servers.length === SHARDS, proposals);
    expect(proposals).toEqual({ nodes: ALL_SHARDS, servers: ALL_SHARDS });
  });
}

function takingOver(world: () => { opened: SharedBus; other: Bus }): void {
  test('a process that follows gets what another publishes', async () => {
    const { opened, other } = world();
    const seen: string[] = [];
    await other.follow(TOPIC, async ({ message }) => void seen.push(message.id));
    await opened.bus.publish(TOPIC, 'k', request('1'));
    await until(opened, () => seen.length === 1, seen);
  });

  test('a group of two processes handles every message once in quiet times, and all of it when one leaves', async () => {
    const { opened, other } = world();
    const seen: string[] = [];
    const leave = await other.subscribe(TOPIC, 'g', async ({ message }) => void seen.push(message.id));
    await opened.bus.subscribe(TOPIC, 'g', async ({ message }) => void seen.push(message.id));
    await opened.pass(1000);
    const ids = Array.from({ length: 40 }, (_, index) => String(index));
    for (const id of ids) await opened.bus.publish(TOPIC, `key ${id}`, request(id));
    await until(opened, () => seen.length >= 40, seen);
    expect(seen.toSorted()).toEqual(ids.toSorted());
    await leave();
    for (const id of ids) await opened.bus.publish(TOPIC, `key ${id}`, request(`${id} again`));
    await until(opened, () => new Set(seen).size === 80, seen);
  });
}

function following(opened: () => OpenedBus): void {
  test('all that follow get everything that is published from then on, in the order of each key', async () => {
    const seen: Record<string, string[]> = { a: [], b: [] };
    await opened().bus.publish(TOPIC, 'k', request('before'));
    for (const name of ['a', 'b'])
      await opened().bus.follow(TOPIC, async ({ message }) => void seen[name]?.push(message.id));
    for (const id of ['1', '2', '3']) await opened().bus.publish(TOPIC, 'k', request(id));
    await until(opened(), () => seen.a?.length === 3 && seen.b?.length === 3, seen);
    expect(seen).toEqual({ a: ['1', '2', '3'], b: ['1', '2', '3'] });
  });

  test('one that follows and rejects is not asked again, and gets what comes next', async () => {
    const seen: string[] = [];
    const leave = await opened().bus.follow(TOPIC, async ({ message }) => {
      seen.push(message.id);
      if (message.id === '1') throw new Error('cannot');
    });
    for (const id of ['1', '2']) await opened().bus.publish(TOPIC, 'k', request(id));
    await until(opened(), () => seen.includes('2'), seen);
    expect(seen).toEqual(['1', '2']);
    await leave();
    await opened().bus.publish(TOPIC, 'k', request('3'));
    await opened().pass(100);
    expect(seen).toEqual(['1', '2']);
  });
}

function lagging(opened: () => OpenedBus): void {
  test('how far a group is behind is what was published and is not handled', async () => {
    const ready = Promise.withResolvers<void>();
    await opened().bus.subscribe(TOPIC, 'g', () => ready.promise);
    for (const id of ['1', '2', '3']) await opened().bus.publish(TOPIC, 'k', request(id));
    expect(await opened().bus.lag()).toEqual([{ topic: TOPIC, group: 'g', waiting: 3 }]);
    ready.resolve();
    let waiting: number | undefined;
    for (let tries = 0; tries < 200 && waiting !== 0; tries++) {
      await opened().pass(20);
      waiting = (await opened().bus.lag())[0]?.waiting;
    }
    expect(waiting).toBe(0);
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
      const leave = await bus.subscribe(TOPIC, end, async ({ message }) => {
        // A group may get what is older than it.
        if (message.id !== end) return;
        seen.push('begun');
        await handling.promise;
        seen.push('done');
      });
      await bus.publish(TOPIC, end, request(end));
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
