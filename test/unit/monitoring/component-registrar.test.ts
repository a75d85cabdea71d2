// How a process tells the others that it lives.
import { describe, expect, test } from 'vitest';
import { ComponentRegistrar, HEARTBEAT_MS } from '../../../src/monitoring/component-registrar.ts';
import { HoldUp } from '../../../src/monitoring/hold-up.ts';
import { ManualClock } from '../engine/manual-clock.ts';
import { monitoringWorld } from './monitoring-world.ts';

type World = Awaited<ReturnType<typeof monitoringWorld>>;

function registrar(world: World, run = 'r1') {
  const identity = {
    ...{ id: 'one', run, roles: ['scheduler' as const], machine: 'm1' },
    address: null,
    version: '1',
    pid: 7,
  };
  const seen = {
    state: 'running',
    sentence: 'Well.',
    backlog: 3,
    memoryBytes: 5,
    heldUpMs: 2,
    shards: { scheduler: 64 },
  } as const;
  return new ComponentRegistrar({ ...world, identity, look: () => seen });
}

async function shown({ store }: World) {
  return (await store.get('component', 'one'))?.doc;
}

describe('a process that registers', () => {
  test('stands in the list of components, and its heartbeat goes on', async () => {
    const world = await monitoringWorld();
    const own = registrar(world);
    await own.start();
    const first = await shown(world);
    expect(first).toMatchObject({ run: 'r1', state: 'running', backlog: 3, shards: { scheduler: 64 } });
    await world.clock.advance(HEARTBEAT_MS);
    await expect.poll(async () => (await shown(world))?.heartbeatAt).toBe((first?.heartbeatAt ?? 0) + HEARTBEAT_MS);
    expect(world.heartbeats.map(({ component }) => component)).toEqual(['one', 'one']);
    await own.close();
  });

  test('says that it stops, and is gone from the list when it has stopped', async () => {
    const world = await monitoringWorld();
    const own = registrar(world);
    await own.start();
    await own.stopping();
    expect(await shown(world)).toMatchObject({ state: 'stopping' });
    await own.close();
    expect(await shown(world)).toBeUndefined();
    expect(world.clock.pending).toBe(0);
  });

  test('takes the place of one of its name that died, which then says nothing any more', async () => {
    const world = await monitoringWorld();
    const former = registrar(world, 'r1');
    await former.start();
    await world.clock.advance(10);
    const later = registrar(world, 'r2');
    await later.start();
    await world.clock.advance(4 * HEARTBEAT_MS);
    await expect.poll(async () => (await shown(world))?.run).toBe('r2');
    await former.close();
    expect(await shown(world)).toMatchObject({ run: 'r2' });
    await later.close();
  });

  test('goes on when its document was taken away', async () => {
    const world = await monitoringWorld();
    const own = registrar(world);
    await own.start();
    const stored = await world.store.get('component', 'one');
    await world.store.delete('component', 'one', stored?.version ?? 0);
    await world.clock.advance(HEARTBEAT_MS);
    await expect.poll(() => shown(world)).toMatchObject({ run: 'r1' });
    await own.close();
  });
});

describe('a hold-up of the event loop', () => {
  test('is told to each reader once, by its length', async () => {
    const clock = new ManualClock();
    const holdUp = new HoldUp(clock);
    const [one, two] = [holdUp.reader(), holdUp.reader()];
    await clock.advance(1000);
    expect(one()).toBe(0);
    const monotonic = clock.monotonic.bind(clock);
    clock.monotonic = () => monotonic() + 3000;
    await clock.advance(250);
    expect(one()).toBe(3000);
    expect([one(), two()]).toEqual([0, 3000]);
    holdUp.close();
    expect(clock.pending).toBe(0);
  });
});
