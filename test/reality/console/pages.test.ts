// The console in a real browser: every page at a desk (on a phone and in the dark: test/long/console-looks), and to each role what it may see.
import { beforeAll, describe, expect, test } from 'vitest';
import { consoleWorld, type Person } from './console-world.ts';
import { walkPages } from './page-walk.ts';

const world = consoleWorld();

/** What the navigation offers to each role. */
const OFFERED: Readonly<Record<Person, readonly string[]>> = {
  admin: [...work(), 'Sensors', 'Actions', 'Nodes', 'Inbox', 'Events', 'Platform', 'Administration'],
  dev: [...work(), 'Sensors', 'Actions', 'Nodes', 'Inbox', 'Events', 'Platform'],
  conf: [...work(), 'Sensors', 'Actions', 'Nodes', 'Inbox', 'Events', 'Platform'],
  viewer: [...work(), 'Sensors', 'Actions', 'Inbox', 'Events', 'Platform'],
  stranger: [...work(), 'Sensors', 'Actions', 'Nodes', 'Inbox', 'Events', 'Platform'],
};

function work(): readonly string[] {
  return ['Overview', 'Applications', 'Instances', 'Jobs', 'Timeline', 'Calendars'];
}

beforeAll(() => world.fill(), 720_000);

test('every page shows itself without a fault or a barrier', () => walkPages(world, 'desk'), 240_000);

describe.each(Object.keys(OFFERED) as Person[])('%s', (person) => {
  test('is offered the pages that the role may see, and no others; each opens', async () => {
    const { page, faults, context } = await world.signedIn(person);
    const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    await links.first().waitFor();
    const offered = (await links.allInnerTexts()).map((text) => text.split('\n')[0]?.trim());
    expect(offered.toSorted()).toEqual(OFFERED[person].toSorted());
    for (const name of offered) {
      await page
        .getByRole('navigation', { name: 'Pages' })
        .getByRole('link', { name: name ?? '', exact: false })
        .first()
        .click();
      await page.getByRole('heading', { level: 1, name: name ?? '' }).waitFor();
      expect.soft(await page.getByRole('alert').count(), `an error on ${name} for ${person}`).toBe(0);
    }
    expect(faults.lines).toEqual([]);
    await context.close();
  }, 360_000);
});

test('a page works by keyboard alone', async () => {
  const { page, context } = await world.signedIn('viewer');
  await world.open(page, '/jobs');
  const seen: string[] = [];
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    seen.push(
      await page.evaluate('document.activeElement?.textContent?.trim() || document.activeElement?.ariaLabel || ""'),
    );
  }
  expect(seen).toEqual(expect.arrayContaining(['Overview', 'Jobs', 'runs']));
  await page.getByRole('link', { name: 'runs' }).first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Job of runs' }).waitFor();
  await context.close();
}, 180_000);
