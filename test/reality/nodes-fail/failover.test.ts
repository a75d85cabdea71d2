// A node loses its power or its network: its applications run elsewhere, or wait for it where nobody else may take them.
import { describe, expect, test } from 'vitest';
import { ON_FLEET, siteOf } from '../spine/site.ts';
import { expectFailover, POWER } from './node-blows.ts';

const site = siteOf(2);

describe('a node that', () => {
  test(
    'loses power is lost for that reason, its task runs elsewhere, and nothing of it is left when it is back',
    () => expectFailover(site, POWER),
    180_000,
  );

  test('comes back before anybody else could take its task goes on with the same container', async () => {
    const { story, servers } = site;
    const [only] = servers;
    if (!only) throw new Error('a fleet has servers');
    await story.create('adopted', 'ticker', { ...ON_FLEET, place: { labels: { number: '0' } } });
    const { id, tasks } = await story.running('adopted');
    await only.cut();
    await story.nodeIs(only.name, ({ state }) => state === 'lost');
    await only.restore();
    await story.nodeIs(only.name, ({ state }) => state === 'ready');
    const after = await story.running('adopted');
    expect([after.id, after.tasks.map((task) => task.id)]).toEqual([id, tasks.map((task) => task.id)]);
    await story.stop(id);
    await story.ended('adopted');
  }, 360_000);
});
