// Writes the pages that are made from the program: docs/errors.md, docs/settings.md, docs/permissions.md, docs/asyncapi.yaml and .json, and the table
// of routes in docs/api.md.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { permissionsPage } from '../src/api/contract/permissions-page.ts';
import { withRoutesTable } from '../src/api/contract/routes-table.ts';
import { settingsPage } from '../src/config/settings-page.ts';
import { errorsPage } from '../src/model/errors-page.ts';
import { asyncapiJson, asyncapiYaml } from './asyncapi-pages.ts';

const page = (name: string) => join(import.meta.dirname, name);

await writeFile(page('errors.md'), errorsPage());
await writeFile(page('settings.md'), settingsPage());
await writeFile(page('permissions.md'), permissionsPage());
await writeFile(page('asyncapi.yaml'), asyncapiYaml());
await writeFile(page('asyncapi.json'), asyncapiJson());
await writeFile(page('api.md'), withRoutesTable(await readFile(page('api.md'), 'utf8')));
