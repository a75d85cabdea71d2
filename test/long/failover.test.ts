// What else happens to nodes than the loss of power: dead engine, dead SSH, frozen, cut off, full disk; each is told for what it is.
import { describe, expect, test } from 'vitest';
import { expectFailover, OTHER_BLOWS } from '../reality/nodes-fail/node-blows.ts';
import { ON_FLEET, siteOf } from '../reality/spine/site.ts';
import { startServer } from '../world/fleet.ts';

const site = siteOf(3);

describe('a node that', () => {
  test.each(OTHER_BLOWS)(
    '$what is lost for that reason, its task runs elsewhere, and nothing of it is left when it is back',
    (blow) => expectFailover(site, blow),
    180_000,
  );

  test('has a full disk takes nothing new, says so, and takes tasks again when there is room', async () => {
    const { story } = site;
    const small = await startServer({ diskBytes: 3 * 2 ** 30 });
    try {
      await story.addNode(small, { small: 'yes' });
      const on = { ...ON_FLEET, place: { labels: { small: 'yes' } } };
      await story.create('before-full', 'ticker', on);
      const { id } = await story.running('before-full');
      await small.fillDisk();
      await story.nodeIs(small.name, ({ pressure }) => pressure === 'disk');
      await story.create('while-full', 'results', on);
      const waiting = await story.jobOf('while-full', ({ state }) => state === 'waiting');
      expect(waiting.reason).toMatch(/disk/);
      expect((await story.running('before-full')).id).toBe(id);
      await small.freeDisk();
      await story.nodeIs(small.name, ({ pressure }) => pressure === null);
      expect((await story.ended('while-full')).state).toBe('succeeded');
    } finally {
      await story.client.call('removeNode', { params: { node: small.name } });
      await small.destroy();
    }
  }, 540_000);
});
