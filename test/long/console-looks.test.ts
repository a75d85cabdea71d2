// The console on a phone and in the dark: every page, as test/reality/console has it at a desk.
import { beforeAll, describe, test } from 'vitest';
import { consoleWorld } from '../reality/console/console-world.ts';
import { walkPages, walkWaitingPages } from '../reality/console/page-walk.ts';
import type { Look } from '../world/browser.ts';

const world = consoleWorld();

beforeAll(() => world.fill(), 720_000);

describe.each<Look>(['phone', 'dark'])('%s', (look) => {
  test('every page shows itself without a fault or a barrier', () => walkPages(world, look), 240_000);

  test('every page that waits for its answers has no barrier', () => walkWaitingPages(world, look), 240_000);
});
