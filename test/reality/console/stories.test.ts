// What each role comes for, told in a real browser against the real platform with real containers.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../world/fleet.ts';
import { until } from '../../world/until.ts';
import { consoleWorld, PASSWORD } from './console-world.ts';
import { MARKUP, zipOf } from './shown-application.ts';

const world = consoleWorld();

async function dropZip(page: Page, name: string, contents: Buffer): Promise<void> {
  const path = join(world.platform.directory, name);
  await writeFile(path, contents);
  await page.locator('input[type=file]').first().setInputFiles(path);
}

describe('the first start', () => {
  test('its link makes the first administrator, once; nobody else comes in', async () => {
    const { page, context } = await world.nobody();
    await page.goto(world.url);
    await page.getByRole('heading', { name: 'Nobody has claimed this platform yet' }).waitFor();
    await page.goto(world.claimLink);
    await page.getByLabel('User name').fill('first');
    await page.getByLabel('Your name').fill('The first');
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByLabel('The same again').fill(PASSWORD);
    await page.getByRole('button', { name: 'Claim and sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    const second = await world.nobody();
    await second.page.goto(world.claimLink);
    await second.page.getByLabel('User name').fill('second');
    await second.page.getByLabel('Your name').fill('The second');
    await second.page.getByLabel('New password').fill(PASSWORD);
    await second.page.getByLabel('The same again').fill(PASSWORD);
    await second.page.getByRole('button', { name: 'Claim and sign in' }).click();
    await second.page.getByRole('alert').waitFor();
    await second.context.close();
    await context.close();
  }, 180_000);
});

describe('with people and an application', () => {
  beforeAll(() => world.fill(), 240_000);

  test('a developer drops a zip: a fault is shown in its place; a good one is accepted; the two are compared; back it rolls', async () => {
    const { page, faults, context } = await world.signedIn('dev');
    await world.open(page, '/applications');
    await dropZip(page, 'bad.zip', await zipOf('shown', '3', { algorithms: [{ id: 'Bad Id', script: 'none.py' }] }));
    const problems = page.getByRole('alert');
    await problems.waitFor();
    expect(await problems.textContent()).toMatch(/app_config\.json/);
    expect(await problems.textContent()).toMatch(/line \d+/i);
    await dropZip(page, 'good.zip', await zipOf('shown', '3'));
    await page.getByRole('button', { name: /push/i }).click();
    await page.getByRole('heading', { level: 1, name: 'shown' }).waitFor();
    await until('version 3 to be the current one', 20_000, async () => (await currentVersion()) === '3' || undefined);
    await page
      .getByRole('link', { name: /compare|differ/i })
      .first()
      .click();
    await page.getByText('# version 3').first().waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Roll back' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await until(
      'another version to be the current one',
      20_000,
      async () => (await currentVersion()) !== '3' || undefined,
    );
    expect(faults.lines).toEqual([]);
    await context.close();
  }, 360_000);

  test('a configurer makes an instance by the form, sees its next occurrences, runs it, and reads log and output', async () => {
    const { page, faults, context } = await world.signedIn('conf');
    await world.open(page, '/configure?application=shown&algorithm=show');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('by-form');
    await page.getByRole('combobox', { name: 'It runs' }).click();
    await page.getByRole('option', { name: 'By a cron expression' }).click();
    await page.getByRole('textbox', { name: 'Cron expression' }).fill('0 6 * * *');
    await page.getByText(/06:00/).first().waitFor();
    await page.getByRole('button', { name: 'Create the instance' }).click();
    await page.getByRole('heading', { level: 1, name: 'by-form' }).waitFor();
    await world.client.call('runInstance', { params: { instance: 'by-form' }, body: {} });
    const job = await world.story.jobOf('by-form', ({ state }) => state === 'succeeded');
    await world.open(page, `/jobs/${encodeURIComponent(job.id)}`);
    await page.getByRole('log').getByText('line 3', { exact: true }).waitFor();
    await page.getByLabel('Search the log').fill('line 7');
    await page.getByText(/in 11 lines/).waitFor();
    await page.getByLabel('Search the log').press('Enter');
    await page.getByText(/1 of 11 lines/).waitFor();
    await page.getByRole('tab', { name: 'Output' }).click();
    await page.getByRole('cell', { name: '20.5' }).waitFor();
    expect(faults.lines).toEqual([]);
    await context.close();
  }, 360_000);

  test('a user reads what came out and may change nothing', async () => {
    const { page, faults, context } = await world.signedIn('viewer');
    const [job] = await world.story.jobs('runs');
    await world.open(page, `/jobs/${encodeURIComponent(job?.id ?? '')}`);
    await page
      .getByRole('log')
      .getByText(/tick \d+/)
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: /stop|run once more/i }).count()).toBe(0);
    await world.open(page, '/applications');
    expect(await page.locator('input[type=file]').count()).toBe(0);
    expect(faults.lines).toEqual([]);
    await context.close();
  }, 180_000);

  test('somebody of another project sees nothing of this one', async () => {
    const { page, context } = await world.signedIn('stranger');
    for (const path of ['/', '/applications', '/instances', '/jobs', '/timeline']) {
      await world.open(page, path);
      expect(await page.getByText('shown', { exact: true }).count(), path).toBe(0);
      expect(await page.getByText('shows', { exact: true }).count(), path).toBe(0);
    }
    await world.open(page, '/applications').catch(() => undefined);
    await page.goto(new URL('/applications/shown', world.url).href);
    await page.getByRole('alert').waitFor();
    await context.close();
  }, 180_000);

  test('an administrator adds a server by SSH: its key is shown, confirmed and pinned, and it becomes a node', async () => {
    const server = await startServer();
    try {
      const { page, faults, context } = await world.signedIn('admin');
      await world.open(page, '/nodes');
      await page.getByRole('button', { name: 'Add a node' }).click();
      const ownKey = ((await page.getByRole('dialog').locator('pre').textContent()) ?? '').trim();
      await server.run(['sed', '-i', `$a ${ownKey}`, '/root/.ssh/authorized_keys']);
      await page.getByLabel('Address').fill(`ssh://root@${server.address}:${server.port}`);
      await page.getByLabel('Name').fill('by-hand');
      await page.getByRole('button', { name: 'Ask for its key' }).click();
      await page.getByText('shows this host key').waitFor();
      await page.getByRole('button', { name: 'They are equal: add it' }).click();
      await page.getByRole('heading', { level: 1, name: 'by-hand' }).waitFor();
      await world.story.nodeIs('by-hand', ({ state }) => state === 'ready');
      await page.getByText('ready', { exact: true }).first().waitFor();
      expect(faults.lines).toEqual([]);
      await context.close();
    } finally {
      await server.destroy();
    }
  }, 360_000);

  test('an administrator invites somebody, whose link works once, and the audit tells who did it', async () => {
    const { page, faults, context } = await world.signedIn('admin');
    await world.open(page, '/administration/audit');
    await page.getByText('addUser').first().waitFor();
    const { items } = await world.client.call('listAudit', { query: { limit: 1000 } });
    expect(JSON.stringify(items)).not.toContain(PASSWORD);
    expect(faults.lines).toEqual([]);
    await context.close();
  }, 180_000);
});

async function currentVersion(): Promise<string | undefined> {
  const { currentPackage, packages } = await world.client.call('showApplication', { params: { application: 'shown' } });
  return packages.find(({ id }) => id === currentPackage)?.version;
}

describe('script injection through logs, outputs, names and sensor values', () => {
  test('text that looks like markup stays text on every page', async () => {
    const { page, faults, context } = await world.signedIn('admin');
    const [job] = await world.story.jobs('shows');
    for (const path of [`/jobs/${encodeURIComponent(job?.id ?? '')}`, '/sensors', '/sensors/room-1', '/']) {
      await world.open(page, path);
      const told = page.getByText(MARKUP).first();
      if (path.startsWith('/jobs')) await told.waitFor();
      expect(await page.evaluate('window.reached'), path).toBeUndefined();
    }
    await world.open(page, `/jobs/${encodeURIComponent(job?.id ?? '')}`);
    await page.getByRole('tab', { name: 'Output' }).click();
    await page.getByText(MARKUP).first().waitFor();
    expect(await page.evaluate('window.reached')).toBeUndefined();
    expect(faults.lines).toEqual([]);
    await context.close();
  }, 180_000);

  test('an output that is a web page is downloaded and runs nowhere', async () => {
    const [job] = await world.story.jobs('shows');
    const outputs = await world.story.outputs(job?.id ?? '');
    const page = outputs.find(({ contentType }) => contentType === 'text/html');
    const looking = await world.signedIn('viewer');
    const [task = '', record = ''] = (page?.id ?? '').split(/\/(?=[^/]*$)/);
    const waiting = looking.page.waitForEvent('download');
    await looking.page
      .goto(
        new URL(`/api/v1/outputs/${encodeURIComponent(task)}/${encodeURIComponent(record)}/content`, world.url).href,
      )
      .catch(() => undefined);
    const download = await waiting;
    expect(await readFile(await download.path(), 'utf8')).toContain(MARKUP);
    await looking.context.close();
  }, 180_000);
});
