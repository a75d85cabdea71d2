// What the engine does with what controllers throw.
import { describe, expect, test } from 'vitest';
import { BerthError } from '../../../src/model/errors.ts';
import { StoreConflict } from '../../../src/ports/store.ts';
import { aController, engineWorld } from './engine-world.ts';

describe('errors', () => {
  test('a key that fails is tried again after waits that double to a bound, and from the first again once it succeeded', async () => {
    const { engine, clock, logged } = engineWorld();
    const at: number[] = [];
    const begun = clock.now();
    const reconcile = async (_: string, now: number) => {
      at.push((now - begun) / 1000);
      if (at.length !== 6) throw new Error('broken');
      return now;
    };
    engine.register(aController({ reconcile }));
    await engine.start();
    engine.wake('t:x');
    await clock.advance(30_000);
    expect(at).toEqual([0, 1, 3, 7, 15, 23, 23, 24, 26, 30]);
    expect(logged[0]).toMatchObject({ level: 'error', fields: { key: 't:x', failures: 1 } });
    await engine.stop();
  });

  test('one key that fails does not hold up another', async () => {
    const { engine, clock } = engineWorld({ concurrency: 1 });
    const done: string[] = [];
    const reconcile = async (id: string) => {
      if (id === 'broken') throw new Error('broken');
      done.push(id);
      return null;
    };
    engine.register(aController({ reconcile }));
    await engine.start();
    engine.wake('t:broken');
    engine.wake('t:fine');
    await clock.advance(0);
    expect(done).toEqual(['fine']);
    await engine.stop();
  });

  test('a controller that throws before it promises anything is one that fails', async () => {
    const { engine, clock, logged } = engineWorld();
    let runs = 0;
    const reconcile = () => {
      if (++runs === 1) throw new Error('at once');
      return Promise.resolve(null);
    };
    engine.register(aController({ reconcile }));
    await engine.start();
    engine.wake('t:x');
    await clock.advance(1000);
    expect(runs).toBe(2);
    expect(logged).toHaveLength(1);
    await engine.stop();
  });

  test('a conflict is decided anew at once, silently; many in a row wait like errors', async () => {
    const { engine, clock, logged } = engineWorld();
    const at: number[] = [];
    const begun = clock.now();
    const reconcile = async (_: string, now: number) => {
      at.push(now - begun);
      if (at.length <= 7) throw new StoreConflict('ledger', 'n1');
      return null;
    };
    engine.register(aController({ reconcile }));
    await engine.start();
    engine.wake('t:x');
    await clock.advance(0);
    expect(at).toEqual([0, 0, 0, 0, 0, 0]);
    expect(logged).toHaveLength(1);
    await clock.advance(60_000);
    expect(at).toHaveLength(8);
    expect(at[6]).toBeGreaterThan(0);
    expect(logged.every(({ level }) => level === 'info')).toBe(true);
    await engine.stop();
  });

  test('errors that may pass by themselves are told as information, others as errors', async () => {
    const { engine, clock, logged } = engineWorld();
    const reconcile = async (id: string) => {
      throw id === 'passes'
        ? new BerthError('node.relay-failed', { host: 'h', port: 1, reason: 'r' })
        : new BerthError('request.invalid', { detail: 'd' });
    };
    engine.register(aController({ reconcile }));
    await engine.start();
    engine.wake('t:passes');
    engine.wake('t:stays');
    await clock.advance(0);
    expect(logged.map(({ level, fields }) => [fields?.key, level])).toEqual([
      ['t:passes', 'info'],
      ['t:stays', 'error'],
    ]);
    await engine.stop();
  });
});
