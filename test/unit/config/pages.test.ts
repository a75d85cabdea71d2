// The generated pages are what the program would generate now.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { permissionsPage } from '../../../src/api/contract/permissions-page.ts';
import { withRoutesTable } from '../../../src/api/contract/routes-table.ts';
import { SETTINGS } from '../../../src/config/settings.ts';
import { settingsPage } from '../../../src/config/settings-page.ts';
import { ERRORS, type ErrorEntry } from '../../../src/model/errors.ts';
import { errorsPage } from '../../../src/model/errors-page.ts';

function page(name: string): Promise<string> {
  return readFile(join(import.meta.dirname, '../../../docs', name), 'utf8');
}

describe("the page (if it differs, run 'npm run docs')", () => {
  it('of errors is up to date and names every code', async () => {
    const errors = await page('errors.md');
    expect(errors).toBe(errorsPage());
    for (const code of Object.keys(ERRORS)) expect(errors).toContain(`| \`${code}\` |`);
  });

  it('of settings is up to date and names every variable', async () => {
    const settings = await page('settings.md');
    expect(settings).toBe(settingsPage());
    for (const { variable } of Object.values(SETTINGS)) expect(settings).toContain(`| \`${variable}\` |`);
  });

  it('of permissions is up to date', async () => {
    expect(await page('permissions.md')).toBe(permissionsPage());
  });

  it('of the API has the table of routes of now', async () => {
    const api = await page('api.md');
    expect(api).toBe(withRoutesTable(api));
    expect(() => withRoutesTable('# Nothing')).toThrow(RangeError);
  });
});

describe('every error', () => {
  it.each(Object.entries<ErrorEntry>(ERRORS))('%s says what is wrong, what to do, and has a status', (code, entry) => {
    expect(code).toMatch(/^[a-z]+\.[a-z0-9-]+$/);
    expect(entry.message).not.toBe('');
    expect(entry.remedy).not.toBe('');
    expect(entry.status).toBeGreaterThanOrEqual(400);
    expect(entry.status).toBeLessThan(600);
  });
});
