// Every page of the console in a real browser: it shows itself without an error, has no faults of its own, and can be used by keyboard and
// screen reader (axe).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Look } from '../../world/browser.ts';
import { until } from '../../world/until.ts';
import type { ConsoleWorld } from './console-world.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

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

/** What stands in the addresses of pages. */
async function wordsOf(world: ConsoleWorld): Promise<Readonly<Record<string, string>>> {
  const [job] = await world.story.jobs('shows');
  const { packages } = await world.client.call('showApplication', { params: { application: 'shown' } });
  const [after, before] = packages.map(({ id }) => id);
  return { job: job?.id ?? '', before: before ?? '', after: after ?? '' };
}

function addressOf(path: string, fill: Readonly<Record<string, string>>): string {
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

/** Walks over all pages as an administrator; keeps a picture of each. */
export async function walkPages(world: ConsoleWorld, look: Look): Promise<void> {
  const fill = await wordsOf(world);
  const { page, faults, context } = await world.signedIn('admin', look, true);
  const barriers: Record<string, string[]> = {};
  for (const [path, heading] of Object.entries(PAGES)) {
    await world.open(page, addressOf(path, fill));
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
}

/** Walks over all pages whose answers stay away, but for who is looking. */
export async function walkWaitingPages(world: ConsoleWorld, look: Look): Promise<void> {
  const fill = await wordsOf(world);
  const { page, faults, context } = await world.signedIn('admin', look, true);
  let held = 0;
  await page.route('**/api/v1/**', (route) => {
    if (new URL(route.request().url()).pathname === '/api/v1/me') return route.continue();
    held++;
  });
  const barriers: Record<string, string[]> = {};
  for (const path of Object.keys(PAGES)) {
    held = 0;
    await page.goto(new URL(addressOf(path, fill), world.url).href);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await until(`${path} to ask for something`, 15_000, () => held > 0 || undefined);
    const found = await barriersOn(page);
    if (found.length > 0) barriers[path] = found;
  }
  expect(barriers).toEqual({});
  expect(faults.lines).toEqual([]);
  await context.close();
}

/** How far a page sticks out of the screen, pixels. */
function overhang(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
