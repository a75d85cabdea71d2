// Every page of the console in a real browser: it shows what it should to whom it should, has no faults of its own, and can be used by
// keyboard and screen reader (axe), at a desk, on a phone, and in the dark.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Look } from '../../world/browser.ts';
import { consoleWorld, type Person } from './console-world.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const world = consoleWorld();

/** Every page, with its heading; `:job` and the like are filled in. */
const PAGES: Readonly<Record<string, string | RegExp>> = {
  '/': 'Overview',
  '/applications': 'Applications',
  '/applications/shown': 'shown',
  '/applications/shown/compare/:before/:after': /./,
  '/instances': 'Instances',
  '/configure': /./,
  '/instances/daily': 'daily',
  '/jobs': 'Jobs',
  '/jobs/:job': /Job of shows/,
  '/timeline': 'Timeline',
  '/calendars': 'Calendars',
  '/sensors': 'Sensors',
  '/sensors/room-1': 'room-1',
  '/actions': 'Actions',
  '/nodes': 'Nodes',
  '/nodes/local': 'local',
  '/inbox': 'Inbox',
  '/events': 'Events',
  '/platform': 'Platform',
  '/administration': /./,
  '/administration/people': /./,
  '/administration/projects': /./,
  '/administration/tokens': /./,
  '/administration/audit': /./,
  '/administration/settings': /./,
  '/administration/secrets': /./,
  '/administration/channels': /./,
  '/administration/backup': /./,
  '/account': /./,
};

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

let fill: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  await world.fill();
  const [job] = await world.story.jobs('shows');
  const { packages } = await world.client.call('showApplication', { params: { application: 'shown' } });
  const [after, before] = packages.map(({ id }) => id);
  fill = { job: job?.id ?? '', before: before ?? '', after: after ?? '' };
}, 240_000);

function addressOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(fill[name] ?? ''));
}

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds on a page, one line each. */
async function barriersOn(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate('axe.run(document)')) as { violations: readonly Violation[] };
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
  );
}

describe.each<Look>(['desk', 'phone', 'dark'])('%s', (look) => {
  test('every page shows itself without a fault or a barrier', async () => {
    const { page, faults, context } = await world.signedIn('admin', look, true);
    const barriers: Record<string, string[]> = {};
    for (const [path, heading] of Object.entries(PAGES)) {
      await world.open(page, addressOf(path));
      const shown = await page.getByRole('heading', { level: 1 }).first().textContent();
      if (typeof heading === 'string') expect.soft(shown, path).toBe(heading);
      else expect.soft(shown, path).toMatch(heading);
      expect.soft(await page.getByRole('alert').count(), `an error on ${path}`).toBe(0);
      const found = await barriersOn(page);
      if (found.length > 0) barriers[path] = found;
      if (look === 'phone') expect.soft(await overhang(page), `${path} is wider than the phone`).toBeLessThanOrEqual(0);
      await world.keep(page, `${look}${path.replaceAll('/', '-')}`.replaceAll(':', ''));
    }
    expect(barriers).toEqual({});
    expect(faults.lines).toEqual([]);
    await context.close();
  }, 240_000);
});

/** How far a page sticks out of the screen, pixels. */
function overhang(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

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
  }, 120_000);
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
}, 60_000);
