// Sweeps, stopping, and wake-ups by writes.
import { describe, expect, test } from 'vitest';
import { aLedger } from '../../contracts/store-documents.ts';
import { aController, engineWorld, settling, unsettled } from './engine-world.ts';

describe('sweeps', () => {
  test('the start looks at everything that is not settled, when it is due', async () => {
    const { engine, clock } = engineWorld();
    const seen: string[] = [];
    const begun = clock.now();
    const sweep = () =>
      unsettled([
        { id: 'past', at: 0 },
        { id: 'soon', at: begun + 1000 },
      ]);
    engine.register(aController({ sweep, reconcile: settling((id) => seen.push(id)) }));
    await engine.start();
    await clock.advance(0);
    expect(seen).toEqual(['past']);
    await clock.advance(1000);
    expect(seen).toEqual(['past', 'soon']);
    await engine.stop();
  });

  test('sweeps alone are enough: with every wake-up lost, all work is done', async () => {
    const { engine, clock } = engineWorld();
    const work = new Map<string, number>();
    const sweep = () => unsettled([...work.keys()].map((id) => ({ id, at: 0 })));
    const reconcile = async (id: string) => {
      const left = (work.get(id) ?? 0) - 1;
      if (left > 0) work.set(id, left);
      else work.delete(id);
      return null;
    };
    engine.register(aController({ sweep, reconcile }));
    await engine.start();
    work.set('a', 1);
    work.set('b', 3);
    await clock.advance(60_000);
    expect(work).toEqual(new Map([['b', 2]]));
    await clock.advance(120_000);
    expect(work.size).toBe(0);
    await engine.stop();
  });

  test('a sweep that fails is told of, and the next one follows', async () => {
    const { engine, clock, logged } = engineWorld();
    let sweeps = 0;
    const seen: string[] = [];
    const sweep = () => {
      if (++sweeps === 2) throw new Error('the store is away');
      return unsettled(sweeps === 3 ? [{ id: 'x', at: 0 }] : []);
    };
    engine.register(aController({ sweep, reconcile: settling((id) => seen.push(id)) }));
    await engine.start();
    await clock.advance(60_000);
    expect(logged).toMatchObject([{ level: 'error', message: expect.stringContaining('sweep') }]);
    await clock.advance(60_000);
    expect(seen).toEqual(['x']);
    await engine.stop();
  });

  test('the sweep of one controller that fails does not keep the others from theirs', async () => {
    const { engine, clock } = engineWorld();
    let broken = false;
    const seen: string[] = [];
    const sweep = () => {
      if (broken) throw new Error('broken');
      return unsettled([]);
    };
    engine.register(aController({ prefix: 'broken', sweep, reconcile: async () => null }));
    const fine = () => unsettled(broken ? [{ id: 'x', at: 0 }] : []);
    engine.register(aController({ prefix: 'fine', sweep: fine, reconcile: settling((id) => seen.push(id)) }));
    await engine.start();
    broken = true;
    await clock.advance(60_000);
    expect(seen).toEqual(['x']);
    await engine.stop();
  });
});

describe('stopping', () => {
  test('waits for what runs, starts nothing more and leaves no timer', async () => {
    const { engine, clock } = engineWorld({ concurrency: 1 });
    const gate = Promise.withResolvers<null>();
    const seen: string[] = [];
    const reconcile = (id: string) => {
      seen.push(id);
      return gate.promise;
    };
    engine.register(aController({ reconcile }));
    await engine.start();
    engine.wake('t:running');
    engine.wake('t:waiting');
    engine.alarm('t:later', clock.now() + 1000);
    let stopped = false;
    const stopping = engine.stop().then(() => (stopped = true));
    engine.wake('t:running');
    await clock.advance(5000);
    expect(stopped).toBe(false);
    gate.resolve(null);
    await stopping;
    await clock.advance(200_000);
    expect(seen).toEqual(['running']);
    expect(clock.pending).toBe(0);
  });

  test('waits for a sweep that reads, which reads no further', async () => {
    const { engine, clock, logged } = engineWorld();
    const gate = Promise.withResolvers<void>();
    let sweeps = 0;
    let read = 0;
    async function* sweep() {
      if (++sweeps === 2) await gate.promise;
      yield { id: 'x', at: 0 };
      read++;
    }
    let runs = 0;
    engine.register(aController({ sweep, reconcile: settling(() => runs++) }));
    await engine.start();
    await clock.advance(60_000);
    let stopped = false;
    const stopping = engine.stop().then(() => (stopped = true));
    await clock.advance(1000);
    expect(stopped).toBe(false);
    gate.resolve();
    await stopping;
    await clock.advance(200_000);
    expect({ runs, sweeps, read, pending: clock.pending, logged }).toEqual({
      runs: 1,
      sweeps: 2,
      read: 1,
      pending: 0,
      logged: [],
    });
  });

  test('stopping twice, or before the start, is no error', async () => {
    const { engine } = engineWorld();
    await engine.stop();
    await engine.stop();
  });
});

describe('writes', () => {
  test('a written document wakes what the controllers watch it for; a deleted one nobody', async () => {
    const { engine, clock } = engineWorld();
    const seen: string[] = [];
    const watches = { ledger: ({ id, claim }: { id: string; claim: string | null }) => [id, claim ?? 'unclaimed'] };
    engine.register(aController({ watches, reconcile: settling((id) => seen.push(id)) }));
    engine.register(aController({ prefix: 'blind', reconcile: settling((id) => seen.push(id)) }));
    await engine.start();
    engine.written('ledger', aLedger('n1', 'j'));
    engine.written('ledger', undefined);
    await clock.advance(0);
    expect(seen).toEqual(['n1', 'j']);
    await engine.stop();
  });
});
