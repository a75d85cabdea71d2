// When keys run, and how often.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aController, engineWorld, settling } from './engine-world.ts';

describe('runs', () => {
  test('a key that is woken is reconciled with its id and the present time; its controller is found by its prefix', async () => {
    const { engine, clock } = engineWorld();
    const seen: unknown[] = [];
    const reconcile = (prefix: string) => async (id: string, now: number) => {
      seen.push([prefix, id, now]);
      return null;
    };
    engine.register(aController({ prefix: 'job', reconcile: reconcile('job') }));
    engine.register(aController({ prefix: 'task', reconcile: reconcile('task') }));
    await engine.start();
    engine.wake('job:a:b');
    engine.wake('task:c');
    engine.wake('nobody:d');
    await clock.advance(0);
    expect(seen).toEqual([
      ['job', 'a:b', clock.now()],
      ['task', 'c', clock.now()],
    ]);
    await engine.stop();
  });

  test('a key woken often before it runs, runs once', async () => {
    const { engine, clock } = engineWorld();
    let runs = 0;
    engine.register(aController({ reconcile: settling(() => runs++) }));
    for (let times = 0; times < 5; times++) engine.wake('t:x');
    await engine.start();
    await clock.advance(0);
    expect(runs).toBe(1);
    await engine.stop();
  });

  test('a key runs once at a time; woken while it runs, however often, it runs once more', async () => {
    const { engine, clock } = engineWorld();
    const gates = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
    let runs = 0;
    engine.register(aController({ reconcile: () => gates[runs++]?.promise ?? Promise.resolve(null) }));
    await engine.start();
    engine.wake('t:x');
    for (let times = 0; times < 5; times++) engine.wake('t:x');
    await clock.advance(0);
    expect(runs).toBe(1);
    gates[0]?.resolve(null);
    await clock.advance(0);
    expect(runs).toBe(2);
    gates[1]?.resolve(null);
    await clock.advance(0);
    expect(runs).toBe(2);
    await engine.stop();
  });

  test('others get their turn before very many keys that never wait for anything have all run', async () => {
    const { engine, clock } = engineWorld();
    let runs = 0;
    let before = -1;
    engine.register(aController({ reconcile: settling(() => runs++) }));
    await engine.start();
    for (let key = 0; key < 1000; key++) engine.wake(`t:${key}`);
    clock.after(0, () => {
      before = runs;
    });
    await clock.advance(0);
    expect(before).toBeLessThan(300);
    expect(runs).toBe(1000);
    await engine.stop();
  });

  test('a key that wakes itself while it runs, runs again', async () => {
    const { engine, clock } = engineWorld();
    let runs = 0;
    const reconcile = async () => {
      if (++runs < 4) engine.wake('t:x');
      return null;
    };
    engine.register(aController({ reconcile }));
    await engine.start();
    engine.wake('t:x');
    await clock.advance(0);
    expect(runs).toBe(4);
    await engine.stop();
  });

  test('no more keys run at a time than allowed, and all get their turn', async () => {
    const { engine, clock } = engineWorld({ concurrency: 3 });
    let running = 0;
    let most = 0;
    const done: string[] = [];
    const reconcile = async (id: string) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => clock.after(10, () => resolve(null)));
      running--;
      done.push(id);
      return null;
    };
    engine.register(aController({ reconcile }));
    await engine.start();
    for (let index = 0; index < 10; index++) engine.wake(`t:${index}`);
    expect(engine.backlog()).toMatchObject({ running: 3, waiting: 7 });
    await clock.advance(100);
    expect(most).toBe(3);
    expect(done).toHaveLength(10);
    await engine.stop();
  });

  test('keys whose alarms ring at the same instant run in their order, earlier instants first', async () => {
    const { engine, clock } = engineWorld({ concurrency: 2 });
    const ran: string[] = [];
    engine.register(aController({ reconcile: settling((id) => ran.push(id)) }));
    await engine.start();
    for (const id of ['c', 'a', 'd', 'b']) engine.alarm(`t:${id}`, clock.now() + 20);
    engine.alarm('t:z', clock.now() + 10);
    clock.jump(20);
    await clock.advance(20);
    expect(ran).toEqual(['z', 'a', 'b', 'c', 'd']);
    await engine.stop();
  });

  test('keys that are woken while others wait get their turn, those that ran before as well', async () => {
    const { engine, clock } = engineWorld({ concurrency: 2 });
    const ran: string[] = [];
    const reconcile = async (id: string) => {
      ran.push(id);
      await Promise.resolve();
      if (ran.length <= 100) for (const other of [ran.length, ran.length + 1]) engine.wake(`t:${other % 30}`);
      return null;
    };
    engine.register(aController({ reconcile }));
    await engine.start();
    engine.wake('t:0');
    await clock.advance(0);
    expect(engine.backlog()).toMatchObject({ waiting: 0, running: 0 });
    expect(new Set(ran).size).toBe(30);
    await engine.stop();
  });

  test('what is woken before the start waits for it; what is woken after the stop does not run', async () => {
    const { engine, clock } = engineWorld();
    let runs = 0;
    engine.register(aController({ reconcile: settling(() => runs++) }));
    engine.wake('t:x');
    await clock.advance(1000);
    expect(runs).toBe(0);
    await engine.start();
    await clock.advance(0);
    expect(runs).toBe(1);
    await engine.stop();
    engine.wake('t:x');
    engine.alarm('t:x', clock.now());
    await clock.advance(200_000);
    expect(runs).toBe(1);
  });
});

describe('alarms', () => {
  test('a key is looked at again when it asked for, and not before', async () => {
    const { engine, clock } = engineWorld();
    const at: number[] = [];
    const begun = clock.now();
    const reconcile = async (_: string, now: number) => {
      at.push(now - begun);
      return at.length < 3 ? now + 1000 : null;
    };
    engine.register(aController({ reconcile }));
    await engine.start();
    engine.wake('t:x');
    await clock.advance(20_000);
    expect(at).toEqual([0, 1000, 2000]);
    expect(engine.backlog()).toEqual({ waiting: 0, running: 0, alarms: 0 });
    await engine.stop();
  });

  test('of several alarms of a key the earliest is kept, and it rings once', async () => {
    const { engine, clock } = engineWorld();
    const at: number[] = [];
    const begun = clock.now();
    engine.register(aController({ reconcile: settling((_, now) => at.push(now - begun)) }));
    await engine.start();
    for (const delay of [5000, 2000, 9000]) engine.alarm('t:x', begun + delay);
    await clock.advance(20_000);
    expect(at).toEqual([2000]);
    await engine.stop();
  });

  test('an alarm set while the key runs is kept when the run asks for a later one', async () => {
    const { engine, clock } = engineWorld();
    const at: number[] = [];
    const begun = clock.now();
    const reconcile = async (_: string, now: number) => {
      at.push(now - begun);
      if (at.length > 1) return null;
      engine.alarm('t:x', begun + 1000);
      return begun + 5000;
    };
    engine.register(aController({ reconcile }));
    await engine.start();
    engine.wake('t:x');
    await clock.advance(20_000);
    expect(at).toEqual([0, 1000]);
    await engine.stop();
  });

  test('a run forgets the alarm that it was woken before', async () => {
    const { engine, clock } = engineWorld();
    let runs = 0;
    engine.register(aController({ reconcile: settling(() => runs++) }));
    await engine.start();
    engine.alarm('t:x', clock.now() + 5000);
    engine.wake('t:x');
    await clock.advance(20_000);
    expect(runs).toBe(1);
    await engine.stop();
  });

  test('alarms ring by the wall clock, when it jumps too', async () => {
    const { engine, clock } = engineWorld();
    let runs = 0;
    engine.register(aController({ reconcile: settling(() => runs++) }));
    await engine.start();
    engine.alarm('t:x', clock.now() + 3_600_000);
    clock.jump(3_600_000);
    await clock.advance(0);
    expect(runs).toBe(1);
    await engine.stop();
  });

  test('whatever is asked for, each key runs at the earliest of its alarms', async () => {
    const ask = fc.record({ key: fc.constantFrom('t:a', 't:b', 't:c'), delay: fc.integer({ min: 0, max: 50 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { minLength: 1, maxLength: 20 }), async (asks) => {
        const { engine, clock } = engineWorld();
        const begun = clock.now();
        const first = new Map<string, number>();
        engine.register(aController({ reconcile: settling((id, now) => first.set(`t:${id}`, now - begun)) }));
        await engine.start();
        for (const { key, delay } of asks) engine.alarm(key, begun + delay);
        await clock.advance(100);
        for (const [key, of] of Map.groupBy(asks, ({ key }) => key)) {
          expect(first.get(key)).toBe(Math.min(...of.map(({ delay }) => delay)));
        }
        await engine.stop();
      }),
      { numRuns: 30 },
    );
  });
});
