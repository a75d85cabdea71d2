// The platform's own logs: kept together, found again, and never more than was agreed.
import { describe, expect, test } from 'vitest';
import { ComponentLogKeeper } from '../../../src/monitoring/component-log-keeper.ts';
import { type ComponentLogQuery, searchComponentLogs } from '../../../src/monitoring/component-log-reads.ts';
import { ComponentLogSweep } from '../../../src/monitoring/component-log-sweep.ts';
import { monitoringWorld } from './monitoring-world.ts';

const line = (at: number, level: string, message: string, fields?: object) =>
  `${JSON.stringify({ level, time: new Date(at).toISOString(), ...(fields ? { fields } : {}), message })}\n`;

async function world() {
  const made = await monitoringWorld();
  const keeper = (component: string) => new ComponentLogKeeper({ clock: made.clock, component, run: 'r1' });
  const search = async (over: Partial<ComponentLogQuery> = {}) => {
    const all = { component: undefined, level: 'debug', text: '', since: 0, until: 9e12, limit: 1000 } as const;
    return searchComponentLogs(made.store, { ...all, ...over });
  };
  const messages = async (over: Partial<ComponentLogQuery> = {}) =>
    (await search(over)).items.map(({ message }) => message);
  return { ...made, keeper, search, messages };
}

describe('lines of a log', () => {
  test('that come before the store is there are stored as soon as it is', async () => {
    const { keeper, store, clock, messages } = await world();
    const own = keeper('one');
    own.write(line(clock.now(), 'info', 'early'));
    own.attach(store);
    own.write(line(clock.now(), 'info', 'later'));
    await own.close();
    expect(await messages()).toEqual(['early', 'later'].toReversed());
  });

  test('are stored together after a few seconds, and nothing is while there are none', async () => {
    const { keeper, store, clock } = await world();
    const own = keeper('one');
    own.attach(store);
    for (let number = 0; number < 100; number++) own.write(line(clock.now(), 'info', String(number)));
    await clock.advance(5000);
    await expect.poll(() => store.count('componentLog', {})).toBe(1);
    await clock.advance(60_000);
    expect(await store.count('componentLog', {})).toBe(1);
    await own.close();
    expect(clock.pending).toBe(0);
  });

  test('are dropped, the oldest first, while the store takes none; how many is told', async () => {
    const { keeper, store, clock, messages } = await world();
    const own = keeper('one');
    const long = 'x'.repeat(2000);
    for (let number = 0; number < 1000; number++) own.write(line(clock.now(), 'info', `${number} ${long}`));
    own.attach(store);
    await own.close();
    const found = await messages();
    expect(found.length).toBeLessThan(600);
    expect(found[0]?.startsWith('999 ')).toBe(true);
    expect(found.filter((text) => text.includes('lines before this one were dropped'))).toHaveLength(1);
  });

  test('are found by component, level, text and time', async () => {
    const { keeper, store, clock, messages, search } = await world();
    const now = clock.now();
    for (const name of ['one', 'two']) {
      const own = keeper(name);
      own.attach(store);
      own.write(line(now, 'info', `${name} begins`));
      own.write(line(now + 1, 'error', `${name} failed`, { code: 'x.BROKEN' }));
      own.write('no JSON at all\n');
      await own.close();
    }
    expect(await messages({ component: 'one', level: 'error' })).toEqual(['one failed']);
    expect(await messages({ text: 'broken' })).toEqual(['two failed', 'one failed']);
    expect(await messages({ until: now, level: 'info', component: 'two' })).toEqual(['no JSON at all', 'two begins']);
    expect(await messages({ since: now + 2 })).toEqual([]);
    expect(await search({ limit: 2 })).toMatchObject({ isWhole: false, items: [{}, {}] });
    expect((await search({ text: 'two failed' })).items).toMatchObject([
      { component: 'two', fields: { code: 'x.BROKEN' } },
    ]);
  });

  test('go when they are old, or more than may be kept', async () => {
    const { keeper, store, clock, messages } = await world();
    for (const name of ['a', 'b', 'c']) {
      const own = keeper(name);
      own.attach(store);
      own.write(line(clock.now(), 'info', name.repeat(1000)));
      await own.close();
      await clock.advance(1000);
    }
    const limits = { maxAgeMs: 100_000, maxBytes: 2500, everyMs: 1 };
    await new ComponentLogSweep(store, limits).reconcile('all', clock.now());
    expect((await messages()).map((text) => text[0])).toEqual(['c', 'b']);
    await clock.advance(200_000);
    await new ComponentLogSweep(store, limits).reconcile('all', clock.now());
    expect(await messages()).toEqual([]);
  });
});
